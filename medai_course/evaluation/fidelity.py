"""Do virtual records look like real ones?  Column by column, in pairs, and to a judge."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import ks_2samp
from sklearn.base import ClassifierMixin, clone
from sklearn.ensemble import RandomForestClassifier

from .delong import delong_interval
from .inputs import tables
from .interval import Interval


def marginal_distances(real: ArrayLike, virtual: ArrayLike) -> np.ndarray:
    r"""Kolmogorov-Smirnov distance of each column, 0 (alike) to 1 (apart).

    .. math:: D_j = \max_x |F_j(x) - G_j(x)|

    where :math:`F_j(x)` and :math:`G_j(x)` are the shares of real and of virtual rows whose column
    j is at most x.  It has no unit, and does not change when both are rescaled.

    Parameters
    ----------
    real : array-like of shape (n, d)
    virtual : array-like of shape (m, d)

    Returns
    -------
    ndarray of shape (d,)

    Raises
    ------
    ValueError
        A table that is not finite, has no rows, or other columns than the other.

    References
    ----------
    Massey, F. J. (1951). The Kolmogorov-Smirnov test for goodness of fit. Journal of the American
    Statistical Association 46(253), 68-78. doi:10.1080/01621459.1951.10500769
    """
    real, virtual = tables(real=real, virtual=virtual)
    return np.array([ks_2samp(a, b, method="asymp").statistic for a, b in zip(real.T, virtual.T)])


def correlation_distance(real: ArrayLike, virtual: ArrayLike) -> float:
    r"""Mean difference of the correlations, over all pairs of columns: 0 (alike) to 2.

    .. math:: \frac{2}{d(d-1)} \sum_{i<j} |r_{ij} - s_{ij}|

    where :math:`r_{ij}` and :math:`s_{ij}` are Pearson's correlations of columns i and j in the
    real and the virtual table.

    Parameters
    ----------
    real : array-like of shape (n, d)
    virtual : array-like of shape (m, d)

    Raises
    ------
    ValueError
        A table that is not finite, has fewer than two rows or columns, other columns than the
        other, or a column that is constant.
    """
    real, virtual = tables(real=real, virtual=virtual)
    for name, table in (("real", real), ("virtual", virtual)):
        if min(table.shape) < 2:
            raise ValueError(f"{name} needs two rows and two columns, got shape {table.shape}")
        constant = np.flatnonzero(np.ptp(table, axis=0) == 0)
        if len(constant):
            raise ValueError(f"{name} is constant in column {constant[0]}: it has no correlation")
    pairs = np.triu_indices(real.shape[1], 1)
    gaps = np.corrcoef(real, rowvar=False) - np.corrcoef(virtual, rowvar=False)
    return float(np.abs(gaps[pairs]).mean())


def two_sample_test(
    real: ArrayLike,
    virtual: ArrayLike,
    classifier: ClassifierMixin | None = None,
    level: float = 0.95,
    random_state: int | None = 0,
) -> Interval:
    """How well a new judge tells real from virtual rows: an AUC, 0.5 if it cannot.

    Half of the rows of each table teach the classifier; it is asked about the other half.  So a
    judge that learns rows by heart gains nothing, and DeLong's interval holds for this judge.
    What one classifier cannot tell apart, another may.

    Parameters
    ----------
    real : array-like of shape (n, d)
        Rows of different patients, none of whom the generator has seen.
    virtual : array-like of shape (m, d)
        Make as many as there are real rows: the AUC does not depend on it, the interval does.
    classifier : classifier with ``predict_proba``, optional
        A random forest of 200 trees, if none is given.
    level : float between 0 and 1
    random_state : int or None
        Seed of the halves, and of the forest.

    Raises
    ------
    ValueError
        A table that is not finite, has fewer than four rows, or other columns than the other.

    References
    ----------
    Lopez-Paz, D. and Oquab, M. (2017). Revisiting classifier two-sample tests. ICLR.
    arXiv:1610.06545
    """
    real, virtual = tables(real=real, virtual=virtual)
    if min(len(real), len(virtual)) < 4:
        raise ValueError(f"give four rows of each kind, got {len(real)} and {len(virtual)}")
    rng = np.random.default_rng(random_state)
    first, second = zip(*(np.array_split(rng.permutation(t), 2) for t in (real, virtual)))
    if classifier is None:
        classifier = RandomForestClassifier(200, random_state=random_state)
    judge = clone(classifier).fit(np.vstack(first), _is_real(*first))
    score = judge.predict_proba(np.vstack(second))[:, 1]
    return delong_interval(_is_real(*second), score, level)


def _is_real(real, virtual):
    return np.r_[np.ones(len(real), int), np.zeros(len(virtual), int)]

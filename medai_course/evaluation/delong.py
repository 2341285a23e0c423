"""How sure is an area under the ROC curve, and do two differ?  DeLong's variance, by ranks."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from .classification import midranks
from .inputs import check_share, outcomes
from .interval import Interval


class DeLongTest(NamedTuple):
    """Two areas on the same patients, made by ``delong_test``."""

    difference: Interval
    z: float
    p_value: float


def delong_interval(y_true: ArrayLike, y_score: ArrayLike, level: float = 0.95) -> Interval:
    r"""Area under the ROC curve with its interval, AUC ± z sqrt(variance), cut off at 0 and 1.

    .. math::
        \widehat{\mathrm{Var}} = \frac{s_{10}^2}{m} + \frac{s_{01}^2}{n}

    where :math:`s_{10}^2` is the variance over the m diseased of the share of the n others whom
    each outscores, and :math:`s_{01}^2` that over the others of the share of the diseased who
    outscore them; the shares come from ranks, in O(N log N) (Sun and Xu 2014).

    Rows must be different patients; for several of one patient use ``patient_bootstrap(roc_auc,
    ...)``.  The limits are NaN where the variance is 0, as for a perfect separation, of which the
    formula can say nothing.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 where the patient has the disease, 0 where not.
    y_score : array-like of shape (n,)
        Any score that is higher where the disease is more likely.
    level : float between 0 and 1

    Raises
    ------
    ValueError
        Lengths differ; an entry is not a finite number; ``y_true`` not 0 or 1; fewer than two
        patients of a class.

    References
    ----------
    DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the areas under two or
    more correlated receiver operating characteristic curves: a nonparametric approach. Biometrics
    44(3), 837-845. doi:10.2307/2531595

    Sun, X. and Xu, W. (2014). Fast implementation of DeLong's algorithm for comparing the areas
    under correlated receiver operating characteristic curves. IEEE Signal Processing Letters
    21(11), 1389-1393. doi:10.1109/LSP.2014.2337313
    """
    check_share("level", level)
    (auc,), ((variance,),) = delong_covariance(y_true, y_score)
    return _wald(auc, variance, level, (0.0, 1.0))


def delong_test(
    y_true: ArrayLike, y_score: ArrayLike, y_other: ArrayLike, level: float = 0.95
) -> DeLongTest:
    """Test whether two scores of the same patients have the same area under the ROC curve.

    Parameters and errors as for ``delong_interval``; the ``difference`` is that of ``y_score`` less
    that of ``y_other``.  Where the two rank all patients the same, z is 0 and p is 1.
    """
    check_share("level", level)
    aucs, V = delong_covariance(y_true, y_score, y_other)
    difference, variance = aucs[0] - aucs[1], V[0, 0] - 2 * V[0, 1] + V[1, 1]
    if variance <= 1e-14 * (V[0, 0] + V[1, 1]) or V[0, 0] + V[1, 1] == 0:
        if difference != 0:
            raise ValueError("the test is undefined: the areas differ and their variance is 0")
        return DeLongTest(_wald(0.0, 0.0, level, (-1.0, 1.0)), 0.0, 1.0)
    z = float(difference / np.sqrt(variance))
    interval = _wald(difference, variance, level, (-1.0, 1.0))
    return DeLongTest(interval, z, float(2 * norm.sf(abs(z))))


def delong_covariance(y_true: ArrayLike, *scores: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The areas (k,) of k scores of the same patients, and their covariance (k, k)."""
    names = ("y_score", "y_other", *(f"scores[{i}]" for i in range(2, len(scores))))
    y_true, *scores = outcomes(y_true, **dict(zip(names, scores)))
    ill = y_true == 1
    m, n = np.count_nonzero(ill), np.count_nonzero(~ill)
    if min(m, n) < 2:
        raise ValueError(f"a variance takes two patients of each class, got {m} ill and {n} others")
    wins = [_shares_outscored(score, ill) for score in scores]
    of_ill, of_others = (np.array(shares) for shares in zip(*wins))
    return of_ill.mean(1), np.atleast_2d(np.cov(of_ill)) / m + np.atleast_2d(np.cov(of_others)) / n


def _shares_outscored(score, ill):
    """The share of the others whom each ill one outscores, and of the ill above each other."""
    rank = midranks(score)
    below = (rank[ill] - midranks(score[ill])) / np.count_nonzero(~ill)
    above = 1 - (rank[~ill] - midranks(score[~ill])) / np.count_nonzero(ill)
    return below, above


def _wald(value, variance, level, bounds):
    if variance <= 0:
        return Interval(float(value), np.nan, np.nan, level)
    margin = norm.isf((1 - level) / 2) * np.sqrt(variance)
    low, high = np.clip([value - margin, value + margin], *bounds)
    return Interval(float(value), float(low), float(high), level)

"""Are there groups, how many, and do two groupings agree?  Silhouette, gap statistic, Rand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone

from .inputs import labels as label_codes


@dataclass(frozen=True, eq=False)
class GapStatistic:
    """How much tighter the clusters are than those of data without any; by ``gap_statistic``.

    Attributes
    ----------
    n_clusters : ndarray of int, shape (m,)
        The numbers of clusters tried, ascending.
    gap : ndarray of shape (m,)
        :math:`E[\\log W_k] - \\log W_k`.
    standard_error : ndarray of shape (m,)
        :math:`s_k`, the standard deviation over the references times :math:`\\sqrt{1 + 1/B}`.
    best : int
        The smallest k whose gap is at least that of the next k less one standard error; the last
        one tried where there is none, and then more should be tried.
    """

    n_clusters: np.ndarray
    gap: np.ndarray
    standard_error: np.ndarray
    best: int


def silhouette_samples(X: ArrayLike, labels: ArrayLike) -> np.ndarray:
    r"""How much closer each row is to its own cluster than to the nearest other one.

    .. math::
        s_i = \frac{b_i - a_i}{\max(a_i, b_i)}

    with :math:`a_i` the mean Euclidean distance to the other rows of its cluster and :math:`b_i`
    the smallest mean distance to the rows of another one; 0 for a cluster of one row.

    Parameters
    ----------
    X : array-like of shape (n, d)
        The rows that were clustered, scaled as they were then.
    labels : array-like of shape (n,)
        Their clusters.  Noise (-1 of DBSCAN) is taken as one more cluster: leave those rows out.

    Returns
    -------
    ndarray of shape (n,), between -1 (misplaced) and 1 (far from all other clusters)

    Raises
    ------
    ValueError
        Fewer than two clusters, or as many as rows; X not finite; lengths differ.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis. J. Comput. Appl. Math. 20, 53-65. doi:10.1016/0377-0427(87)90125-7
    """
    X = _table(X)
    codes, names = label_codes("labels", labels, len(X))
    if not 2 <= len(names) < len(X):
        raise ValueError(
            f"a silhouette needs 2 to n - 1 clusters, got {len(names)} for {len(X)} rows"
        )
    H = (codes[:, None] == np.arange(len(names))).astype(float)
    sizes, X, s = H.sum(0), X - X.mean(0), np.empty(len(X))
    step = max(1, 2**20 // len(X))
    for rows in (np.arange(i, min(i + step, len(X))) for i in range(0, len(X), step)):
        to_cluster, own = _distances(X[rows], X) @ H, (np.arange(len(rows)), codes[rows])
        a = to_cluster[own] / np.maximum(sizes[codes[rows]] - 1, 1)
        mean = to_cluster / sizes
        mean[own] = np.inf
        b = mean.min(1)
        larger = np.maximum(a, b)
        alone = (sizes[codes[rows]] == 1) | (larger == 0)
        s[rows] = np.where(alone, 0.0, (b - a) / np.where(alone, 1.0, larger))
    return s


def silhouette_score(X: ArrayLike, labels: ArrayLike) -> float:
    """The mean of ``silhouette_samples``: the higher, the better separated the clusters are."""
    return float(silhouette_samples(X, labels).mean())


def adjusted_rand_index(one: ArrayLike, other: ArrayLike) -> float:
    r"""Agreement of two groupings of the same rows, corrected for chance.

    .. math::
        \frac{\sum_{ij}\binom{n_{ij}}{2} - E}
             {\tfrac12\left[\sum_i\binom{a_i}{2} + \sum_j\binom{b_j}{2}\right] - E},
        \qquad E = \sum_i\binom{a_i}{2} \sum_j\binom{b_j}{2} \Big/ \binom{n}{2}

    Parameters
    ----------
    one, other : array-like of shape (n,)
        Labels of any kind; their names do not matter, only who is together with whom.

    Returns
    -------
    float
        1 for the same grouping, 0 on average for random ones, negative if worse than chance.

    Raises
    ------
    ValueError
        Lengths differ, a label is missing, or there are none.

    References
    ----------
    Hubert, L. and Arabie, P. (1985). Comparing partitions. J. Classif. 2, 193-218.
    doi:10.1007/BF01908075
    """
    n = len(one)
    if n == 0:
        raise ValueError("one must hold at least one label, got none")
    (i, a), (j, b) = label_codes("one", one, n), label_codes("other", other, n)
    table = np.bincount(i * len(b) + j, minlength=len(a) * len(b)).reshape(len(a), len(b))
    together, in_one, in_other, pairs = (
        int(np.sum(m * (m - 1) // 2)) for m in (table, table.sum(1), table.sum(0), np.array([n]))
    )
    if in_one == in_other == together:
        return 1.0
    expected = in_one * in_other / pairs
    return float((together - expected) / ((in_one + in_other) / 2 - expected))


def gap_statistic(
    estimator: BaseEstimator,
    X: ArrayLike,
    n_clusters: Sequence[int] = range(1, 9),
    *,
    n_references: int = 20,
    reference: str = "pca",
    random_state: int | np.random.Generator | None = None,
) -> GapStatistic:
    r"""How many clusters?  Compare with data of the same extent that have none.

    :math:`\mathrm{Gap}(k) = E[\log W_k] - \log W_k`, with :math:`W_k` the estimator's inertia and
    the expectation over ``n_references`` uniform samples.

    Parameters
    ----------
    estimator : unfitted clusterer with ``n_clusters`` and, once fitted, ``inertia_``
        Such as ``KMeans(n_init=10, random_state=0)`` of any backend.
    X : array-like of shape (n, d)
    n_clusters : sequence of int, ascending, default 1 to 8
    n_references : int ≥ 2, default 20
    reference : {"pca", "box"}, default "pca"
        Uniform over the box that is aligned with the principal axes, or with the columns.
    random_state : int, Generator or None
        Seed of the references.

    Raises
    ------
    ValueError
        ``n_clusters`` not ascending or larger than the number of rows less one; fewer than two
        references; the inertia of the data is 0.

    References
    ----------
    Tibshirani, R., Walther, G. and Hastie, T. (2001). Estimating the number of clusters in a data
    set via the gap statistic. J. R. Stat. Soc. B 63(2), 411-423. doi:10.1111/1467-9868.00293
    """
    X, ks = _table(X), np.asarray(n_clusters)
    if ks.ndim != 1 or len(ks) == 0 or ks[0] < 1 or np.any(np.diff(ks) <= 0) or ks[-1] >= len(X):
        raise ValueError(
            f"n_clusters must ascend from 1 or more to at most {len(X) - 1}, one less than the "
            f"rows, got {list(n_clusters)}"
        )
    if n_references < 2:
        raise ValueError(f"n_references must be at least 2, got {n_references!r}")
    if reference not in ("pca", "box"):
        raise ValueError(f"reference must be one of ('pca', 'box'), got {reference!r}")
    rng, mean = np.random.default_rng(random_state), X.mean(0)
    axes = np.linalg.svd(X - mean, full_matrices=False)[2] if reference == "pca" else None
    turned = X - mean if axes is None else (X - mean) @ axes.T
    low, high = turned.min(0), turned.max(0)
    samples = (rng.uniform(low, high, turned.shape) for _ in range(n_references))
    references = np.array(
        [_log_inertia(estimator, s if axes is None else s @ axes, ks) for s in samples]
    )
    gap = references.mean(0) - _log_inertia(estimator, X, ks)
    error = references.std(0) * np.sqrt(1 + 1 / n_references)
    enough = np.flatnonzero(gap[:-1] >= gap[1:] - error[1:])
    best = int(ks[enough[0]] if len(enough) else ks[-1])
    return GapStatistic(n_clusters=ks, gap=gap, standard_error=error, best=best)


def _log_inertia(estimator, X, ks):
    inertia = [clone(estimator).set_params(n_clusters=int(k)).fit(X).inertia_ for k in ks]
    if min(inertia) <= 0:
        raise ValueError(
            f"with n_clusters={ks[np.argmin(inertia)]} nothing is left within the clusters (X has "
            "no more different rows); try fewer"
        )
    return np.log(inertia)


def _distances(A, B):
    """|a - b| for each row of A and of B."""
    squares = np.sum(A**2, 1)[:, None] + np.sum(B**2, 1)
    return np.sqrt(np.maximum(squares - 2 * A @ B.T, 0))


def _table(X):
    X = np.asarray(X, np.float64)
    if X.ndim != 2 or X.size == 0:
        raise ValueError(f"X must be two-dimensional with at least one entry, got shape {X.shape}")
    if not np.isfinite(X).all():
        raise ValueError("X holds NaN or infinity: leave these rows out, or impute them first")
    return X

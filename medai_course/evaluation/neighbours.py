"""Are neighbours on a map neighbours in truth?"""

import numpy as np
from numpy.typing import ArrayLike

_CELLS = 2**22  # distances held at once


def trustworthiness(
    X: ArrayLike,
    Z: ArrayLike,
    n_neighbors: int = 10,
    X_new: ArrayLike | None = None,
    Z_new: ArrayLike | None = None,
) -> float:
    r"""Whether those near a patient on a map are near in the measurements it was made from.

    .. math::
        T = 1 - \frac{2}{q k (2 m - 3 k + 1)} \sum_{i=1}^{q} \sum_{j \in U_k(i)}
            \max\bigl(0, r(i, j) - k\bigr)

    where :math:`U_k(i)` are the k nearest to patient i on the map, :math:`r(i, j)` is the rank of
    patient j among the m others by distance to i in the measurements, and q is the number of
    patients asked about.  1: all k are among the k nearest in truth.  With the arguments ``X`` and
    ``Z`` exchanged it is the *continuity*: are true neighbours still neighbours on the map?

    Those who are equally far away (one node of a self-organising map holds many) share the places
    left, each with equal weight, so that nothing depends on the order of the rows.

    Parameters
    ----------
    X : array-like of shape (m, d)
        Measurements, scaled as the map was made; distances are Euclidean.
    Z : array-like of shape (m, 2) or (m, p)
        Places on the map.
    n_neighbors : int, 1 ≤ k < m / 2
    X_new, Z_new : array-like of shape (q, d) and (q, p), or None
        Patients that the map was not made from: their neighbours are sought among the rows of
        ``X``.  None: each row of ``X`` among the other ones.

    Raises
    ------
    ValueError
        Shapes that do not fit; entries that are not finite; ``n_neighbors`` outside its range.

    References
    ----------
    Venna, J. and Kaski, S. (2001). Neighborhood preservation in nonlinear projection methods: an
    experimental study. ICANN 2001, LNCS 2130, 485-491. doi:10.1007/3-540-44668-0_68

    Kaski, S. et al. (2003). Trustworthiness and metrics in visualizing similarity of gene
    expression. BMC Bioinformatics 4, 48. doi:10.1186/1471-2105-4-48
    """
    X, Z = _tables(X=X, Z=Z)
    if (X_new is None) != (Z_new is None):
        raise ValueError("give X_new and Z_new, or neither")
    among_themselves = X_new is None
    queries = (X, Z) if among_themselves else _tables(X_new=X_new, Z_new=Z_new)
    if (queries[0].shape[1], queries[1].shape[1]) != (X.shape[1], Z.shape[1]):
        raise ValueError("X_new and Z_new must have the columns of X and Z")
    m, k = len(X) - among_themselves, n_neighbors
    if not 1 <= k < m / 2:
        raise ValueError(f"n_neighbors must be at least 1 and below {m / 2:g}, got {k!r}")
    size, total = max(1, _CELLS // len(X)), 0.0
    for start in range(0, len(queries[0]), size):
        rows = slice(start, start + size)
        far, on_map = _distances(queries[0][rows], X), _distances(queries[1][rows], Z)
        if among_themselves:
            i = np.arange(len(far))
            far[i, start + i] = on_map[i, start + i] = np.inf
        total += np.sum(_shares(on_map, k) * np.maximum(_ranks(far) - k, 0))
    return float(1 - 2 * total / (len(queries[0]) * k * (2 * m - 3 * k + 1)))


def _shares(D, k):
    """How much of each row's k places each column gets: 1 if nearer than the k-th, 0 if farther."""
    kth = np.partition(D, k - 1, axis=1)[:, [k - 1]]
    slack = 1e-9 * np.where(kth > 0, kth, 1)  # rounding: places on a grid differ by far more
    nearer, tied = D < kth - slack, np.abs(D - kth) <= slack
    left = k - nearer.sum(1, keepdims=True)
    return nearer + tied * (left / tied.sum(1, keepdims=True))


def _ranks(D):
    """Ranks of each row's entries from 1."""
    ranks = np.empty(D.shape)
    np.put_along_axis(ranks, D.argsort(1, kind="stable"), np.arange(1.0, D.shape[1] + 1)[None], 1)
    return ranks


def _distances(A, B):
    """|a - b| for each row of A and of B, without the loss of digits of |a|^2 - 2 a.b + |b|^2."""
    squares = np.zeros((len(A), len(B)))
    for a, b in zip(A.T, B.T):
        squares += (a[:, None] - b) ** 2
    return np.sqrt(squares)


def _tables(**pair):
    tables = [np.asarray(table, np.float64) for table in pair.values()]
    for name, table in zip(pair, tables):
        if table.ndim != 2 or table.size == 0:
            raise ValueError(f"{name} must be two-dimensional and not empty, got {table.shape}")
        if not np.isfinite(table).all():
            raise ValueError(f"{name} holds NaN or infinity")
    if len(tables[0]) != len(tables[1]):
        names, sizes = " and ".join(pair), [len(table) for table in tables]
        raise ValueError(f"{names} must have as many rows as each other, got {sizes}")
    return tables

"""DBSCAN in NumPy: clusters of any shape as chains of dense places; a grid finds the neighbours."""

from itertools import product

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.base import ClusterMixin
from sklearn.utils.validation import validate_data

from .base import Estimator, check_choice, check_count, check_positive

PAIRS = 2**20  # compared at a time


class DBSCAN(ClusterMixin, Estimator):
    r"""Join rows that lie in dense places into clusters, and call the rest noise.

    .. math::
        N(x) = \{x' : \lVert x - x' \rVert \le \varepsilon\}, \qquad
        x \text{ is a core row} \iff |N(x)| \ge m

    Core rows within :math:`\varepsilon` of each other are of one cluster; another row within
    :math:`\varepsilon` of a core row is on the border of its cluster; all others are noise.
    Clusters are numbered by their first core row, and a border row that reaches several clusters
    belongs to the one with the lowest number: the labels are those of scikit-learn, and only
    these border rows depend on the order of the rows.

    Parameters
    ----------
    eps : float > 0, default 0.5
        :math:`\varepsilon`, largest Euclidean distance of neighbours, in the units of the columns.
    min_samples : int ≥ 1, default 5
        m, rows within ``eps`` of a core row, itself included.
    algorithm : {"auto", "grid", "brute"}, default "auto"
        ``"grid"``: cells of side :math:`\varepsilon / \sqrt d`, whose rows are all neighbours, up
        to 3 columns; ``"brute"``: blocks of all distances; never n × n of them at once.
        ``"auto"``: the grid where it can be used.

    Attributes
    ----------
    labels_ : ndarray of int, shape (n,)
        The cluster of each row from 0; −1 for noise.
    core_sample_indices_ : ndarray of int, shape (n_core,)
        The core rows, ascending.
    components_ : ndarray of shape (n_core, d)
        Those rows.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` not finite or not two-dimensional; a parameter outside its range; the grid for more
        than 3 columns, or for an ``eps`` below a millionth of a column's range.

    References
    ----------
    Ester, M., Kriegel, H.-P., Sander, J. and Xu, X. (1996). A density-based algorithm for
    discovering clusters in large spatial databases with noise. Proc. 2nd Int. Conf. on Knowledge
    Discovery and Data Mining (KDD-96), 226-231.

    Schubert, E., Sander, J., Ester, M., Kriegel, H.-P. and Xu, X. (2017). DBSCAN revisited,
    revisited: why and how you should (still) use DBSCAN. ACM Trans. Database Syst. 42(3), 19.
    doi:10.1145/3068335

    Gan, J. and Tao, Y. (2015). DBSCAN revisited: mis-claim, un-fixability, and approximation.
    Proc. ACM SIGMOD, 519-530. doi:10.1145/2723372.2737792
    """

    def __init__(self, eps=0.5, min_samples=5, algorithm="auto"):
        self.eps = eps
        self.min_samples = min_samples
        self.algorithm = algorithm

    def fit(self, X, y=None):
        """Label the rows of ``X`` (n, d)."""
        check_positive("eps", self.eps)
        check_count("min_samples", self.min_samples)
        check_choice("algorithm", self.algorithm, ("auto", "grid", "brute"))
        X = validate_data(self, X, dtype=np.float64)
        cluster = self._by_grid if self._can_use_grid(X) else self._by_blocks
        core, labels = cluster(X)
        self.core_sample_indices_ = np.flatnonzero(core)
        self.components_ = X[core]
        self.labels_ = labels
        return self

    def _can_use_grid(self, X):
        d = X.shape[1]
        possible = d <= 3 and np.ptp(X, 0).max() <= 1e6 * self.eps
        if self.algorithm == "grid" and not possible:
            raise ValueError(
                f"algorithm='grid' is for at most 3 columns, and eps of at least a millionth of "
                f"their range; X has {d} columns: use algorithm='brute'"
            )
        return possible and self.algorithm != "brute"

    # ---- all distances, in blocks of rows ----

    def _by_blocks(self, X):
        """Count neighbours, join core rows, then let border rows join the lowest cluster."""
        n, step, A = len(X), max(1, PAIRS // len(X)), self._to_backend(X)
        counts = [self._count_near(A[i : i + step], A) for i in range(0, n, step)]
        core = np.concatenate([self._to_numpy(c) for c in counts]) >= self.min_samples
        rows, others, labels = np.flatnonzero(core), np.flatnonzero(~core), np.full(n, n)
        group, C = np.arange(len(rows)), self._to_backend(X[core])
        for i in range(0, len(rows), step):
            a, b = self._to_numpy(*self._pairs_near(C[i : i + step], C))
            group = _join(group, i + a, b)
        labels[rows] = _number_by_first(group)
        for i in range(0, len(others) if len(rows) else 0, step):
            block = others[i : i + step]
            a, b = self._to_numpy(*self._pairs_near(self._to_backend(X[block]), C))
            np.minimum.at(labels, block[a], labels[rows[b]])
        return core, np.where(labels == n, -1, labels)

    # ---- a grid: the rows of a cell are neighbours, and only 5^d cells hold others ----

    def _by_grid(self, X):
        """The same; only pairs of rows from cells near each other are compared."""
        order, cell, size, near = _grid(X, self.eps)
        columns = self._to_backend(np.ascontiguousarray(X[order].T))
        core = self._core_rows(columns, cell, size, near)
        rows, others, labels = np.flatnonzero(core), np.flatnonzero(~core), np.full(len(X), len(X))
        size = np.bincount(cell[rows], minlength=len(size))  # from here on, of core rows
        first = np.cumsum(size) - size
        group = self._join_cells(columns, rows, first, size, near)[cell[rows]]
        in_order = np.argsort(order[rows])
        labels[rows[in_order]] = _number_by_first(group[in_order])
        own = np.arange(len(size) - 1)[None]
        for ring in (own, *near):
            for a, b in _candidates(ring[:, cell[others]], first, size):
                a, b = others[a], rows[b]
                found = self._close(columns, a, b)
                np.minimum.at(labels, a[found], labels[b[found]])
        back = np.argsort(order)
        return core[back], np.where(labels == len(X), -1, labels)[back]

    def _core_rows(self, columns, cell, size, near):
        """Who has min_samples neighbours; a cell with so many rows needs no distances."""
        count, first = size[cell], np.cumsum(size) - size
        for ring in near:
            rows = np.flatnonzero(count < self.min_samples)
            for a, b in _candidates(ring[:, cell[rows]], first, size):
                found = self._close(columns, rows[a], b)
                count[rows] += np.bincount(a[found], minlength=len(rows))
        return count >= self.min_samples

    def _join_cells(self, columns, rows, first, size, near):
        """The group of each cell with core rows; of two cells, a few rows are tried first."""
        group = np.arange(len(size))
        for ring, most in product(near, (4, len(rows))):
            some = np.minimum(size, most)
            here = np.broadcast_to(np.arange(len(size) - 1), ring.shape)
            apart = (here < ring) & (size[here] * size[ring] > 0) & (group[here] != group[ring])
            here, there = here[apart], ring[apart]
            for pair, k in _enumerate(some[here] * some[there]):
                a, b = here[pair], there[pair]
                i, j = first[a] + k // some[b], first[b] + k % some[b]
                found = self._close(columns, rows[i], rows[j])
                group = _join(group, a[found], b[found])
        return group

    def _close(self, columns, i, j):
        return self._to_numpy(self._are_close(columns, *self._to_backend(i, j)))

    # ---- the verbs, rewritten in each framework ----

    def _are_close(self, columns, i, j):
        """|x_i - x_j|^2 <= eps^2 for each pair i, j; the rows come as ``columns`` (d, n)."""
        return sum((x.take(i) - x.take(j)) ** 2 for x in columns) <= self.eps**2

    def _near(self, A, B):
        """|a - b|^2 <= eps^2 for each row of A and of B: shape (len(A), len(B))."""
        origin, size = B.mean(0), max(np.abs(A).max(), np.abs(B).max())
        a, b = A - origin, B - origin
        squares = np.sum(a**2, 1)[:, None] + np.sum(b**2, 1)
        D, limit = squares - 2 * a @ b.T, self.eps**2
        error = 8 * (len(origin) + 2) * np.finfo(float).eps * (squares.max() + self.eps * size)
        near, unsure = D <= limit, np.nonzero(np.abs(D - limit) <= error)
        near[unsure] = np.sum((A[unsure[0]] - B[unsure[1]]) ** 2, 1) <= limit
        return near

    def _count_near(self, A, B):
        """How many rows of B are within eps of each row of A."""
        return np.count_nonzero(self._near(A, B), 1)

    def _pairs_near(self, A, B):
        """The pairs of rows of A and of B within eps, as two arrays of row numbers."""
        return np.nonzero(self._near(A, B))


def _grid(X, eps):
    """The order of rows by cell; sorted so, the cell of each; rows a cell; cells near each.

    ``near`` holds, for the cells that touch a cell and for those one further, their numbers, one
    line an offset; -1 is an empty cell, for which the last entry of the sizes is 0.
    """
    d = X.shape[1]
    side = eps / np.sqrt(d) * (1 - 1e-9)  # rounding must not part the rows of a cell
    place = np.floor((X - X.min(0)) / side).astype(np.int64) + 2
    stride = np.cumprod(np.append(1, place.max(0)[:-1] + 3))
    key = place @ stride
    order = np.argsort(key, kind="stable")
    keys, cell, size = np.unique(key[order], return_inverse=True, return_counts=True)
    steps = [o for o in product(range(-2, 3), repeat=d) if any(o)]
    near = []
    for reach in (1, 2):
        wanted = (
            keys + (np.array([o for o in steps if max(map(abs, o)) == reach]) @ stride)[:, None]
        )
        at = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
        near.append(np.where(keys[at] == wanted, at, -1))
    return order, cell, np.append(size, 0), near


def _candidates(cells, first, size):
    """Item by item, the rows of its cells: pairs (item, row), for ``cells`` (cells, items)."""
    n_items, cells = cells.shape[1], cells.ravel()
    for at, k in _enumerate(size[cells]):
        yield at % n_items, first[cells[at]] + k


def _enumerate(counts):
    """Item i counts[i] times, beside 0, 1, ... counts[i] - 1; about PAIRS of them at a time."""
    ends = np.cumsum(counts)
    total = ends[-1] if len(ends) else 0
    cuts = np.searchsorted(ends, np.arange(PAIRS, total, PAIRS), side="right")
    for items in np.split(np.arange(len(counts)), np.unique(cuts)):
        n = counts[items]
        if n.any():
            yield np.repeat(items, n), np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)


def _join(group, a, b):
    """Groups numbered anew, those of a[i] and of b[i] made one."""
    if len(a) == 0:
        return group
    shape = (len(group), len(group))
    links = coo_array((np.ones(len(a), bool), (group[a], group[b])), shape=shape)
    return connected_components(links, directed=False)[1][group]


def _number_by_first(group):
    """0, 1, ... in the order in which groups appear."""
    _, first, which = np.unique(group, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[which]

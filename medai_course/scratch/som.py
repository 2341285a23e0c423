"""The self-organising map in NumPy: K-means whose centres sit on a grid and move together."""

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .base import Estimator, check_choice, check_count, check_positive
from .nearest import NearestCentre


class SelfOrganizingMap(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, NearestCentre, Estimator
):
    r"""A grid of nodes laid through the rows, so that near nodes stand for rows that are alike.

    Each row pulls its nearest node :math:`b`, and that node's neighbours on the grid less, by

    .. math::
        h_{jb} = \exp\!\left(-\frac{\lVert p_j - p_b \rVert^2}{2 \sigma^2}\right), \qquad
        w_j = \frac{\sum_i h_{j b(i)}\, x_i}{\sum_i h_{j b(i)}}
        \quad\text{or}\quad
        w_j \leftarrow w_j + \alpha\, h_{jb} (x - w_j)

    with :math:`p` the places on the grid: batch (for :math:`\sigma \to 0`, K-means) or online, row
    by row.  :math:`\sigma, \alpha` shrink by a constant factor a step.  Scale the columns first.

    Parameters
    ----------
    shape : (int ≥ 1, int ≥ 1), default (10, 10)
        Lines of the grid, and nodes a line.
    topology : {"rectangular", "hexagonal"}, default "rectangular"
        Whether an inner node has 8 neighbours, the diagonal ones included, or 6.
    algorithm : {"batch", "online"}, default "batch"
        The left form or the right one; online is slow in the frameworks.
    max_iter : int ≥ 1, default 10
        Passes over the rows.
    batch_size : int ≥ 1 or None, default None
        For ``"batch"``; None: each step sees all rows.  A number: so many, every row once a pass
        in random order; the last pass is one step on all rows.
    radius : float > 0 or None, default None
        :math:`\sigma` at the start, in grid steps; None: half the longer side.
    radius_end : float > 0, default 1.0
        :math:`\sigma` at the end; the smaller, the closer to the rows and the less smooth.
    learning_rate : float > 0, default 0.5
        For ``"online"``: :math:`\alpha` at the start.
    learning_rate_end : float > 0, default 0.01
        And at the end.
    init : {"pca", "random"} or array-like of shape (n_nodes, d), default "pca"
        Nodes at first: on the plane of the two largest components, on random rows, or these.
    random_state : int, Generator or None, default None
        Seed of the order of the rows and of ``init="random"``.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_nodes, d)
        :math:`w_j`, line by line.
    positions_ : ndarray of shape (n_nodes, 2)
        :math:`p_j`, in grid steps.
    labels_ : ndarray of int, shape (n,)
        The nearest node of each row.
    n_iter_, n_features_in_ : int
        Passes made, and columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` not finite; a parameter outside its range; ``init`` not of shape (n_nodes, d).

    References
    ----------
    Kohonen, T. (1982). Self-organized formation of topologically correct feature maps. Biol.
    Cybern. 43, 59-69. doi:10.1007/BF00337288

    Kohonen, T. (2013). Essentials of the self-organizing map. Neural Netw. 37, 52-65.
    doi:10.1016/j.neunet.2012.09.018
    """

    def __init__(
        self,
        shape=(10, 10),
        topology="rectangular",
        algorithm="batch",
        max_iter=10,
        batch_size=None,
        radius=None,
        radius_end=1.0,
        learning_rate=0.5,
        learning_rate_end=0.01,
        init="pca",
        random_state=None,
    ):
        self.shape = shape
        self.topology = topology
        self.algorithm = algorithm
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.radius = radius
        self.radius_end = radius_end
        self.learning_rate = learning_rate
        self.learning_rate_end = learning_rate_end
        self.init = init
        self.random_state = random_state

    def fit(self, X, y=None):
        """Lay the map through the rows of ``X`` (n, d)."""
        X = validate_data(self, X, dtype=np.float64)
        self._check_params(X.shape[1])
        rng = np.random.default_rng(self.random_state)
        self.positions_ = self._grid()
        steps, mean = self.positions_[:, None] - self.positions_, X.mean(0)
        A = np.column_stack([X - mean, np.ones(len(X))])
        W = self._first_nodes(A[:, :-1], mean, rng)
        A, W, G2 = self._to_backend(A, W, np.sum(steps**2, 2))
        run = self._batch if self.algorithm == "batch" else self._online
        W = self._to_numpy(run(A, W, G2, rng))
        self.labels_ = self._nearest_everywhere(A[:, :-1], W)[0]
        self.cluster_centers_, self.n_iter_ = W + mean, self.max_iter
        self._n_features_out = 2
        return self

    def predict(self, X):
        """The nearest node of each row of ``X`` (n, d): shape (n,)."""
        return self._to_nodes(X)[0]

    def transform(self, X):
        """The place on the grid of the nearest node of each row of ``X`` (n, d): (n, 2)."""
        return self.positions_[self.predict(X)]

    def quantization_error(self, X):
        """Mean distance of the rows of ``X`` to their nearest nodes, in units of the columns."""
        return float(np.sqrt(self._to_nodes(X)[1]).mean())

    def topographic_error(self, X):
        """Share of the rows of ``X`` whose two nearest nodes are no neighbours on the grid."""
        X, origin = self._check_fitted_X(X), self.cluster_centers_.mean(0)
        if len(self.positions_) < 2:
            raise ValueError("shape must have at least two nodes for a topographic error")
        W = self._to_backend(self.cluster_centers_ - origin)
        size, adjacent = self._block_size(len(W)), self._adjacent()
        blocks = (self._to_backend(X[i : i + size] - origin) for i in range(0, len(X), size))
        two = np.concatenate([self._to_numpy(self._two_nearest(x, W)) for x in blocks])
        return float(1 - adjacent[two[:, 0], two[:, 1]].mean())

    def u_matrix(self):
        """Mean distance of each node to its neighbours' rows; ridges part groups: ``shape``."""
        check_is_fitted(self)
        adjacent, W = self._adjacent(), self.cluster_centers_
        distances = adjacent * np.sqrt([np.sum((W - w) ** 2, 1) for w in W])
        return (distances.sum(1) / adjacent.sum(1).clip(min=1)).reshape(self.shape)

    def score(self, X, y=None):
        """Minus the quantisation error."""
        return -self.quantization_error(X)

    def _to_nodes(self, X):
        X, origin = self._check_fitted_X(X), self.cluster_centers_.mean(0)
        X = self._to_backend(X - origin)
        return self._nearest_everywhere(X, self.cluster_centers_ - origin)

    def _check_params(self, d):
        if np.shape(self.shape) != (2,):
            raise ValueError(f"shape must be two integers, such as (10, 10), got {self.shape!r}")
        for name in ("shape[0]", "shape[1]"):
            check_count(name, self.shape[int(name[-2])])
        check_choice("topology", self.topology, ("rectangular", "hexagonal"))
        check_choice("algorithm", self.algorithm, ("batch", "online"))
        check_count("max_iter", self.max_iter)
        if self.batch_size is not None:
            check_count("batch_size", self.batch_size)
        for name in ("radius", "radius_end", "learning_rate", "learning_rate_end"):
            if name != "radius" or self.radius is not None:
                check_positive(name, getattr(self, name))
        n_nodes = int(np.prod(self.shape))
        expected = f"'pca', 'random' or an array of shape (n_nodes, d) = {n_nodes, d}"
        if isinstance(self.init, str):
            check_choice("init", self.init, ("pca", "random"))
        elif np.shape(self.init) != (n_nodes, d):
            raise ValueError(f"init must be {expected}, got shape {np.shape(self.init)}")

    def _grid(self):
        """Places in grid steps; on the hexagonal grid every other line is half a step aside."""
        line, place = (p.ravel().astype(float) for p in np.indices(self.shape))
        if self.topology == "hexagonal":
            return np.column_stack([line * np.sqrt(0.75), place + line % 2 / 2])
        return np.column_stack([line, place])

    def _adjacent(self):
        d2 = np.sum((self.positions_[:, None] - self.positions_) ** 2, 2)
        return (d2 > 0) & (d2 < (1.5 if self.topology == "hexagonal" else 2.5))

    def _first_nodes(self, X, mean, rng):
        """Nodes before the first step, as seen from the mean of the rows."""
        if not isinstance(self.init, str):
            return np.asarray(self.init, np.float64) - mean
        m = len(self.positions_)
        if self.init == "random":
            return X[rng.choice(len(X), m, replace=len(X) < m)]
        variances, V = np.linalg.eigh(X.T @ X / len(X))
        axes = (V * np.sqrt(variances.clip(min=0)))[:, :-3:-1].T  # one, if there is one column
        axes[axes.sum(1) < 0] *= -1
        places = self.positions_ - self.positions_.mean(0)
        return (places / places.std(0).clip(min=1e-9))[:, : len(axes)] @ axes

    def _shrinking(self, n_steps):
        """The radius and the learning rate at each step."""
        start = max(self.shape) / 2 if self.radius is None else self.radius
        share = np.linspace(0, 1, n_steps) if n_steps > 1 else np.ones(1)
        radius = start * (self.radius_end / start) ** share
        rate = self.learning_rate * (self.learning_rate_end / self.learning_rate) ** share
        return iter(zip(radius, rate))

    def _batch(self, A, W, G2, rng):
        """Every pass in steps of batch_size rows; the last pass on all rows at once."""
        n = len(A)
        size = n if self.batch_size is None else min(self.batch_size, n)
        shrinking = self._shrinking((self.max_iter - 1) * -(-n // size) + 1)
        whole = self._blocks(A, A, len(W))
        for _ in range(self.max_iter - 1):
            order = rng.permutation(n) if size < n else None
            for i in range(0, n, size):
                rows = None if order is None else self._rows(A, order[i : i + size])
                blocks = whole if order is None else self._blocks(rows, rows, len(W))
                W = self._smooth(self._sums(blocks, W)[0], G2, W, next(shrinking)[0])
        return self._smooth(self._sums(whole, W)[0], G2, W, next(shrinking)[0])

    def _online(self, A, W, G2, rng):
        """Every pass row by row, in random order."""
        shrinking = self._shrinking(self.max_iter * len(A))
        for _ in range(self.max_iter):
            for i in rng.permutation(len(A)):
                W = self._pull(W, A[int(i), :-1], G2, *next(shrinking))
        return W

    # ---- with those of NearestCentre, the verbs that each framework rewrites ----

    def _smooth(self, S, G2, W, radius):
        """w_j = sum_b h_jb S_b / sum_b h_jb n_b, where S_b = sum of [x, 1] over the rows at b."""
        N = np.exp(-G2 / (2 * radius**2)) @ S
        weight = N[:, -1:]
        return np.where(weight > 1e-200, N[:, :-1] / np.maximum(weight, 1e-200), W)

    def _pull(self, W, x, G2, radius, rate):
        """w_j + alpha h_jb (x - w_j), where b is the node nearest to x."""
        r = x - W
        b = np.sum(r**2, 1).argmin()
        return W + (rate * np.exp(-G2[b] / (2 * radius**2)))[:, None] * r

    def _two_nearest(self, X, W):
        """The two j with the smallest |w_j|^2 - 2 x.w_j, nearest first: shape (n, 2)."""
        return np.argsort(np.sum(W**2, 1) - 2 * X @ W.T, 1)[:, :2]

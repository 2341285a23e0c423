"""K-means in NumPy: Lloyd's algorithm, its mini-batch form, and the k-means++ start."""

import warnings

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import _check_sample_weight, validate_data

from .base import Estimator, check_choice, check_count, check_positive
from .nearest import NearestCentre


class KMeans(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, NearestCentre, Estimator
):
    r"""Divide the rows into groups around ``n_clusters`` centres.

    .. math::
        \min_{c_1, \dots, c_k}\; \sum_i w_i \min_j \lVert x_i - c_j \rVert^2

    Lloyd's algorithm takes two steps in turn, neither of which can raise the sum: each row joins
    its nearest centre, each centre moves to the mean of its rows.  It ends in a local minimum that
    depends on the start.  Scale the columns first: the one with the largest spread decides.

    Parameters
    ----------
    n_clusters : int ≥ 1, default 8
        Number of centres k.
    init : {"k-means++", "random"} or array-like of shape (k, d), default "k-means++"
        ``"k-means++"``: each next centre is a row drawn with probability proportional to its
        squared distance from the centres so far, the best of 2 + log k candidates;
        ``"random"``: k different rows; an array: these centres.
    n_init : int ≥ 1 or "auto", default "auto"
        Starts, of which the one with the smallest inertia is kept; "auto" is 10 for
        ``init="random"`` and 1 otherwise.  An array as ``init`` starts once.
    max_iter : int ≥ 1, default 300
        Most steps of a start; with ``batch_size``, most passes over the rows.
    tol : float ≥ 0, default 1e-4
        A start ends when the centres move by no more, in squared distance over the mean variance
        of the columns.
    batch_size : int ≥ 1 or None, default None
        None: every step sees all rows.  A number: each step sees so many rows, every row once a
        pass in random order, and a centre is the mean of all rows that it was ever given.
    random_state : int, Generator or None, default None
        Seed of the starts and of the mini-batches.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (k, d)
        :math:`c_j`, in the units of the columns.
    labels_ : ndarray of int, shape (n,)
        The nearest centre of each row.
    inertia_ : float
        The minimised sum, in squared units of the columns.
    n_iter_ : int
        Steps (or passes) of the best start; ``max_iter`` says that it may not have converged.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` not finite or not two-dimensional; more clusters than rows; ``init`` of another
        shape than (k, d); weights that are negative or all zero; a parameter outside its range.

    References
    ----------
    Lloyd, S. (1982). Least squares quantization in PCM. IEEE Trans. Inf. Theory 28(2), 129-137.
    doi:10.1109/TIT.1982.1056489

    Arthur, D. and Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding. Proc.
    18th ACM-SIAM Symposium on Discrete Algorithms, 1027-1035.

    Sculley, D. (2010). Web-scale k-means clustering. Proc. 19th International Conference on World
    Wide Web, 1177-1178. doi:10.1145/1772690.1772862
    """

    def __init__(
        self,
        n_clusters=8,
        init="k-means++",
        n_init="auto",
        max_iter=300,
        tol=1e-4,
        batch_size=None,
        random_state=None,
    ):
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X, y=None, sample_weight=None):
        """Learn the centres from the rows of ``X`` (n, d), each counted ``sample_weight`` times."""
        X = validate_data(self, X, dtype=np.float64)
        w = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        self._check_params(X)
        rng = np.random.default_rng(self.random_state)
        mean, A = X.mean(0), np.column_stack([X, np.ones(len(X))])
        A[:, :-1] -= mean  # distances seen from a far origin lose digits
        tol = self.tol * np.einsum("ij,ij->", A[:, :-1], A[:, :-1]) / X.size
        A = self._to_backend(A)
        weighted = A if sample_weight is None else self._to_backend(w)[:, None] * A
        run = self._lloyd if self.batch_size is None else self._mini_batches
        starts = (self._start(A, weighted, mean, rng) for _ in range(self._n_starts()))
        best = self._best(run(A, weighted, start, tol, rng) for start in starts)
        self.inertia_, centers, self.labels_, self.n_iter_ = best
        self.cluster_centers_ = centers + mean
        self._n_features_out = self.n_clusters
        self._warn_of_empty_clusters()
        return self

    def predict(self, X):
        """The nearest centre of each row of ``X`` (n, d): shape (n,)."""
        return self._to_centers(self._check_fitted_X(X))[0]

    def transform(self, X):
        """The distance of each row of ``X`` (n, d) to each centre: shape (n, k)."""
        X, origin = self._check_fitted_X(X), self.cluster_centers_.mean(0)
        X, centers = self._to_backend(X - origin, self.cluster_centers_ - origin)
        return np.sqrt(self._to_numpy(self._squared_distances(X, centers)))

    def score(self, X, y=None, sample_weight=None):
        """Minus the weighted sum of squared distances to the nearest centres."""
        X = self._check_fitted_X(X)
        w = _check_sample_weight(sample_weight, X, dtype=np.float64)
        return -float(w @ self._to_centers(X)[1])

    def _to_centers(self, X):
        origin = self.cluster_centers_.mean(0)
        X = self._to_backend(X - origin)
        return self._nearest_everywhere(X, self.cluster_centers_ - origin)

    def _check_params(self, X):
        check_count("n_clusters", self.n_clusters, most=len(X), of="rows of X (n_samples)")
        check_count("max_iter", self.max_iter)
        check_positive("tol", self.tol, zero=True)
        if self.n_init != "auto":
            check_count("n_init", self.n_init)
        if self.batch_size is not None:
            check_count("batch_size", self.batch_size)
        if isinstance(self.init, str):
            check_choice("init", self.init, ("k-means++", "random"))
        elif np.shape(self.init) != (self.n_clusters, X.shape[1]):
            raise ValueError(
                f"init must be 'k-means++', 'random' or an array of shape (n_clusters, d) = "
                f"{self.n_clusters, X.shape[1]}, got shape {np.shape(self.init)}"
            )

    def _n_starts(self):
        if not isinstance(self.init, str):
            return 1
        return {"k-means++": 1, "random": 10}[self.init] if self.n_init == "auto" else self.n_init

    def _best(self, runs):
        """The run with the smallest inertia; the first of those that differ by rounding only."""
        best = next(runs)
        for run in runs:
            best = run if run[0] < (1 - 1e-10) * best[0] else best
        return best

    def _start(self, A, weighted, mean, rng):
        """k centres, as seen from the mean."""
        if not isinstance(self.init, str):
            return np.asarray(self.init, np.float64) - mean
        if self.init == "k-means++":
            rows = self._plus_plus(A[:, :-1], weighted[:, -1], rng)
        else:
            p = self._to_numpy(weighted[:, -1])
            rows = rng.choice(len(p), self.n_clusters, replace=False, p=p / p.sum())
        return self._to_numpy(self._rows(A, rows))[:, :-1]

    def _plus_plus(self, X, w, rng):
        """Rows drawn with p ~ w |x - nearest centre so far|^2, each the best of some candidates."""
        rows, closest, n_candidates = [], None, 2 + int(np.log(self.n_clusters))
        for _ in range(self.n_clusters):
            draws = rng.random(n_candidates if rows else 1)
            row, closest = self._next_centre(X, w, closest, self._to_backend(draws))
            rows.append(int(row))
        return np.array(rows)

    def _lloyd(self, A, weighted, centers, tol, rng):
        """(inertia, centres, labels, steps) of Lloyd's algorithm from these centres."""
        blocks, sums = self._blocks(A, weighted, self.n_clusters), None
        n_iter, moved = 0, np.inf
        while moved > tol and n_iter < self.max_iter:
            sums = self._sums(blocks, self._to_backend(centers), sums)
            old, centers = centers, self._means(A, weighted, centers, self._to_numpy(sums[0]))
            n_iter, moved = n_iter + 1, np.sum((centers - old) ** 2)
        labels, d2 = self._nearest_everywhere(A[:, :-1], centers)
        return float(self._to_numpy(weighted[:, -1]) @ d2), centers, labels, n_iter

    def _mini_batches(self, A, weighted, centers, tol, rng):
        """(inertia, centres, labels, passes); c_k is the mean of all rows that it was given."""
        given, n_iter, moved = np.zeros((self.n_clusters, 1)), 0, np.inf
        while moved > tol and n_iter < self.max_iter:
            old, order = centers, rng.permutation(len(A))
            for rows in np.split(order, range(self.batch_size, len(A), self.batch_size)):
                blocks = self._blocks(self._rows(A, rows), self._rows(weighted, rows), len(given))
                S = self._to_numpy(self._sums(blocks, self._to_backend(centers))[0])
                given += S[:, -1:]
                step = S[:, :-1] - S[:, -1:] * centers
                centers = centers + np.divide(step, given, out=np.zeros_like(step), where=given > 0)
            n_iter, moved = n_iter + 1, np.sum((centers - old) ** 2)
        labels, d2 = self._nearest_everywhere(A[:, :-1], centers)
        return float(self._to_numpy(weighted[:, -1]) @ d2), centers, labels, n_iter

    def _means(self, A, weighted, centers, S):
        """c_k = S_k / weight; a centre that lost all its rows takes the row worst served so far."""
        empty = np.flatnonzero(S[:, -1] == 0)
        if len(empty):
            S = S.copy()
            labels, d2 = self._nearest_everywhere(A[:, :-1], centers)
            d2 = np.where(self._to_numpy(weighted[:, -1]) > 0, d2, 0)
            worst = np.argsort(-d2, kind="stable")[: len(empty)]
            moved = self._to_numpy(self._rows(weighted, worst))
            for k, row, x in zip(empty, worst, moved):
                if d2[row] > 0:
                    S[labels[row]] -= x
                    S[k] = x
        weight = S[:, -1:]
        return np.divide(S[:, :-1], weight, out=centers.copy(), where=weight > 0)

    def _warn_of_empty_clusters(self):
        found = np.count_nonzero(np.bincount(self.labels_))
        if found < self.n_clusters:
            warnings.warn(
                f"only {found} of n_clusters={self.n_clusters} clusters have rows; X may have "
                "fewer different rows: lower n_clusters",
                ConvergenceWarning,
                stacklevel=3,
            )

    # ---- with those of NearestCentre, the verbs that each framework rewrites ----

    def _next_centre(self, X, w, closest, draws):
        """Of the rows where the running sum of w D^2 passes ``draws``, the one that lowers it most.

        ``closest`` is D^2, the squared distance of each row to its nearest centre so far.
        """
        running = np.cumsum(w if closest is None else w * closest)
        rows = np.searchsorted(running, draws * running[-1], side="right").clip(max=len(X) - 1)
        D2 = self._squared_distances(X, X[rows])
        D2 = D2 if closest is None else np.minimum(closest[:, None], D2)
        best = np.argmin(w @ D2)
        return rows[best], D2[:, best]

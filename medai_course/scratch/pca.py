"""Principal component analysis in NumPy: by SVD, by the covariance, by random projection."""

import numpy as np
from scipy.linalg import eigh
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .base import Estimator, check_choice, check_count


class PCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Estimator):
    r"""The directions in which centred rows vary most, and the rows seen along them.

    .. math::
        X - \mathbf 1 \bar x^\top = U S V^\top, \qquad
        z = V_k^\top (x - \bar x), \qquad
        \lambda_j = \frac{S_j^2}{n - 1}

    The first k rows of :math:`V^\top` span the plane from which the rows are least far; their
    signs mean nothing: here the largest entry is positive.  Scale columns of different units first.

    Parameters
    ----------
    n_components : int ≥ 1, float between 0 and 1, or None, default None
        How many directions are kept; a float: as few as explain more than that share of the
        variance; None: all min(n, d).
    whiten : bool, default False
        Divide each component by its standard deviation.
    svd_solver : {"auto", "full", "covariance_eigh", "randomized"}, default "auto"
        ``"full"``: SVD, the most accurate for directions of tiny variance;
        ``"covariance_eigh"``: eigenvectors of the d × d covariance, fast for many rows;
        ``"randomized"``: SVD after a random projection, fast for few of many directions;
        ``"auto"``: the covariance if d ≤ 1000 and n ≥ 10 d, else full up to 500 rows and columns,
        else randomized for fewer than 80 % of min(n, d) components.
    iterated_power : int ≥ 0 or "auto", default "auto"
        Power iterations of the randomized solver; "auto": 7 if k < min(n, d) / 10, else 4.
    n_oversamples : int ≥ 1, default 10
        Random directions of the randomized solver beyond ``n_components``.
    random_state : int, Generator or None, default None
        Seed.

    Attributes
    ----------
    components_ : ndarray of shape (k, d)
        Orthonormal directions, the most variable first.
    explained_variance_ : ndarray of shape (k,)
        :math:`\lambda_j`, in squared units of the columns.
    explained_variance_ratio_ : ndarray of shape (k,)
        Their share of the total variance.
    singular_values_ : ndarray of shape (k,)
        :math:`S_j`.
    mean_ : ndarray of shape (d,)
        :math:`\bar x`.
    noise_variance_ : float
        Mean variance of the directions left out; 0 if none is.
    n_components_, n_samples_, n_features_in_ : int
        k, n and d.

    Raises
    ------
    ValueError
        ``X`` not finite or of fewer than two rows; more components than min(n, d); a share that
        is not between 0 and 1, or with the randomized solver.

    References
    ----------
    Pearson, K. (1901). On lines and planes of closest fit to systems of points in space. Philos.
    Mag. 2(11), 559-572. doi:10.1080/14786440109462720

    Halko, N., Martinsson, P. G. and Tropp, J. A. (2011). Finding structure with randomness:
    probabilistic algorithms for constructing approximate matrix decompositions. SIAM Rev. 53(2),
    217-288. doi:10.1137/090771806

    Tipping, M. E. and Bishop, C. M. (1999). Probabilistic principal component analysis. J. R.
    Stat. Soc. B 61(3), 611-622. doi:10.1111/1467-9868.00196
    """

    def __init__(
        self,
        n_components=None,
        whiten=False,
        svd_solver="auto",
        iterated_power="auto",
        n_oversamples=10,
        random_state=None,
    ):
        self.n_components = n_components
        self.whiten = whiten
        self.svd_solver = svd_solver
        self.iterated_power = iterated_power
        self.n_oversamples = n_oversamples
        self.random_state = random_state

    def fit(self, X, y=None):
        """Learn the directions from the rows of ``X`` (n, d)."""
        X = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        (n, d), share = X.shape, isinstance(self.n_components, (float, np.floating))
        self._check_params(min(n, d), share)
        k = min(n, d) if share or self.n_components is None else int(self.n_components)
        squares, V, mean, total = self._directions(self._to_backend(X), k)
        ratio = squares / total if total > 0 else np.zeros_like(squares)
        if share:
            k = min(int(np.searchsorted(np.cumsum(ratio), self.n_components, "right")) + 1, k)
        rest, left_out = max(0.0, total - squares[:k].sum()), min(n, d) - k
        self.components_, self.mean_ = _largest_entry_positive(V[:k]), mean
        self.explained_variance_ = squares[:k] / (n - 1)
        self.explained_variance_ratio_ = ratio[:k]
        self.singular_values_ = np.sqrt(squares[:k])
        self.noise_variance_ = float(rest / (n - 1) / left_out) if left_out else 0.0
        self.n_components_, self._n_features_out, self.n_samples_ = k, k, n
        return self

    def transform(self, X):
        """The rows of ``X`` (n, d) along the directions: shape (n, k)."""
        X, mean, V = self._to_backend(self._check_fitted_X(X), self.mean_, self._scaled(-0.5))
        return self._to_numpy(self._project(X, mean, V))

    def inverse_transform(self, Z):
        """The rows, in the units of the columns, whose components are ``Z`` (n, k): (n, d)."""
        check_is_fitted(self)
        Z = np.asarray(Z, np.float64)
        if Z.ndim != 2 or Z.shape[1] != self.n_components_:
            raise ValueError(f"Z must have shape (n, {self.n_components_}), got {Z.shape}")
        Z, mean, V = self._to_backend(Z, self.mean_, self._scaled(0.5))
        return self._to_numpy(self._rebuild(Z, mean, V))

    def get_covariance(self):
        """The covariance of the columns if all that was left out is noise: shape (d, d)."""
        check_is_fitted(self)
        V, signal = self.components_, self.explained_variance_ - self.noise_variance_
        return (V.T * signal) @ V + self.noise_variance_ * np.eye(V.shape[1])

    def score_samples(self, X):
        """Log-likelihood of each row under a normal distribution of this covariance: (n,)."""
        r, C = self._check_fitted_X(X) - self.mean_, self.get_covariance()
        variances, V = np.linalg.eigh(C)
        if variances[0] <= len(C) * np.finfo(float).eps * variances[-1]:
            raise ValueError("the fitted covariance is singular: lower n_components")
        return -0.5 * (((r @ V) ** 2 / variances).sum(1) + np.log(2 * np.pi * variances).sum())

    def score(self, X, y=None):
        """The mean log-likelihood of the rows of ``X``."""
        return float(self.score_samples(X).mean())

    def _check_params(self, most, share):
        solvers = ("auto", "full", "covariance_eigh", "randomized")
        check_choice("svd_solver", self.svd_solver, solvers)
        check_count("n_oversamples", self.n_oversamples)
        if self.iterated_power not in ("auto", 0):
            check_count("iterated_power", self.iterated_power)
        if share and not 0 < self.n_components < 1:
            raise ValueError(
                f"n_components={self.n_components!r} must be an integer ≥ 1, or a share of the "
                "variance between 0 and 1"
            )
        if share and self.svd_solver == "randomized":
            raise ValueError('n_components as a share needs svd_solver="full" or "covariance_eigh"')
        if not share and self.n_components is not None:
            check_count(
                "n_components", self.n_components, most=most, of="min(n_samples, n_features)"
            )

    def _solver(self, n, d, k):
        if self.svd_solver != "auto":
            return self.svd_solver
        if d <= 1000 and n >= 10 * d:
            return "covariance_eigh"
        return "full" if max(n, d) <= 500 or k >= 0.8 * min(n, d) else "randomized"

    def _directions(self, X, k):
        """k squared singular values, right singular vectors, the mean, the sum of all squares."""
        solver = self._solver(*X.shape, k)
        if solver == "covariance_eigh":
            mean, C = self._scatter(X)
            squares, V = self._to_numpy(*self._eigh(C, k))
            squares, total = squares.clip(min=0), self._to_numpy(C).trace()
        else:
            X, mean = self._centre(X)
            total = float(self._sum_of_squares(X))
            S, V = self._to_numpy(*self._svd(X if solver == "full" else self._sketch(X, k)))
            squares = S[:k] ** 2
        return squares, V[:k], self._to_numpy(mean), float(total)

    def _sketch(self, X, k):
        """Few rows Q'X that vary along the same directions as the rows of X (Halko et al. 2011)."""
        n, d = X.shape
        n_iter = self.iterated_power
        if n_iter == "auto":
            n_iter = 7 if k < 0.1 * min(n, d) else 4
        rng = np.random.default_rng(self.random_state)
        directions = rng.normal(size=(d, min(k + self.n_oversamples, n, d)))
        return self._compress(X, self._to_backend(directions), n_iter)

    def _scaled(self, power):
        """V, each direction times its variance to this power if the components are whitened."""
        if not self.whiten:
            return self.components_
        tiny = np.finfo(float).eps * max(self.explained_variance_[0], np.finfo(float).tiny)
        return self.components_ * (np.maximum(self.explained_variance_, tiny) ** power)[:, None]

    # ---- the verbs, rewritten in each framework ----

    def _centre(self, X):
        """x - m, and m = mean(x)."""
        m = X.mean(0)
        return X - m, m

    def _sum_of_squares(self, X):
        """sum x_ij^2."""
        return np.vdot(X, X)

    def _svd(self, X):
        """X = U S V': S, largest first, and V'."""
        return np.linalg.svd(X, full_matrices=False)[1:]

    def _scatter(self, X):
        """m = mean(x) and C = sum (x - m)(x - m)', in blocks of rows that stay in the cache."""
        n, d = X.shape
        s, size = X[:: max(1, n // 256)].mean(0), 2048  # s: anywhere among the rows
        C, t = np.zeros((d, d)), np.zeros(d)
        for x in (X[i : i + size] - s for i in range(0, n, size)):
            C += x.T @ x
            t += np.ones(len(x)) @ x
        return s + t / n, C - np.outer(t, t) / n

    def _eigh(self, C, k):
        """C = V diag(squares) V': the k largest squares, and as many rows of V'."""
        d = len(C)
        squares, V = eigh(C, subset_by_index=(d - k, d - 1))
        return squares[::-1], V.T[::-1]

    def _compress(self, X, Q, n_iter):
        """Q'X, where the columns of Q span (X X')^n_iter X Omega; Omega comes as ``Q``."""
        Q = np.linalg.qr(X @ Q)[0]
        for _ in range(n_iter):
            Q = np.linalg.qr(X.T @ Q)[0]
            Q = np.linalg.qr(X @ Q)[0]
        return Q.T @ X

    def _project(self, X, mean, V):
        """z = V'(x - m)."""
        return (X - mean) @ V.T

    def _rebuild(self, Z, mean, V):
        """x = m + V z."""
        return Z @ V + mean


def _largest_entry_positive(V):
    return V * np.where(V[np.arange(len(V)), np.abs(V).argmax(1)] < 0, -1.0, 1.0)[:, None]

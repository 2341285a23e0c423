"""Linear regression in NumPy: least squares by QR, by the normal equations, by gradient descent."""

import warnings

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import validate_data

from .base import Estimator, check_choice, check_positive


class LinearRegression(RegressorMixin, Estimator):
    r"""Least squares with an optional ridge penalty; the intercept is never penalised.

    .. math::
        \min_{\beta_0, \beta}\;
        \lVert y - \beta_0 - X\beta \rVert^2 + \alpha \lVert \beta \rVert^2

    Centring :math:`X` and :math:`y` removes :math:`\beta_0` from the problem, so that the three
    solvers see the same smaller one.  Where the columns of ``X`` are linearly dependent and
    ``alpha`` is 0 the minimum is not unique: a warning says so, and the coefficients of smallest
    norm are returned.

    Parameters
    ----------
    fit_intercept : bool, default True
        Learn :math:`\beta_0`; without it the plane goes through the origin.
    alpha : float ≥ 0, default 0.0
        Ridge penalty (unit of ``y`` squared, over unit of ``coef_`` squared).
    solver : {"qr", "normal", "gd"}, default "qr"
        ``"qr"``: Householder QR, accurate when columns are nearly dependent;
        ``"normal"``: normal equations, faster, at the square of the condition number;
        ``"gd"``: full-batch gradient descent, to be watched: it needs scaled columns.
    learning_rate : float > 0 or "auto", default "auto"
        Step of gradient descent; "auto" is :math:`1/L`, with :math:`L` the largest curvature.
    max_iter : int ≥ 1, default 10_000
        Most steps of gradient descent.
    tol : float > 0, default 1e-10
        Gradient descent stops when the gradient's norm is ``tol`` times its norm at the start.

    Attributes
    ----------
    coef_ : ndarray of shape (d,)
        :math:`\beta`, unit of ``y`` per unit of the feature.
    intercept_ : float
        :math:`\beta_0`, unit of ``y``.
    loss_curve_ : list of float
        ``solver="gd"`` only: :math:`(\lVert r\rVert^2 + \alpha\lVert\beta\rVert^2) / 2n`, one per
        step, the start first.
    n_iter_ : int
        Steps taken by gradient descent; 1 for the direct solvers.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` or ``y`` not finite or of the wrong shape; a parameter outside its range; a
        ``learning_rate`` so large that the loss grows.

    References
    ----------
    Hoerl, A. E. and Kennard, R. W. (1970). Ridge regression: biased estimation for nonorthogonal
    problems. Technometrics 12(1), 55-67. doi:10.1080/00401706.1970.10488634

    Golub, G. (1965). Numerical methods for solving linear least squares problems. Numerische
    Mathematik 7, 206-216. doi:10.1007/BF01436075
    """

    def __init__(
        self,
        fit_intercept=True,
        alpha=0.0,
        solver="qr",
        learning_rate="auto",
        max_iter=10_000,
        tol=1e-10,
    ):
        self.fit_intercept = fit_intercept
        self.alpha = alpha
        self.solver = solver
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X, y):
        """Learn ``coef_`` and ``intercept_`` from ``X`` (n, d) and ``y`` (n,)."""
        self._check_params()
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        X, y = self._to_backend(X, np.asarray(y, np.float64))
        if self.fit_intercept:
            X, y, x_mean, y_mean = self._centre(X, y)
        self.n_iter_ = 1
        beta = self._descend(X, y) if self.solver == "gd" else self._direct(X, y)
        self.coef_, self.intercept_ = self._to_numpy(beta), 0.0
        if self.fit_intercept:
            self.intercept_ = float(y_mean - self._dot(x_mean, beta))
        return self

    def predict(self, X):
        """The expected outcome of each row of ``X`` (n, d), in the unit of ``y``: shape (n,)."""
        X, beta = self._to_backend(self._check_fitted_X(X), self.coef_)
        return self._to_numpy(self._dot(X, beta)) + self.intercept_

    def _check_params(self):
        check_choice("solver", self.solver, ("qr", "normal", "gd"))
        check_positive("alpha", self.alpha, zero=True)
        check_positive("max_iter", self.max_iter)
        check_positive("tol", self.tol)
        if not isinstance(self.learning_rate, str) or self.learning_rate != "auto":
            check_positive("learning_rate", self.learning_rate)

    def _direct(self, X, y):
        """Reduce the n rows to d equations M beta = z, then solve those."""
        M, z = self._qr(X, y) if self.solver == "qr" else self._normal(X, y)
        if _has_full_rank(self._to_numpy(M), X.shape):
            return self._solve(M, z)
        warnings.warn(
            "the columns of X are linearly dependent, so many coefficients fit equally well and "
            "those of smallest norm are returned; drop a column, or set alpha > 0",
            stacklevel=3,
        )
        return self._smallest_norm(M, z, rcond=_rank_tolerance(X.shape))

    def _descend(self, X, y):
        """Gradient descent from zero, its losses recorded."""
        beta = self._to_backend(np.zeros(X.shape[1]))
        loss, gradient = self._loss_and_gradient(X, y, beta)
        self.loss_curve_, self.n_iter_ = [float(loss)], 0
        start = squared = float(self._dot(gradient, gradient))
        step = self._step(X) if start > 0 else 0.0
        while squared > self.tol**2 * start and self.n_iter_ < self.max_iter:
            beta = beta - step * gradient
            loss, gradient = self._loss_and_gradient(X, y, beta)
            squared = float(self._dot(gradient, gradient))
            self.n_iter_ += 1
            self.loss_curve_.append(float(loss))
            if not loss <= 2 * self.loss_curve_[0]:
                raise ValueError(
                    f"the loss grows: learning_rate={step:.3g} is too large for these columns; "
                    'scale the columns of X, or use learning_rate="auto"'
                )
        if squared > self.tol**2 * start:
            warnings.warn(
                f"gradient descent stopped at max_iter={self.max_iter} before the gradient "
                "vanished; scale the columns of X, or raise max_iter",
                ConvergenceWarning,
                stacklevel=3,
            )
        return beta

    def _step(self, X):
        return 1 / float(self._curvature(X)) if self.learning_rate == "auto" else self.learning_rate

    # ---- the verbs, rewritten in each framework ----

    def _centre(self, X, y):
        """x - mean(x), y - mean(y), and the two means."""
        x_mean, y_mean = X.mean(0), y.mean()
        return X - x_mean, y - y_mean, x_mean, y_mean

    def _dot(self, a, b):
        """a b, the sum over the last axis of a."""
        return a @ b

    def _qr(self, X, y):
        """[X; sqrt(alpha) I] = QR gives R beta = Q'[y; 0]; both sides are in the R of [X y]."""
        d = X.shape[1]
        A = np.column_stack([X, y])
        if self.alpha > 0:
            A = np.vstack([A, np.sqrt(self.alpha) * np.eye(d, d + 1)])
        R = _r_factor(A)[:d]
        return R[:, :d], R[:, d]

    def _normal(self, X, y):
        """(X'X + alpha I) beta = X'y."""
        return X.T @ X + self.alpha * np.eye(X.shape[1]), X.T @ y

    def _solve(self, M, z):
        """beta = M^-1 z."""
        return np.linalg.solve(M, z)

    def _smallest_norm(self, M, z, rcond):
        """beta = M^+ z, singular values below rcond times the largest taken as 0."""
        return np.linalg.pinv(M, rcond=rcond) @ z

    def _loss_and_gradient(self, X, y, beta):
        """J = (|X beta - y|^2 + alpha |beta|^2) / 2n,  dJ = (X'(X beta - y) + alpha beta) / n."""
        r = X @ beta - y
        loss = (r @ r + self.alpha * beta @ beta) / (2 * len(y))
        return loss, (X.T @ r + self.alpha * beta) / len(y)

    def _curvature(self, X):
        """L, the largest eigenvalue of (X'X + alpha I) / n; a step of 1 / L never overshoots."""
        return (np.linalg.eigvalsh(X.T @ X)[-1] + self.alpha) / len(X)


def _rank_tolerance(shape):
    return max(shape) * np.finfo(np.float64).eps


def _has_full_rank(M, shape):
    singular = np.linalg.svd(M, compute_uv=False)
    return len(singular) == shape[1] and singular[-1] > _rank_tolerance(shape) * singular[0]


def _r_factor(A, block=512):
    """The R of A = QR, stacked from the R of blocks of rows that stay in the cache (TSQR).

    Demmel, J. et al. (2012). Communication-optimal parallel and sequential QR and LU
    factorizations. SIAM J. Sci. Comput. 34(1), A206-A239. doi:10.1137/080731992
    """
    n, d = A.shape
    whole = n // block * block
    if block < 2 * d or n < 2 * block:
        return np.linalg.qr(A, mode="r")
    R = np.linalg.qr(A[:whole].reshape(-1, block, d), mode="r")
    return np.linalg.qr(np.vstack([R.reshape(-1, d), A[whole:]]), mode="r")

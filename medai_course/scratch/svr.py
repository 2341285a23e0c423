"""Support vector regression in NumPy: a tube around the data, in the space of a kernel."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from .base import Estimator, check_positive
from .svm_dual import KernelMachine


class SVR(RegressorMixin, KernelMachine, Estimator):
    r"""Regression that forgives errors up to :math:`\varepsilon` and counts the rest linearly.

    .. math::
        \max_\beta\; \sum_i \bigl( y_i \beta_i - \varepsilon |\beta_i| \bigr)
        - \tfrac12 \sum_{i,j} \beta_i \beta_j K(x_i, x_j), \qquad
        |\beta_i| \le C w_i, \quad \sum_i \beta_i = 0

    It predicts :math:`f(x) = \sum_i \beta_i K(x_i, x) + b`.  Rows inside the tube have
    :math:`\beta_i = 0`; the others are the support vectors.  Scale the columns first.

    Parameters
    ----------
    C : float > 0, default 1.0
        What a unit of error beyond the tube costs; the larger, the closer the fit.
    epsilon : float ≥ 0, default 0.1
        :math:`\varepsilon`, half the width of the tube, in the unit of ``y``.
    kernel : {"rbf", "linear", "poly"} or callable, default "rbf"
        :math:`e^{-\gamma \lVert a - b \rVert^2}`, :math:`a^\top b`,
        :math:`(\gamma a^\top b + \mathrm{coef0})^{\mathrm{degree}}`, or a function of two ndarrays
        (n, d) and (m, d) that returns one (n, m).
    degree : int ≥ 1, default 3
        Of ``kernel="poly"``.
    gamma : float > 0, "scale" or "auto", default "scale"
        :math:`\gamma`; "scale" is 1 / (d var(X)), "auto" 1 / d.
    coef0 : float, default 0.0
        Of ``kernel="poly"``.
    tol : float > 0, default 1e-3
        Largest violation left of the conditions for the maximum, in the unit of ``y``.
    cache_size : float > 0, default 500
        Memory for rows of the kernel matrix (MB).
    max_iter : int ≥ 1, default 1_000_000
        Most steps of pairs.

    Attributes
    ----------
    support_, support_vectors_ : ndarray of int, shape (s,), and of shape (s, d)
        The rows with :math:`\beta \ne 0`.
    dual_coef_ : ndarray of shape (1, s)
        Their :math:`\beta`.
    intercept_ : ndarray of shape (1,)
        b, in the unit of ``y``.
    dual_objective_ : float
        The maximum reached.
    gamma_ : float
        The :math:`\gamma` used.
    n_iter_ : int
        Steps of pairs.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` or ``y`` not finite or of the wrong shape; a parameter outside its range; a callable
        kernel of another shape.

    References
    ----------
    Smola, A. J. and Schölkopf, B. (2004). A tutorial on support vector regression. Statistics and
    Computing 14, 199-222. doi:10.1023/B:STCO.0000035301.49549.88
    """

    def __init__(
        self,
        C=1.0,
        epsilon=0.1,
        kernel="rbf",
        degree=3,
        gamma="scale",
        coef0=0.0,
        tol=1e-3,
        cache_size=500,
        max_iter=1_000_000,
    ):
        self.C = C
        self.epsilon = epsilon
        self.kernel = kernel
        self.degree = degree
        self.gamma = gamma
        self.coef0 = coef0
        self.tol = tol
        self.cache_size = cache_size
        self.max_iter = max_iter

    def fit(self, X, y, sample_weight=None):
        """Learn from ``X`` (n, d) and ``y`` (n,); a row of weight w costs ``C`` w."""
        self._check_params()
        check_positive("epsilon", self.epsilon, zero=True)
        X, y = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        w = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        self.gamma_ = self._gamma_of(X, w)
        t = np.stack([y - self.epsilon, y + self.epsilon])  # beta > 0 below the tube, < 0 above
        limit, none = self.C * w, np.zeros(len(w))
        lo, hi = np.stack([none, -limit]), np.stack([limit, none])
        beta, b, self.dual_objective_, self.n_iter_ = self._maximise(self._to_backend(X), t, lo, hi)
        beta = beta.sum(0)
        self.support_ = np.flatnonzero(beta)
        self.support_vectors_ = X[self.support_]
        self.dual_coef_, self.intercept_ = beta[None, self.support_], np.array([b])
        return self

    def predict(self, X):
        """The expected outcome of each row of ``X`` (n, d), in the unit of ``y``: shape (n,)."""
        return self._decisions(self._check_fitted_X(X), self.dual_coef_.T)[:, 0]

    @property
    def coef_(self):
        """Of ``kernel="linear"``: f(x) = ``coef_`` x + b, shape (1, d)."""
        if self.kernel != "linear":
            raise AttributeError('only kernel="linear" has coef_')
        check_is_fitted(self)
        return self.dual_coef_ @ self.support_vectors_

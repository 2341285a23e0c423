"""Support vector regression in NumPy: a tube around the data, in the space of a kernel."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from .base import check_positive
from .svm_dual import KernelMachine


@dataclass(eq=False, repr=False, kw_only=True)
class SVR(RegressorMixin, KernelMachine):
    r"""Regression that forgives errors up to :math:`\varepsilon` and counts the rest linearly.

    .. math::
        \max_\beta\; \sum_i \bigl( y_i \beta_i - \varepsilon |\beta_i| \bigr)
        - \tfrac12 \sum_{i,j} \beta_i \beta_j K(x_i, x_j), \qquad
        |\beta_i| \le C w_i, \quad \sum_i \beta_i = 0

    It predicts :math:`f(x) = \sum_i \beta_i K(x_i, x) + b`.  Rows inside the tube have
    :math:`\beta_i = 0`; the others are the support vectors.  Scale the columns first.

    Parameters
    ----------
    {kernel_settings}
    epsilon : float ≥ 0, default 0.1
        :math:`\varepsilon`, half the width of the tube, in the unit of ``y``.

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

    epsilon: float = 0.1

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

"""Logistic regression in NumPy, of two classes or more, and its derivatives by hand."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from .base import Estimator, check_choice, check_count, check_positive
from .class_weight import encoded_classes, row_weights
from .logistic_inference import OddsRatios
from .logistic_solvers import SOLVERS, Solvers


class LogisticRegression(ClassifierMixin, OddsRatios, Solvers, Estimator):
    r"""The log odds of a class are linear in the features, :math:`\eta = \beta_0 + x^\top\beta`.

    .. math::
        \min_{\beta_0, \beta}\; \frac{1}{W} \Bigl[ \sum_i w_i \bigl(
            \log(1 + e^{\eta_i}) - y_i \eta_i \bigr) + \frac{1}{2C} \lVert\beta\rVert^2 \Bigr],
        \qquad p = \frac{1}{1 + e^{-\eta}}

    With more classes than two each has its own :math:`\eta_k` and
    :math:`p_k = e^{\eta_k} / \sum_l e^{\eta_l}` (multinomial).  :math:`W` is the sum of the
    weights :math:`w_i`; the intercept is never penalised.

    Parameters
    ----------
    C : float > 0, or np.inf, default 1.0
        Inverse strength of the penalty, as in scikit-learn; ``np.inf`` for no penalty.
    fit_intercept : bool, default True
        Learn :math:`\beta_0`; without it all probabilities are equal at the origin.
    class_weight : None, "balanced" or dict {label: weight > 0}, default None
        Weights of the classes, times those of the rows; "balanced" makes their totals equal.
    solver : {"newton", "lbfgs", "gd"}, default "newton"
        ``"newton"``: iteratively reweighted least squares, few and dear steps;
        ``"lbfgs"``: SciPy's L-BFGS, many cheap steps, for thousands of features; as it compares
        losses, it finds half the digits of the coefficients that the others find;
        ``"gd"``: full-batch gradient descent, to be watched: it needs scaled columns.
    learning_rate : float > 0 or "auto", default "auto"
        Step of gradient descent; "auto" is :math:`1/L`, with :math:`L` the largest curvature.
    max_iter : int ≥ 1, default 1000
        Most steps.
    tol : float > 0, default 1e-7
        Newton stops after a step shorter than this, in standard errors; the others when the
        gradient's norm is ``tol`` times its norm at zero.
    warm_start : bool, default False
        Start from the coefficients of the last fit instead of zero.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        The labels, sorted.
    coef_ : ndarray of shape (1, d), or of shape (K, d) for K > 2
        :math:`\beta`: change in log odds per unit of the feature; of ``classes_[1]`` if K is 2.
    intercept_ : ndarray of shape (1,) or (K,)
        :math:`\beta_0`: log odds where all features are 0.
    covariance_ : ndarray of shape (d + 1, d + 1), or (d, d) without an intercept
        Of ``coef_`` and then ``intercept_``: the inverse of the observed information.  Only of a
        fit for which it has a meaning: two classes, ``C=np.inf``, no ``class_weight``.
    loss_curve_ : list of float
        The minimised mean, one per step, the start first.
    n_iter_ : int
        Steps taken.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` or ``y`` not finite or of the wrong shape; one class only; a class whose rows all
        weigh 0; a parameter outside its range; a ``learning_rate`` so large that the loss grows.

    Warns
    -----
    UserWarning, or ConvergenceWarning
        Without a penalty: columns of ``X`` are constant or linearly dependent, or the classes are
        separated, so that coefficients grow without bound; ``max_iter`` was too small.

    References
    ----------
    Cox, D. R. (1958). The regression analysis of binary sequences. J. R. Stat. Soc. B 20(2),
    215-242. doi:10.1111/j.2517-6161.1958.tb00292.x

    Albert, A. and Anderson, J. A. (1984). On the existence of maximum likelihood estimates in
    logistic regression models. Biometrika 71(1), 1-10. doi:10.1093/biomet/71.1.1
    """

    def __init__(
        self,
        C=1.0,
        fit_intercept=True,
        class_weight=None,
        solver="newton",
        learning_rate="auto",
        max_iter=1000,
        tol=1e-7,
        warm_start=False,
    ):
        self.C = C
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.solver = solver
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.tol = tol
        self.warm_start = warm_start

    def fit(self, X, y, sample_weight=None):
        """Learn from ``X`` (n, d) and labels ``y`` (n,), each row counted ``sample_weight`` times.

        A weight counts patients: a row of weight 3 is as good as three equal rows.
        """
        self._check_params()
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        classes, codes = encoded_classes(y)
        w = row_weights(X, codes, classes, self.class_weight, sample_weight)
        columns = np.arange(len(classes)) if len(classes) > 2 else [1]
        self.classes_ = classes
        Y = (codes[:, None] == columns).astype(np.float64)
        X, shift, M = self._scaling(X, w.sum())
        theta = self._start(len(columns), M, shift)
        inputs = self._to_backend(X, Y, w[:, None] / w.sum(), self._penalty(M, w.sum()), M)
        theta, converged = self._minimise(inputs, self._to_backend(theta), w.sum())
        *coef, intercept = M @ self._to_numpy(theta)
        self.coef_ = np.array(coef).T
        self.intercept_ = intercept - self.coef_ @ shift
        self._infer(inputs, theta, w.sum(), M, shift, converged)
        return self

    def decision_function(self, X):
        """Log odds of ``classes_[1]``, shape (n,); of more classes the K :math:`\\eta_k`."""
        eta = self._to_numpy(self._eta(X))
        return eta[:, 0] if len(self.classes_) == 2 else eta

    def predict_proba(self, X):
        """The probability of each class for each row of ``X`` (n, d): shape (n, K)."""
        P = self._to_numpy(self._probabilities(self._eta(X)))
        return np.column_stack([1 - P, P]) if len(self.classes_) == 2 else P

    def predict_log_proba(self, X):
        """The logarithm of ``predict_proba``, exact also where that rounds to 0."""
        eta = self._to_numpy(self._eta(X))
        if len(self.classes_) == 2:
            return -np.logaddexp(0, np.column_stack([eta, -eta]))
        return eta - np.logaddexp.reduce(eta, axis=1, keepdims=True)

    def predict(self, X):
        """The most probable class of each row of ``X`` (n, d): shape (n,)."""
        scores = self.decision_function(X)
        return self.classes_[(scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(1)]

    def _eta(self, X):
        X = self._check_fitted_X(X)
        return self._linear(*self._to_backend(X, np.vstack([self.coef_.T, self.intercept_])))

    def _check_params(self):
        check_choice("solver", self.solver, SOLVERS)
        if not (isinstance(self.C, (float, np.floating)) and self.C == np.inf):
            check_positive("C", self.C)
        check_count("max_iter", self.max_iter)
        check_positive("tol", self.tol)
        if not isinstance(self.learning_rate, str) or self.learning_rate != "auto":
            check_positive("learning_rate", self.learning_rate)

    # ---- the verbs, rewritten in each framework ----

    def _cast(self, array, dtype):
        """The array in another precision."""
        return array.astype(dtype)

    def _linear(self, X, B):
        """eta = X beta + beta_0: B has the intercepts as its last row."""
        return X @ B[:-1] + B[-1]

    def _log_sum(self, eta):
        """log(1 + e^eta), or log(sum over k of e^eta_k), both after taking out the largest term."""
        if eta.shape[1] == 1:
            return np.log1p(np.exp(-abs(eta))) + np.maximum(eta, 0)
        top = eta.max(1, keepdims=True)
        return np.log(np.exp(eta - top).sum(1, keepdims=True)) + top

    def _probabilities(self, eta):
        """p = e^eta / (1 + e^eta), or e^eta_k / sum over l of e^eta_l."""
        return np.exp(eta - self._log_sum(eta))

    def _loss_and_gradient(self, theta, X, Y, w, penalty, M):
        """J = sum w (log_sum - y eta) + alpha theta^2 / 2, dJ = M'[X 1]' w (p - y) + alpha theta"""
        eta = self._linear(X, M @ theta)
        log_sum = self._log_sum(eta)
        fit = np.sum(w * log_sum) - np.sum(w * Y * eta)
        r = w * (np.exp(eta - log_sum) - Y)
        gradient = M.T @ np.vstack([X.T @ r, r.sum(0)]) + penalty * theta
        return fit + np.sum(penalty * theta**2) / 2, gradient

    def _hessian(self, theta, X, Y, w, penalty, M):
        """H_kl = M'[X 1]' diag(w p_k (1[k=l] - p_l)) [X 1] M, and alpha on the diagonal."""
        P = self._probabilities(self._linear(X, M @ theta))
        p, m = theta.shape
        H = np.empty((p, m, p, m), X.dtype)
        for k in range(m):
            for l in range(k, m):
                q = w * P[:, k : k + 1] * (1.0 * (k == l) - P[:, l : l + 1])
                H[:, k, :, l] = H[:, l, :, k] = M.T @ self._weighted_gram(X, q) @ M
        return H.reshape(p * m, p * m) + np.diag(np.repeat(penalty, m))

    def _weighted_gram(self, X, q):
        """[X 1]' diag(q) [X 1], for q of one sign."""
        Z = np.sqrt(abs(q)) * X
        v = X.T @ q
        return np.block([[Z.T @ Z * np.sign(q.sum()), v], [v.T, q.sum()]])

    def _step(self, hessian, gradient, rcond):
        """H^-1 dJ; without a penalty the pseudoinverse, as columns of X may be dependent."""
        if np.isfinite(self.C):
            step = np.linalg.solve(hessian, gradient.ravel())
        else:
            step = np.linalg.pinv(hessian, rcond=rcond, hermitian=True) @ gradient.ravel()
        return step.reshape(gradient.shape)

    def _dot(self, a, b):
        """Sum of a b."""
        return np.sum(a * b)

    def _curvature(self, theta, X, Y, w, penalty, M):
        """L = c max eigenvalue of M'[X 1]' diag(w) [X 1] M, + alpha; c = 1/4, or 1/2 if K > 2."""
        gram = M.T @ self._weighted_gram(X, w) @ M
        return (0.25 if theta.shape[1] == 1 else 0.5) * np.linalg.eigvalsh(gram)[-1] + penalty.max()

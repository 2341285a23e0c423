"""Linear support vector machine in NumPy, for very many rows: the primal, without a kernel."""

import warnings

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from .base import Estimator, check_choice, check_count, check_positive
from .class_weight import encoded_classes, row_weights
from .linear_svm_solvers import Solvers


class LinearSVM(ClassifierMixin, Solvers, Estimator):
    r"""The widest margin between two classes, some rows allowed on its wrong side (soft margin).

    .. math::
        \min_{w, b}\; \tfrac12 \lVert w \rVert^2
        + C \sum_i w_i \max\bigl(0,\; 1 - y_i (x_i^\top w + b)\bigr)^p, \qquad y_i = \pm 1

    with p = 1 (hinge) or 2 (squared hinge); the intercept b is never penalised.  More classes than
    two: one machine for each, against the rest.  Scale the columns first.

    Parameters
    ----------
    C : float > 0, default 1.0
        What a row inside the margin costs; the larger, the narrower the margin.
    loss : {"squared_hinge", "hinge"}, default "squared_hinge"
        ``"squared_hinge"``: Newton's method, in which only rows inside the margin count;
        ``"hinge"``: the classical machine, by an interior-point method on primal and dual at once.
    fit_intercept : bool, default True
        Learn b; without it the boundary goes through the origin.
    class_weight : None, "balanced" or dict {label: weight > 0}, default None
        Weights of the classes, times those of the rows; "balanced" makes their totals equal.
    max_iter : int ≥ 1, default 200
        Most steps.
    tol : float > 0, default 1e-9
        Stop when what can still be gained is this share of the sum (an estimate of it for the
        squared hinge, a bound for the hinge: the gap between primal and dual).

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        The labels, sorted.
    coef_ : ndarray of shape (1, d), or of shape (K, d) for K > 2
        w, of ``classes_[1]`` if K is 2.
    intercept_ : ndarray of shape (1,) or (K,)
        b.
    objective_ : ndarray of shape (1,) or (K,)
        The minimum reached.
    n_iter_ : int
        Most steps that a machine took.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` or ``y`` not finite or of the wrong shape; one class only; a class whose rows all
        weigh 0; a parameter outside its range.

    References
    ----------
    Chapelle, O. (2007). Training a support vector machine in the primal. Neural Computation 19(5),
    1155-1178. doi:10.1162/neco.2007.19.5.1155

    Ferris, M. C. and Munson, T. S. (2002). Interior-point methods for massive support vector
    machines. SIAM J. Optim. 13(3), 783-804. doi:10.1137/S1052623400374379
    """

    def __init__(
        self,
        C=1.0,
        loss="squared_hinge",
        fit_intercept=True,
        class_weight=None,
        max_iter=200,
        tol=1e-9,
    ):
        self.C = C
        self.loss = loss
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X, y, sample_weight=None):
        """Learn from ``X`` (n, d) and labels ``y`` (n,); a row of weight w costs ``C`` w."""
        self._check_params()
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        classes, codes = encoded_classes(y)
        w = row_weights(X, codes, classes, self.class_weight, sample_weight)
        X, codes, C = X[w > 0], codes[w > 0], self.C * w[w > 0, None]
        X, M, shift = self._centred(X)
        e = np.append(np.ones(X.shape[1]), 0.0 if self.fit_intercept else 1.0)[:, None]
        X, C, M, e = self._to_backend(X, C, M, e)
        solve = self._newton if self.loss == "squared_hinge" else self._interior_point
        thetas, objectives, steps, converged = [], [], [], []
        for k in [1] if len(classes) == 2 else range(len(classes)):
            s = self._to_backend(np.where(codes == k, 1.0, -1.0)[:, None])
            theta, objective, n_iter, done = solve(X, s, C, M, e)
            thetas.append(self._to_numpy(M @ theta)[:, 0])
            objectives.append(objective)
            steps.append(n_iter)
            converged.append(done)
        self.classes_, self.objective_, self.n_iter_ = classes, np.array(objectives), max(steps)
        self.coef_ = np.array(thetas)[:, :-1]
        self.intercept_ = np.array(thetas)[:, -1] - self.coef_ @ shift
        if not all(converged):
            warnings.warn(
                f"stopped at max_iter={self.max_iter} before it converged: scale the columns of X, "
                "or raise max_iter, or lower C",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def decision_function(self, X):
        """x'w + b: shape (n,), of more classes than two (n, K)."""
        X = self._check_fitted_X(X)
        B = np.vstack([self.coef_.T, self.intercept_])
        f = self._to_numpy(self._linear(*self._to_backend(X, B)))
        return f[:, 0] if len(self.classes_) == 2 else f

    def predict(self, X):
        """The class of each row of ``X`` (n, d): shape (n,)."""
        f = self.decision_function(X)
        return self.classes_[(f > 0).astype(int) if f.ndim == 1 else f.argmax(1)]

    def _check_params(self):
        check_positive("C", self.C)
        check_choice("loss", self.loss, ("squared_hinge", "hinge"))
        check_count("max_iter", self.max_iter)
        check_positive("tol", self.tol)

    # ---- the verbs, rewritten in each framework ----

    def _linear(self, X, B):
        """f = X w + b: B has b as its last row."""
        return X @ B[:-1] + B[-1]

    def _loss_gradient_hessian(self, theta, X, s, C, M, e):
        """J = w'w / 2 + sum C h^2, dJ = w - 2 M'[X 1]'C s h, and I + 2 M'[X 1]'C [X 1] M.

        h = 1 - s f, and only rows with h > 0, inside the margin, count.
        """
        h = 1 - s * self._linear(X, M @ theta)
        inside = np.flatnonzero(h > 0)
        X, s, C, h = (a[inside] for a in (X, s, C, h))
        gradient = e * theta - 2 * M.T @ self._with_ones(X, C * s * h)
        J = np.sum(e * theta**2) / 2 + np.sum(C * h**2)
        return J, gradient, self._normal(X, 2 * C, M, e)

    def _normal(self, X, q, M, e):
        """diag(e) + M'[X 1]' diag(q) [X 1] M."""
        Z = np.sqrt(q) * X
        v = X.T @ q
        return np.diag(e[:, 0]) + M.T @ np.block([[Z.T @ Z, v], [v.T, q.sum()]]) @ M

    def _with_ones(self, X, r):
        """[X 1]' r."""
        return np.vstack([X.T @ r, r.sum(0)])

    def _transposed(self, M, r):
        """M'r."""
        return M.T @ r

    def _positive(self, a):
        """max(0, a)."""
        return np.maximum(a, 0)

    def _solve(self, A, z):
        """A^-1 z."""
        return np.linalg.solve(A, z)

    def _sum(self, a):
        """The sum of all entries."""
        return np.sum(a)

    def _longest(self, *pairs):
        """The longest step, 1 at most, that leaves all v + step dv >= 0."""
        return 1 / max(1.0, *(float(np.max(-dv / v)) for v, dv in pairs))

"""How a logistic regression finds its minimum: Newton, L-BFGS, gradient descent."""

import warnings

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

SOLVERS = ("newton", "lbfgs", "gd")
KEEP = 0.1  # Newton keeps its Hessian for a second step, and while each is so much shorter
REHEARSAL = 20  # on so many times fewer rows, where each parameter still has 50


class Solvers:
    """The loops over the verbs ``_loss_and_gradient``, ``_hessian`` and ``_step``.

    ``inputs`` are the backend's X (n, d), Y (n, m), the weights (n, 1) of sum 1, the penalties
    (d + 1, 1) and M; m is 1 for two classes and else K.  The loops see theta (d + 1, m), with the
    coefficients M theta, the intercept last.
    """

    def _scaling(self, X, total):
        """X, what was taken from its columns, and M, with which J bends as much along each theta.

        [X, 1] M has columns of mean 0 and, without a penalty, of standard deviation 1: the same
        minimum is easier to reach.  Gradient descent takes the columns as they are.
        """
        d = X.shape[1]
        shift, M = np.zeros(d), np.eye(d + 1)
        if self.solver != "gd":
            mean = X.mean(0) if self.fit_intercept else shift
            variance = np.einsum("ij,ij->j", X, X) / len(X) - mean**2
            if (mean**2 > 100 * variance).any():  # seen from afar, columns lose digits
                X, shift, mean = X - mean, mean, np.zeros(d)
                variance = np.einsum("ij,ij->j", X, X) / len(X)
                variance[variance <= (1e-13 * shift) ** 2] = 0
            scale = np.sqrt(variance + 4 / (self.C * total))
            M[:d, :d] = np.diag(np.divide(variance > 0, scale, where=scale > 0, out=np.zeros(d)))
            M[d, :d] = -mean @ M[:d, :d]
        if not self.fit_intercept:
            M[d] = 0
        return X, shift, M

    def _penalty(self, M, total):
        """alpha theta^2 / 2 is the penalty beta^2 / (2 C W); none of the intercept: (d + 1, 1)."""
        alpha = np.diag(M) ** 2 / (self.C * total)
        alpha[:-1][alpha[:-1] == 0] = float(np.isfinite(self.C))  # of a constant column: any
        alpha[-1] = 0
        return alpha[:, None]

    def _start(self, m, M, shift):
        """Zero, or the last coefficients, as theta (d + 1, m)."""
        theta = np.zeros((len(M), m))
        coef = getattr(self, "coef_", np.empty(0))
        if self.warm_start and coef.shape == (m, len(M) - 1):
            last = np.vstack([coef.T, self.intercept_ + coef @ shift])
            theta = np.linalg.pinv(M) @ last
        return theta

    def _minimise(self, inputs, theta, total):
        zero = self._to_backend(np.zeros(theta.shape))
        if self.solver == "newton":
            theta, converged = self._newton_in_stages(inputs, theta, total)
        else:
            gradient = self._loss_and_gradient(zero, *inputs)[1]
            tol = self.tol * float(self._dot(gradient, gradient)) ** 0.5
            loop = self._lbfgs if self.solver == "lbfgs" else self._descend
            theta, converged = loop(inputs, theta, tol)
        if not converged:
            advice = "scale the columns of X, or raise max_iter" * (self.solver == "gd")
            warnings.warn(
                f"{self.solver} stopped at max_iter={self.max_iter} before it converged: "
                f"{advice or 'raise max_iter, or set a smaller C'}",
                ConvergenceWarning,
                stacklevel=3,
            )
        return theta, converged

    def _newton_in_stages(self, inputs, theta, total):
        """With very many rows: a rehearsal on every 20th, then all in float32, then in float64."""
        rcond, hessian = self._rank_tolerance(inputs, theta), None
        many = len(inputs[0]) >= 50 * REHEARSAL * np.prod(theta.shape)
        if many and rcond == 0 and not self.warm_start:
            X, Y, w, *rest = single = [self._cast(a, "float32") for a in inputs]
            few = [a[::REHEARSAL] for a in (X, Y, w * REHEARSAL)]
            near = self._cast(theta, "float32")
            near, _, hessian = self._newton([*few, *rest], near, total / REHEARSAL, 0.1, 8, 0.0)
            near, _, hessian = self._newton(single, near, total, 1e-3, 8, 0.0, hessian)
            near, hessian = (self._cast(a, "float64") for a in (near, hessian))
            if all(np.isfinite(self._to_numpy(a)).all() for a in (near, hessian)):
                theta = near
            else:
                hessian = None
        return self._newton(inputs, theta, total, self.tol, self.max_iter, rcond, hessian)[:2]

    def _newton(self, inputs, theta, total, tol, max_iter, rcond, hessian=None):
        """Steps H^-1 dJ, each halved until J falls, until one is short in standard errors."""
        precision = "float32" if "float32" in str(theta.dtype) else "float64"
        constant = self._cast(self._to_backend(self._gauge(theta.shape)), precision)
        loss, gradient = self._loss_and_gradient(theta, *inputs)
        self.loss_curve_, self.n_iter_ = [float(loss)], 0
        slack = (1e-6 if precision == "float32" else 1e-13) * float(loss)
        fresh, length = hessian is None, np.inf
        while length > tol and self.n_iter_ < max_iter:
            if fresh:
                hessian = self._hessian(theta, *inputs) + constant
            step = self._step(hessian, gradient, rcond)
            last, length = length, max(0.0, total * float(self._dot(gradient, step))) ** 0.5
            for size in (0.5**k for k in range(24)):
                loss, slope = self._loss_and_gradient(theta - size * step, *inputs)
                if float(loss) <= self.loss_curve_[-1] + slack:
                    break
            else:
                if fresh:
                    return theta, True, hessian  # what is left is rounding
                fresh = True
                continue
            theta, gradient = theta - size * step, slope
            fresh = size < 1 or (not fresh and length > KEEP * last)
            self.n_iter_ += 1
            self.loss_curve_.append(float(loss))
        return theta, length <= tol, hessian

    def _gauge(self, shape):
        """What makes H invertible along directions in which J is flat, and no step goes.

        They are a number added to all eta_k, and an intercept that is not fitted.
        """
        p, m = shape
        gauge = np.kron(np.eye(p), np.full((m, m), (m > 1) / m))
        if not self.fit_intercept:
            gauge[-m:, -m:] = np.eye(m)
        return gauge

    def _rank_tolerance(self, inputs, theta):
        """0 where H has full rank; else, with a warning, what eigenvalues may be instead of 0."""
        if np.isfinite(self.C):
            return 0.0
        hessian = self._to_numpy(self._hessian(theta, *inputs)) + self._gauge(theta.shape)
        values = np.linalg.eigvalsh(hessian)
        tolerance = max(len(inputs[0]), len(values)) * np.finfo(np.float64).eps
        if values[0] > tolerance * values[-1]:
            return 0.0
        warnings.warn(
            "the columns of X are linearly dependent or constant, so many coefficients fit equally "
            "well and those of smallest norm are returned: drop a column, or set a finite C",
            stacklevel=5,
        )
        return tolerance

    def _lbfgs(self, inputs, theta, tol):
        """SciPy's L-BFGS; only theta and its gradient cross the border, as SciPy is NumPy's."""

        def value(flat):
            trial = self._to_backend(flat.reshape(theta.shape))
            loss, gradient = self._loss_and_gradient(trial, *inputs)
            return float(loss), np.ravel(self._to_numpy(gradient))

        start = np.ravel(self._to_numpy(theta))
        self.loss_curve_ = [value(start)[0]]

        def keep(intermediate_result):
            self.loss_curve_.append(float(intermediate_result.fun))

        limits = {"maxiter": self.max_iter, "maxfun": 20 * self.max_iter, "maxls": 50}
        found = minimize(
            value,
            start,
            jac=True,
            method="L-BFGS-B",
            callback=keep,
            options={"gtol": tol / theta.shape[0], "ftol": 0.0, **limits},
        )
        self.n_iter_ = int(found.nit)
        return self._to_backend(found.x.reshape(theta.shape)), found.status != 1

    def _descend(self, inputs, theta, tol):
        """theta = theta - rate dJ, until |dJ| is small."""
        rate = self.learning_rate
        if rate == "auto":
            rate = 1 / float(self._curvature(theta, *inputs))
        loss, gradient = self._loss_and_gradient(theta, *inputs)
        self.loss_curve_, self.n_iter_ = [float(loss)], 0
        norm = float(self._dot(gradient, gradient)) ** 0.5
        while norm > tol and self.n_iter_ < self.max_iter:
            theta = theta - rate * gradient
            loss, gradient = self._loss_and_gradient(theta, *inputs)
            norm = float(self._dot(gradient, gradient)) ** 0.5
            self.n_iter_ += 1
            self.loss_curve_.append(float(loss))
            if not loss <= 2 * self.loss_curve_[0]:
                raise ValueError(
                    f"the loss grows: learning_rate={rate:.3g} is too large for these columns; "
                    'scale the columns of X, or use learning_rate="auto"'
                )
        return theta, norm <= tol

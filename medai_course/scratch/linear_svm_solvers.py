"""How a linear support vector machine finds its minimum: Newton, or an interior point."""

import numpy as np

REHEARSAL = 20  # on so many times fewer rows, where each parameter still has 50


class Solvers:
    """The loops over the verbs of ``LinearSVM``.

    The backend's X (n, d); s, the classes as 1 and -1, and the costs C (n, 1); theta (d + 1, 1),
    with [w, b] = M theta; e (d + 1, 1), 1 for what is penalised.
    """

    def _centred(self, X):
        """X, M that takes the means of the columns out of it, and means taken out before.

        The same minimum, with fewer digits lost.
        """
        d = X.shape[1]
        shift, M = np.zeros(d), np.eye(d + 1)
        if not self.fit_intercept:
            M[d] = 0
            return X, M, shift
        mean = X.mean(0)
        variance = np.einsum("ij,ij->j", X, X) / len(X) - mean**2
        if (mean**2 > 100 * variance).any():  # seen from afar, columns lose digits
            return X - mean, M, mean
        M[d, :d] = -mean
        return X, M, shift

    def _newton(self, X, s, C, M, e):
        """Steps H^-1 dJ, each halved until J falls, until it can fall no further."""
        theta = self._to_backend(np.zeros((len(M), 1)))
        if len(X) >= 50 * REHEARSAL * len(M):
            few = [a[::REHEARSAL] for a in (X, s, C * REHEARSAL)]
            theta = self._newton_steps(theta, *few, M, e, tol=1e-3)[0]
        return self._newton_steps(theta, X, s, C, M, e, tol=self.tol)

    def _newton_steps(self, theta, *inputs, tol):
        """(theta, J, steps, whether it converged)."""
        J, gradient, hessian = self._loss_gradient_hessian(theta, *inputs)
        left, n_iter = np.inf, 0
        while left > tol * float(J) and n_iter < self.max_iter:
            step = self._solve(hessian, gradient)
            left = float(self._sum(gradient * step)) / 2
            for size in (0.5**k for k in range(40)):
                new, *slopes = self._loss_gradient_hessian(theta - size * step, *inputs)
                if float(new) <= float(J):
                    break
            else:
                return theta, float(J), n_iter, True  # what is left is rounding
            theta, J, (gradient, hessian) = theta - size * step, new, slopes
            n_iter += 1
        return theta, float(J), n_iter, left <= tol * float(J)

    def _interior_point(self, X, s, C, M, e):
        """(theta, J, steps, whether it converged), by Mehrotra's predictor and corrector."""
        point, n_iter = _Interior(self, X, s, C, M, e), 0
        while point.gap > self.tol * point.J and n_iter < self.max_iter and point.length > 1e-10:
            point.move()
            n_iter += 1
        return point.theta, point.J, n_iter, point.gap <= self.tol * point.J


class _Interior:
    """A point inside: slacks u, xi > 0 and duals 0 < alpha < C, with v = C - alpha.

    They shall meet s f = 1 - xi + u, and e theta = M'[X 1]'(s alpha); the products alpha u and
    v xi, whose sum is the gap between primal and dual, shall vanish.
    """

    def __init__(self, model, X, s, C, M, e):
        self.model, self.inputs, self.length = model, (X, s, C, M, e), 1.0
        self.theta = model._to_backend(np.zeros((len(M), 1)))
        self.alpha, self.u, self.xi = C / 2, 0 * C + 1, 0 * C + 2
        self._look()

    def _look(self):
        """v, f, the gap and the primal objective J here."""
        X, s, C, M, e = self.inputs
        sum_, self.v = self.model._sum, C - self.alpha
        self.f = self.model._linear(X, M @ self.theta)
        self.gap = float(sum_(self.alpha * self.u) + sum_(self.v * self.xi))
        hinge = float(sum_(C * self.model._positive(1 - s * self.f)))
        self.J = float(sum_(e * self.theta**2)) / 2 + hinge

    def move(self):
        """A step to where products are 0, as far as one can see, then one that corrects it."""
        X, _, _, M, e = self.inputs
        D = self.xi / self.v + self.u / self.alpha
        normal = self.model._normal(X, 1 / D, M, e)  # the same for both steps
        products = self.alpha * self.u, self.v * self.xi
        _, d_alpha, du, dxi = step = self._direction(D, normal, *products)
        length, n = self._longest(step), len(X)
        after = self.model._sum((self.alpha + length * d_alpha) * (self.u + length * du))
        after += self.model._sum((self.v - length * d_alpha) * (self.xi + length * dxi))
        target = (float(after) / self.gap) ** 3 * self.gap / (2 * n)
        curved = products[0] + d_alpha * du - target, products[1] - d_alpha * dxi - target
        step = self._direction(D, normal, *curved)
        self.length = 0.995 * self._longest(step)
        self.theta, self.alpha, self.u, self.xi = (
            a + self.length * da for a, da in zip((self.theta, self.alpha, self.u, self.xi), step)
        )
        self._look()

    def _direction(self, D, normal, product_u, product_xi):
        """Newton's step for all conditions at once, reduced to d + 1 equations for theta."""
        X, s, _, M, e = self.inputs
        model, back = self.model, self.model._transposed
        away = s * self.f - 1 + self.xi - self.u
        slope = e * self.theta - back(M, model._with_ones(X, s * self.alpha))
        rho = product_xi / self.v - product_u / self.alpha - away
        d_theta = model._solve(normal, back(M, model._with_ones(X, s * rho / D)) - slope)
        d_alpha = (rho - s * model._linear(X, M @ d_theta)) / D
        du = -(product_u + self.u * d_alpha) / self.alpha
        return d_theta, d_alpha, du, (self.xi * d_alpha - product_xi) / self.v

    def _longest(self, step):
        _, d_alpha, du, dxi = step
        return self.model._longest(
            (self.alpha, d_alpha), (self.v, -d_alpha), (self.u, du), (self.xi, dxi)
        )

"""The dual of the support vector machine, solved on one working set of rows after another."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from .kernel_settings import KernelSettings
from .smo import smo

WHOLE = 2500  # up to so many coefficients, the working set is all of them
SET = 640  # and else this many


class KernelMachine(KernelSettings):
    """What the classifier and the regression share: the kernel, and the maximum of the dual.

    ``smo`` works on a few hundred rows at a time, those furthest from their place, while the rest
    stand still (shrinking); then the slopes of all rows are brought up to date.
    """

    def _maximise(self, X, t, lo, hi):
        """beta, its intercept, the maximum and the steps of the dual; ``t``, bounds (m, n).

        t'beta - beta'K beta / 2, lo <= beta <= hi, sum beta = 0.  With m > 1, each row of ``X`` has
        m coefficients.
        """
        n, bounds = t.shape[1], (lo.ravel(), hi.ravel())
        beta, g, n_iter, B = np.zeros(t.size), np.zeros(n), 0, np.empty(0, int)
        size, rows = t.size if t.size <= WHOLE else SET, _KernelRows(self, X, n)
        while True:
            F = (t - g).ravel()
            up = np.where(beta < bounds[1], F, -np.inf)
            low = np.where(beta > bounds[0], F, np.inf)
            gap = up.max() - low.min()
            if gap <= self.tol or n_iter >= self.max_iter:
                break
            B = _working_set(up, low, B, size)
            block = self._rows(X, B % n)
            K = self._to_numpy(self._kernel(block, block))
            tol = self.tol if len(B) == t.size else max(gap / 20, self.tol / 2)
            limits = [bound[B] for bound in bounds]
            new, steps = smo(K, F[B], beta[B], *limits, tol, self.max_iter - n_iter)
            change = np.bincount(B % n, new - beta[B], n)
            g += K[:n, :n] @ change if len(B) == t.size else rows.times(change)
            beta[B], n_iter = new, n_iter + steps
        if gap > self.tol:
            warnings.warn(
                f"stopped at max_iter={self.max_iter} steps before it converged: scale the columns "
                "of X, or raise max_iter, or lower C",
                ConvergenceWarning,
                stacklevel=3,
            )
        value = t.ravel() @ beta - beta.reshape(t.shape).sum(0) @ g / 2
        return beta.reshape(t.shape), _intercept(up, low), value, n_iter

    def _decisions(self, X, coef):
        """K(x, support vectors) coef + b, a block of rows at a time: (n, columns of coef)."""
        if not len(self.support_):
            return np.zeros((len(X), 1)) + self.intercept_
        S, coef = self._to_backend(self.support_vectors_, coef)
        size = max(1, 2**20 // len(self.support_))
        blocks = [self._to_backend(X[s : s + size]) for s in range(0, len(X), size)]
        f = [self._to_numpy(self._kernel(block, S) @ coef) for block in blocks]
        return np.concatenate(f) + self.intercept_

    def _kernel(self, A, B):
        """a'b, or (gamma a'b + coef0)^degree, or exp(-gamma |a - b|^2), of all pairs of rows."""
        if callable(self.kernel):
            return self._callable(A, B)
        if self.kernel == "rbf":
            return self._rbf(A, B)
        products = self._products(A, B)
        if self.kernel == "linear":
            return products
        return (self.gamma_ * products + self.coef0) ** self.degree

    def _callable(self, A, B):
        """K(A, B) of the user's function of two ndarrays."""
        K = np.asarray(self.kernel(*self._to_numpy(A, B)), np.float64)
        if K.shape != (len(A), len(B)) or not np.isfinite(K).all():
            raise ValueError(
                f"kernel must return finite numbers of shape {(len(A), len(B))}, got {K.shape}"
            )
        return self._to_backend(K)

    # ---- the verbs, rewritten in each framework ----

    def _rows(self, A, rows):
        """A with only these rows."""
        return A[rows]

    def _products(self, A, B):
        """a'b of all pairs of rows."""
        return A @ B.T

    def _rbf(self, A, B):
        """exp(-gamma |a - b|^2) of all pairs of rows."""
        left, right = _expanded(A, B, self.gamma_)
        E = left @ right.T
        return np.exp(E, out=E)

    def _weighted_rows(self, K, rows, values):
        """values' K[rows], a few columns at a time, as those stay in the cache."""
        starts = range(0, K.shape[1], 1024)
        return np.concatenate([values @ K[rows, s : s + 1024] for s in starts])


def _expanded(A, B, gamma):
    """Two matrices with an inner product of -gamma |a - b|^2, seen from the middle of B."""
    m = B.mean(0)
    A, B = A - m, B - m
    squares = [-gamma * np.einsum("ij,ij->i", Z, Z)[:, None] for Z in (A, B)]
    ones = [np.ones((len(Z), 1)) for Z in (A, B)]
    left = np.hstack([2 * gamma * A, squares[0], ones[0]])
    return left, np.hstack([B, ones[1], squares[1]])


def _working_set(up, low, before, size):
    """The rows furthest from their place, both ways, and some of those of the set before."""
    if size >= len(up):
        return np.arange(len(up))
    take = size // 2 if not len(before) else size // 4
    chosen = np.zeros(len(up), bool)
    for badness in (-up, low):
        worst = np.argpartition(badness, take)[:take]
        chosen[worst[np.isfinite(badness[worst])]] = True
    old = before[~chosen[before]]
    free = np.isfinite(up[old]) & np.isfinite(low[old])
    room = size - np.count_nonzero(chosen)
    chosen[old[np.argsort(~free, kind="stable")][:room]] = True
    return np.flatnonzero(chosen)


def _intercept(up, low):
    """The slope of the coefficients between their bounds; without any, the middle of the rest."""
    free = np.isfinite(up) & np.isfinite(low)
    return float(up[free].mean() if free.any() else (up.max() + low.min()) / 2)


class _KernelRows:
    """Rows of the kernel matrix, computed when they are first asked for and then kept."""

    def __init__(self, model, X, n):
        self.model, self.X, self.n = model, X, n
        self.blocks, self.place = {}, np.full(n, -1)
        self.most = max(1024, int(model.cache_size * 2**20 / (8 * n)))

    def times(self, weights):
        """K weights; rows of weight 0 are not needed."""
        rows = np.flatnonzero(weights)
        fresh = rows[self.place[rows] < 0]
        while self.blocks and np.count_nonzero(self.place >= 0) + len(fresh) > self.most:
            oldest = min(self.blocks)
            self.place[self.blocks.pop(oldest)[0]] = -1
            fresh = rows[self.place[rows] < 0]
        if len(fresh):
            key = max(self.blocks, default=-1) + 1
            kernel = self.model._kernel(self.model._rows(self.X, fresh), self.X)
            self.blocks[key], self.place[fresh] = (fresh, kernel), key
        total = np.zeros(self.n)
        for key in np.unique(self.place[rows]):
            members, kernel = self.blocks[key]
            chosen = np.flatnonzero(weights[members])
            values = self.model._to_backend(weights[members][chosen])
            total += self.model._to_numpy(self.model._weighted_rows(kernel, chosen, values))
        return total

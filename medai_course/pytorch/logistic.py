"""Logistic regression in PyTorch: the verbs; the loops are in ``scratch.logistic_solvers``."""

import numpy as np
import torch

from ..scratch import logistic as scratch
from .base import TorchArrays


class LogisticRegression(TorchArrays, scratch.LogisticRegression):
    def _cast(self, array, dtype):
        return array.to(getattr(torch, dtype))

    def _log_sum(self, eta):
        if eta.shape[1] == 1:
            return torch.logaddexp(eta, torch.zeros_like(eta))
        return torch.logsumexp(eta, 1, keepdim=True)

    def _probabilities(self, eta):
        return torch.sigmoid(eta) if eta.shape[1] == 1 else torch.softmax(eta, 1)

    def _loss_and_gradient(self, theta, X, Y, w, penalty, M):
        theta = theta.detach().requires_grad_()
        eta = self._linear(X, M @ theta)
        fit = torch.sum(w * self._log_sum(eta)) - torch.sum(w * Y * eta)
        loss = fit + torch.sum(penalty * theta**2) / 2
        loss.backward()
        return loss.detach(), theta.grad

    def _hessian(self, theta, X, Y, w, penalty, M):
        P = self._probabilities(self._linear(X, M @ theta))
        p, m = theta.shape
        H = X.new_empty(p, m, p, m)
        for k in range(m):
            for l in range(k, m):
                q = w * P[:, k : k + 1] * (1.0 * (k == l) - P[:, l : l + 1])
                H[:, k, :, l] = H[:, l, :, k] = M.T @ self._weighted_gram(X, q) @ M
        return H.reshape(p * m, p * m) + torch.diag(penalty[:, 0].repeat_interleave(m))

    def _weighted_gram(self, X, q):
        v = X.T @ q
        top = torch.hstack([X.T @ (q * X), v])
        return torch.vstack([top, torch.hstack([v.T, q.sum(0, keepdim=True)])])

    def _step(self, hessian, gradient, rcond):
        if np.isfinite(self.C):
            return torch.linalg.solve(hessian, gradient.flatten()).reshape(gradient.shape)
        inverse = torch.linalg.pinv(hessian, rtol=rcond, hermitian=True)
        return (inverse @ gradient.flatten()).reshape(gradient.shape)

    def _dot(self, a, b):
        return torch.sum(a * b)

    def _curvature(self, theta, X, Y, w, penalty, M):
        largest = torch.linalg.eigvalsh(M.T @ self._weighted_gram(X, w) @ M)[-1]
        return (0.25 if theta.shape[1] == 1 else 0.5) * largest + penalty.max()

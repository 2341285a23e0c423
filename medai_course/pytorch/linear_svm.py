"""The linear support vector machine in PyTorch: the verbs; the loops are in scratch."""

import torch

from ..scratch import linear_svm as scratch
from .base import TorchArrays


class LinearSVM(TorchArrays, scratch.LinearSVM):
    def _loss_gradient_hessian(self, theta, X, s, C, M, e):
        theta = theta.detach().requires_grad_()
        h = 1 - s * self._linear(X, M @ theta)
        J = torch.sum(e * theta**2) / 2 + torch.sum(C * torch.relu(h) ** 2)
        J.backward()
        inside = h[:, 0] > 0
        return J.detach(), theta.grad, self._normal(X[inside], 2 * C[inside], M, e)

    def _normal(self, X, q, M, e):
        v = X.T @ q
        top = torch.hstack([X.T @ (q * X), v])
        gram = torch.vstack([top, torch.hstack([v.T, q.sum(0, keepdim=True)])])
        return torch.diag(e[:, 0]) + M.T @ gram @ M

    def _with_ones(self, X, r):
        return torch.vstack([X.T @ r, r.sum(0)])

    def _positive(self, a):
        return torch.relu(a)

    def _solve(self, A, z):
        return torch.linalg.solve(A, z)

    def _sum(self, a):
        return torch.sum(a)

    def _longest(self, *pairs):
        return 1 / max(1.0, *(float(torch.max(-dv / v)) for v, dv in pairs))

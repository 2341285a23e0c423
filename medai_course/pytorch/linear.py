"""Linear regression in PyTorch: the verbs; the loop is in ``medai_course.scratch.linear``."""

import torch

from ..scratch import linear as scratch
from .base import TorchArrays


class LinearRegression(TorchArrays, scratch.LinearRegression):
    def _qr(self, X, y):
        d = X.shape[1]
        A = torch.column_stack([X, y])
        if self.alpha > 0:
            A = torch.vstack([A, self.alpha**0.5 * torch.eye(d, d + 1).to(A)])
        R = torch.linalg.qr(A, mode="r").R[:d]
        return R[:, :d], R[:, d]

    def _normal(self, X, y):
        return X.T @ X + self.alpha * torch.eye(X.shape[1]).to(X), X.T @ y

    def _solve(self, M, z):
        return torch.linalg.solve(M, z)

    def _smallest_norm(self, M, z, rcond):
        return torch.linalg.pinv(M, rtol=rcond) @ z

    def _loss_and_gradient(self, X, y, beta):
        beta = beta.detach().requires_grad_()
        r = X @ beta - y
        loss = (r @ r + self.alpha * beta @ beta) / (2 * len(y))
        loss.backward()
        return loss.detach(), beta.grad

    def _curvature(self, X):
        return (torch.linalg.eigvalsh(X.T @ X)[-1] + self.alpha) / len(X)

"""Principal component analysis in PyTorch: the verbs; the rest is in the scratch package."""

import torch

from ..scratch import pca as scratch
from .base import TorchArrays


class PCA(TorchArrays, scratch.PCA):
    def _centre(self, X):
        m = X.mean(0)
        return X - m, m

    def _sum_of_squares(self, X):
        return X.square().sum()

    def _svd(self, X):
        return torch.linalg.svd(X, full_matrices=False)[1:]

    def _scatter(self, X):
        m = X.mean(0)
        blocks = (x - m for x in X.split(len(X) if X.is_cuda else 2048))
        return m, sum(_gram(x) for x in blocks)

    def _eigh(self, C, k):
        squares, V = torch.linalg.eigh(C)
        return squares.flip(0)[:k], V.T.flip(0)[:k]

    def _compress(self, X, Q, n_iter):
        Q = torch.linalg.qr(X @ Q).Q
        for _ in range(n_iter):
            Q = torch.linalg.qr(X.T @ Q).Q
            Q = torch.linalg.qr(X @ Q).Q
        return Q.T @ X

    def _project(self, X, mean, V):
        return (X - mean) @ V.T

    def _rebuild(self, Z, mean, V):
        return torch.addmm(mean, Z, V)


def _gram(X, width=256):
    """X'X, of which only what is on and above the diagonal is multiplied; the rest mirrors it."""
    C = X.new_empty(X.shape[1], X.shape[1])
    for s in range(0, len(C), width):
        C[s : s + width, s:] = X[:, s : s + width].T @ X[:, s:]
    return C.triu() + C.triu(1).T

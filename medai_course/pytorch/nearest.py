"""Who is nearest to which centre, in PyTorch: the verbs of ``medai_course.scratch.nearest``."""

import torch

from ..scratch import nearest as scratch
from .base import TorchArrays, device


class NearestCentre(TorchArrays, scratch.NearestCentre):
    def _block_size(self, width):
        return max(64, (2**26 if device().type == "cuda" else 2**17) // width)

    def _rows(self, A, rows):
        return A[torch.as_tensor(rows, device=A.device)]

    def _squared_distances(self, X, centers):
        squares = X.square().sum(1)[:, None] + centers.square().sum(1)
        return (squares - 2 * X @ centers.T).clamp(min=0)

    def _nearest(self, X, centers):
        labels = torch.addmm(centers.square().sum(1), X, centers.T, alpha=-2).argmin(1)
        return labels, (X - centers[labels]).square().sum(1)

    def _blocks(self, A, weighted, k):
        size = self._block_size(A.shape[1] + k)
        return list(zip(A.split(size), weighted.split(size)))

    def _sums(self, blocks, centers, previous=None):
        M = torch.column_stack([-2 * centers, centers.square().sum(1)])
        S = torch.zeros_like(M)
        for A, weighted in blocks:
            D = M @ A.T
            H = D == D.amin(0)
            if H.sum() != len(A):  # equally near: the first
                H = torch.arange(len(M), device=M.device)[:, None] == D.argmin(0)
            S += H.to(M.dtype) @ weighted
        return S, None

"""Who is nearest to which centre, in PyTorch: the verbs of ``medai_course.scratch.nearest``."""

import torch

from ..scratch import nearest as scratch
from .base import TorchArrays, device


class NearestCentre(TorchArrays, scratch.NearestCentre):
    def _block_size(self, width):
        return max(64, (2**26 if device().type == "cuda" else 2**18) // width)

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
        return [_Block(*pair) for pair in zip(A.split(size), weighted.split(size))]

    def _sums(self, blocks, centers, previous=None):
        squares = centers.square().sum(1)
        M, norm = torch.column_stack([-2 * centers, squares]), float(squares.max().sqrt())
        S, members = previous or (torch.zeros_like(M), [None] * len(blocks))
        S, now = S.clone(), [block.members(M, norm) for block in blocks]
        for block, H, before in zip(blocks, now, members):
            block.add_changes(S, H, before)
        return S, now


class _Block(scratch.Block):
    def __init__(self, A, weighted):
        self.A, self.weighted = A, weighted
        self.single = A.T.float().contiguous()
        self.norm = float(A.square().sum(1).max().sqrt())

    def members(self, M, norm):
        D = M.float() @ self.single
        H = D <= D.amin(0) + self._rounding(norm)
        if H.sum() != len(self.A):
            unsure = (H.sum(0) != 1).nonzero().view(-1)
            H[:, unsure] = _one_hot_of_smallest(M @ self.A[unsure].T)
        return H

    def add_changes(self, S, H, before):
        if before is None:
            S.addmm_(H.to(S.dtype), self.weighted)
            return
        rows = (H != before).view(torch.uint8).amax(0).nonzero().view(-1)
        change = H.index_select(1, rows).to(S.dtype) - before.index_select(1, rows).to(S.dtype)
        S.addmm_(change, self.weighted.index_select(0, rows))


def _one_hot_of_smallest(D):
    return torch.arange(len(D), device=D.device)[:, None] == D.argmin(0)

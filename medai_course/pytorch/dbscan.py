"""DBSCAN in PyTorch: the verbs; the rest is in ``medai_course.scratch.dbscan``."""

import torch

from ..scratch import dbscan as scratch
from .base import TorchArrays


class DBSCAN(TorchArrays, scratch.DBSCAN):
    def _are_close(self, columns, i, j):
        return sum((x[i] - x[j]).square() for x in columns) <= self.eps**2

    def _near(self, A, B):
        return sum((a[:, None] - b).square() for a, b in zip(A.T, B.T)) <= self.eps**2

    def _count_near(self, A, B):
        return self._near(A, B).sum(1)

    def _pairs_near(self, A, B):
        return torch.nonzero(self._near(A, B), as_tuple=True)

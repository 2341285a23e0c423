"""The kernel machine's verbs in PyTorch; the loop is in ``medai_course.scratch.svm_dual``."""

import torch

from ..scratch import svm_dual as scratch
from .base import TorchArrays


class KernelMachine(TorchArrays, scratch.KernelMachine):
    def _rows(self, A, rows):
        return A[torch.as_tensor(rows, device=A.device)]

    def _rbf(self, A, B):
        m = B.mean(0)
        A, B = A - m, B - m
        squares = A.square().sum(1)[:, None] + B.square().sum(1)
        return torch.addmm(squares, A, B.T, alpha=-2).mul_(-self.gamma_).exp_()

    def _weighted_rows(self, K, rows, values):
        return values @ self._rows(K, rows)

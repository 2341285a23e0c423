"""Kaplan-Meier in PyTorch: the verbs; the rest is in ``medai_course.scratch.survival``."""

import torch

from ..scratch import survival as scratch
from .base import TorchArrays


class KaplanMeier(TorchArrays, scratch.KaplanMeier):
    def _counts(self, time, event):
        times, index, leaving = torch.unique(time, return_inverse=True, return_counts=True)
        events = torch.zeros_like(leaving).index_add(0, index, event.to(leaving.dtype))
        at_risk = leaving.flip(0).cumsum(0).flip(0)
        return times, at_risk, events, leaving

    def _product_limit(self, n, d):
        n, d = n.double(), d.double()
        return torch.cumprod(1 - d / n, 0), torch.cumsum(d / (n * (n - d)), 0)

    def _limits(self, S, variance, z):
        width = z * variance.sqrt()
        if self.conf_type == "plain":
            return S - S * width, S + S * width
        if self.conf_type == "log":
            return S * torch.exp(-width), S * torch.exp(width)
        exponent = torch.exp(width / S.log())
        return S ** (1 / exponent), S**exponent

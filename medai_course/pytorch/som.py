"""The self-organising map in PyTorch: the verbs; the rest is in ``medai_course.scratch.som``."""

import torch

from ..scratch import som as scratch
from .nearest import NearestCentre


class SelfOrganizingMap(NearestCentre, scratch.SelfOrganizingMap):
    def _smooth(self, S, G2, W, radius):
        N = torch.exp(-G2 / (2 * radius**2)) @ S
        weight = N[:, -1:]
        return torch.where(weight > 1e-200, N[:, :-1] / weight.clamp(min=1e-200), W)

    def _pull(self, W, x, G2, radius, rate):
        r = x - W
        b = r.square().sum(1).argmin()
        return W + (rate * torch.exp(-G2[b] / (2 * radius**2)))[:, None] * r

    def _two_nearest(self, X, W):
        return torch.topk(W.square().sum(1) - 2 * X @ W.T, 2, largest=False).indices

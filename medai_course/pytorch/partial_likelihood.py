"""Cox's partial likelihood in PyTorch; its derivatives are left to autograd."""

import torch


def loss(eta, events, last, tie, fraction):
    """-l = sum over events of log(sum of e^eta at risk - f sum of e^eta tied) - eta."""
    top = eta.detach().max()
    w = torch.exp(eta - top)
    tied = torch.zeros_like(w).index_add(0, tie, w[events])[tie]
    at_risk = w.cumsum(0)[last] - fraction * tied
    return at_risk.log().sum() + torch.sum(top - eta[events])

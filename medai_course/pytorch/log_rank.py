"""The log-rank test in PyTorch: the verb; the rest is in ``medai_course.scratch.log_rank``."""

import torch

from ..scratch import log_rank as scratch
from .base import TorchArrays


def log_rank_test(time, event, group, strata=None):
    return _LogRank().test(time, event, group, strata)


log_rank_test.__doc__ = scratch.log_rank_test.__doc__


class _LogRank(TorchArrays, scratch._LogRank):
    def _observed_expected(self, time, event, one_hot):
        times, index = torch.unique(time, return_inverse=True)
        d = torch.zeros_like(times).index_add(0, index, event)
        leaving = one_hot.new_zeros(len(times), one_hot.shape[1]).index_add(0, index, one_hot)
        n_g = leaving.flip(0).cumsum(0).flip(0)
        n = n_g.sum(1)
        share = n_g / n[:, None]
        spread = d * (n - d) / (n - 1).clamp(min=1)
        V = torch.diag(spread @ share) - share.T @ (spread[:, None] * share)
        return event @ one_hot, d @ share, V

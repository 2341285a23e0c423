"""The best split of every node of a level, in PyTorch: the verbs of the scratch namesake."""

import torch

from ..scratch import tree_splits as scratch
from ..scratch.tree_splits import power_of_two
from .base import TorchArrays, device


class TreeSplits(TorchArrays, scratch.TreeSplits):
    @property
    def _block(self):
        return 2**24 if device().type == "cuda" else 2**16

    def _take(self, a, index):
        return a.index_select(0, index.reshape(-1)).view(index.shape)

    def _float(self, a):
        return a.double()

    def _x_log_x(self, x):
        return torch.where(x > 0, x * torch.log2(x.clamp(min=1e-300)), 0)

    def _not_below_zero(self, x):
        return x.clamp(min=0)

    def _node_totals(self, a, level):
        total = a.new_zeros(len(level.sizes)).index_add_(0, level.node, a)
        return total, total.cumsum(0) - total

    def _sort_in_nodes(self, rank, piece, columns):
        n, span = rank.shape[1], power_of_two(rank.shape[1])
        start = columns * n if columns.shape[1] == 1 else (columns * n).index_select(1, piece.node)
        slot, nodes = torch.arange(len(columns), device=rank.device)[:, None], len(piece.sizes)
        high = (slot * nodes + piece.node) * span  # all slots in one sort, which is fast
        if len(slot) * nodes * span <= 2**31:
            high = high.int()  # and twice as fast, as its time is that of reading digits
        keys, order = (
            (self._take(rank.view(-1), start + piece.rows) + high).view(-1).sort(stable=True)
        )
        return keys.view(high.shape), order.view(high.shape) - slot * len(piece.rows)

    def _running(self, a, order):
        return self._take(a, order).cumsum(1)

    def _largest(self, score, piece):
        best = score.new_zeros(len(score), len(piece.sizes))
        return best.scatter_reduce_(1, piece.node[:-1].expand_as(score), score, "amax")

    def _first(self, score, ranks, piece, least):
        hits = (score[0] >= least[piece.node[:-1]]).nonzero().view(-1)
        starts = torch.as_tensor(piece.starts, device=hits.device)
        place = hits[torch.searchsorted(hits, starts)]
        ends = starts + torch.as_tensor(piece.sizes, device=hits.device) - 1
        return torch.stack([*ranks[0][torch.stack([place, place + 1, ends])], place - starts + 1])

    def _divide(self, rank, level, column, below):
        start = self._take(column * rank.shape[1], level.node)
        left = self._take(rank.view(-1), start + level.rows) <= self._take(below, level.node)
        to_left, place = left.cumsum(0), torch.arange(len(left), device=left.device)
        goal = torch.where(left, to_left - 1, to_left[-1] + place - to_left)
        return place.scatter(0, goal, place)

    def _node_of_each(self, sizes):
        return torch.repeat_interleave(torch.as_tensor(sizes, device=device()))

    def _in_nodes(self, mask, node):
        return mask[node].nonzero().view(-1)

r"""The best split of every node of a level at once: sort within nodes, running sums, gains.

Where a cut sends rows of weight :math:`w_L` and mean outcome :math:`m_L` to the left and the rest
to the right, it lowers the squared error, and with one-hot classes Gini's impurity, by

.. math::
    \frac{w_L w_R}{W} \lVert m_L - m_R \rVert^2
    = \frac{W}{w_L w_R} \lVert S_L - w_L m \rVert^2 ,

with :math:`S_L` the sum of the outcomes on the left and :math:`m, W` the node's mean and weight.
All that a cut changes is :math:`S_L` and :math:`w_L`, which are running sums over the node's rows
in the order of the column.
"""

from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from scipy.special import xlogy

BLOCK = 2**15  # entries of which a few arrays stay in the cache


@dataclass
class Level:
    """Nodes, and their rows node after node; ``weight`` and ``sums`` are w and w y of each row in
    fixed point, ``weight`` None where all are 1."""

    rows: object
    node: object
    weight: object
    sums: list
    sizes: np.ndarray

    @property
    def starts(self):
        return np.cumsum(self.sizes) - self.sizes


@dataclass
class Totals:
    """What a node adds up to, once for each of its rows; ``closed`` where no cut may follow."""

    before: list  # the running sums before the node begins: of w, and of each w y
    weight: object
    means: list
    closed: object
    floor: object


class TreeSplits:
    """The search of a level, block by block, and the verbs that it is made of."""

    _block = BLOCK

    def _best_gains(self, rank, level, columns, slack):
        """The largest gain of each column (F, 1) or (F, m) in each node, 0 where it cannot cut."""
        best = np.empty((len(columns), len(level.sizes)))
        for nodes, piece in self._pieces(level):
            totals = self._totals(piece, slack[nodes])
            size = max(1, self._block // len(piece.rows))
            for s in range(0, len(columns), size):
                few = columns[s : s + size, nodes if columns.shape[1] > 1 else slice(None)]
                score, _ = self._scores(rank, piece, self._to_backend(few), totals)
                best[s : s + size, nodes] = self._to_numpy(self._largest(score, piece))
        return best

    def _cuts(self, rank, level, column, least, slack):
        """(below, above, last, n_left) of the first cut in ``column`` that gains ``least``.

        The ranks on both sides of the cut, the node's largest, and the rows that go left.
        """
        found = []
        for nodes, piece in self._pieces(level):
            totals = self._totals(piece, slack[nodes])
            mine, enough = self._to_backend(column[None, nodes], least[nodes])
            score, ranks = self._scores(rank, piece, mine, totals)
            found.append(self._to_numpy(self._first(score, ranks, piece, enough)))
        *ranks, n_left = np.concatenate(found, 1)
        return *(r & (power_of_two(rank.shape[1]) - 1) for r in ranks), n_left

    def _scores(self, rank, piece, columns, totals):
        """The gain of a cut after each row but the last, plus the floor; 0 where none is possible.

        Also the ranks, in order within each node, from which the cut is read.
        """
        ranks, order = self._sort_in_nodes(rank, piece, columns)
        before_weight, *before = totals.before
        left = [self._running(s, order) - b for s, b in zip(piece.sums, before)]
        w = before_weight  # of rows that weigh the same: their running number, one for all columns
        if piece.weight is not None:
            w = self._running(piece.weight, order) - before_weight
        w = self._float(w)
        gain = self._gain([self._float(s) for s in left], w, totals)
        return self._possible(gain, w, ranks, totals), ranks

    def _pieces(self, level):
        """The level in slices of whole nodes that stay in the cache: (slice of nodes, piece)."""
        ends, first = np.cumsum(level.sizes), 0
        while first < len(ends):
            start = ends[first] - level.sizes[first]
            last = max(first + 1, int(np.searchsorted(ends, start + self._block, side="right")))
            nodes, rows = slice(first, last), slice(int(start), int(ends[last - 1]))
            weight = None if level.weight is None else level.weight[rows]
            sums = [s[rows] for s in level.sums]
            yield (
                nodes,
                Level(level.rows[rows], level.node[rows] - first, weight, sums, level.sizes[nodes]),
            )
            first = last

    def _totals(self, piece, slack):
        """Sums and means of the nodes of a piece, and where cuts are closed by min_samples_leaf."""
        sizes, starts = piece.sizes, piece.starts
        position = np.arange(sizes.sum()) - np.repeat(starts, sizes)
        after = np.repeat(sizes, sizes) - position - 1
        closed = (position + 1 < self._min_leaf) | (after < self._min_leaf)
        node, (closed, floor, running) = (
            piece.node,
            self._to_backend(closed.astype(np.float64), 2 * slack, position + 1),
        )
        unit = piece.weight is None
        totals = [self._node_totals(a, piece) for a in ([] if unit else [piece.weight])]
        totals += [self._node_totals(a, piece) for a in piece.sums]
        before = [self._take(b, node) for _, b in totals]
        weight = self._to_backend(sizes.astype(np.float64)) if unit else self._float(totals[0][0])
        means = [self._take(self._float(t) / weight, node) for t, _ in totals[not unit :]]
        before = [running, *before] if unit else before
        return Totals(before, self._take(weight, node), means, closed, self._take(floor, node))

    def _gain(self, left, w, totals):
        """W / (w_L w_R) |S_L - w_L m|^2; by information, W H - w_L H_L - w_R H_R."""
        if self.criterion == "entropy":
            return self._information(left, w, totals)
        D = [S - w * mean for S, mean in zip(left, totals.means)]
        if self._one_hot:  # the first class is what the others leave
            D.append(reduce(add, D))
        squares = reduce(add, (d * d for d in D))
        return squares * (totals.weight / (w * (totals.weight - w + totals.closed)))

    def _information(self, left, w, totals):
        """sum_c f(S_L) + f(S_R) - f(S) - f(w_L) - f(w_R) + f(W), with f(x) = x log2 x."""
        f, W = self._x_log_x, totals.weight
        gain = f(W) - f(w) - f(W - w)
        parts = [(S, W * mean) for S, mean in zip(left, totals.means)]
        parts.append((w - sum(S for S, _ in parts), W - sum(T for _, T in parts)))
        for S, T in parts:
            gain = gain + f(S) + f(T - S) - f(T)
        return self._not_below_zero(gain)

    # ---- the verbs, rewritten in each framework ----

    def _take(self, a, index):
        """a[index]."""
        return a.take(index)

    def _float(self, a):
        """a as float64."""
        return a.astype(np.float64)

    def _x_log_x(self, x):
        """x log2 x, 0 for x <= 0."""
        x = np.maximum(x, 0)
        return xlogy(x, x) / np.log(2)

    def _not_below_zero(self, x):
        """max(x, 0)."""
        return np.maximum(x, 0)

    def _node_totals(self, a, level):
        """The sum of a over each node, and over all nodes before it."""
        total = np.add.reduceat(a, level.starts)
        return total, np.cumsum(total) - total

    def _sort_in_nodes(self, rank, piece, columns):
        """Sort the numbers (node, rank, place): the rows of each node in the order of a column."""
        n, shift = rank.shape[1], int(len(piece.rows) - 1).bit_length()
        start = columns * n if columns.shape[1] == 1 else (columns * n).take(piece.node, axis=1)
        keys = rank.ravel().take(start + piece.rows) + piece.node * power_of_two(n)
        keys = (keys << shift) + np.arange(len(piece.rows))
        keys.sort(axis=1)
        return keys >> shift, keys & ((1 << shift) - 1)

    def _running(self, a, order):
        """Running sums of a along each row of ``order``."""
        return np.cumsum(a.take(order), axis=1)

    def _possible(self, gain, w, ranks, totals):
        """gain + floor between two different ranks where it is not closed, 0 elsewhere."""
        cut = (ranks[:, 1:] != ranks[:, :-1]) & (totals.closed[:-1] == 0)
        if self._min_weight > 0:
            light = (w < self._min_weight) | (totals.weight - w < self._min_weight)
            cut = cut & ~light[..., :-1]
        return (gain + totals.floor)[:, :-1] * cut

    def _largest(self, score, piece):
        """The maximum over each node."""
        return np.maximum.reduceat(score, piece.starts, axis=1)

    def _first(self, score, ranks, piece, least):
        """The first place of each node that scores ``least``: ranks there, after it, at the end."""
        hits = np.flatnonzero(score[0] >= least.take(piece.node[:-1]))
        place = hits[np.searchsorted(hits, piece.starts)]
        ends = piece.starts + piece.sizes - 1
        ranks = [ranks[0].take(p) for p in (place, place + 1, ends)]
        return np.array([*ranks, place - piece.starts + 1])

    def _divide(self, rank, level, column, below):
        """Where the rows are that go left, their rank being at most ``below``; then the others."""
        start = (column * rank.shape[1]).take(level.node)
        left = rank.ravel().take(start + level.rows) <= below.take(level.node)
        return np.concatenate([np.flatnonzero(left), np.flatnonzero(~left)])

    def _node_of_each(self, sizes):
        """0 as often as the first size says, then 1, ..."""
        return self._to_backend(np.repeat(np.arange(len(sizes)), sizes))

    def _in_nodes(self, mask, node):
        """Where the rows are whose node is in ``mask``."""
        return np.flatnonzero(mask.take(node))


def power_of_two(n):
    """One larger than every rank of n rows, missing values included."""
    return 1 << int(n + 1).bit_length()

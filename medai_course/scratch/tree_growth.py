"""Growing trees level by level: all nodes of a depth, and all trees of a forest, at once."""

import numpy as np

from .tree_splits import Level, TreeSplits
from .tree_structure import UNDEFINED, assemble
from .tree_table import rank_columns

TIE = 1e-10  # of the node's own impurity: gains that differ by less are equal


class TreeGrowth(TreeSplits):
    """``_grow`` and its steps.  The class that inherits it has the hyper-parameters of a tree."""

    def _grow(self, table, level, y, scales, pure, rng):
        """The trees whose roots are the nodes of ``level``; ``y`` holds outcomes as floats, and
        a node of impurity up to ``pure`` is not split."""
        rank, n_trees, levels = self._to_backend(table.rank), len(level.sizes), []
        while len(level.sizes):
            nodes = self._describe(level, y, scales)
            levels.append(nodes)
            ready = self._may_split(nodes, pure, len(levels) - 1)
            if not len(ready):
                break
            level = self._only(level, ready)
            mass = nodes["weighted_n_node_samples"] * nodes["impurity"]
            slack = TIE * mass[ready] * self._unit(scales)
            column, gain = self._choose(table, rank, level, slack, rng)
            found = np.flatnonzero(column >= 0)
            level = self._only(level, found)
            cut = column[found], gain[found] - slack[found], slack[found]
            level = self._split(table, rank, level, *cut, nodes, ready[found])
        return assemble(levels, n_trees)

    def _grow_from(self, X, y, w, rng):
        """One tree from ``X`` (n, d), outcomes ``y`` (n,) and weights ``w`` > 0 (n,)."""
        weight, sums, scales = self._fixed(y, w, len(w))
        self._min_weight = self.min_weight_fraction_leaf * w.sum() * scales[0]
        weight = None if (w == 1).all() else weight
        root = self._root(np.arange(len(w)), np.array([len(w)]), weight, sums)
        outcomes = self._to_backend(y.astype(np.float64))
        return self._grow(rank_columns(X), root, outcomes, scales, self._rounding(y), rng)[0]

    def _root(self, rows, sizes, weight, sums):
        """The level of the roots: their rows, one root after another, of these sizes."""
        weight = None if weight is None else self._to_backend(weight)
        rows, *sums = self._to_backend(rows, *sums, rows[:1])[:-1]
        return Level(rows, self._node_of_each(sizes), weight, sums, sizes)

    def _describe(self, level, y, scales):
        """What is kept of each node; the arrays of a split are filled in when it has one."""
        value, impurity, weight = self._statistics(level, y, scales)
        m = len(level.sizes)
        return {
            "feature": np.full(m, UNDEFINED),
            "threshold": np.full(m, float(UNDEFINED)),
            "missing_go_to_left": np.zeros(m, bool),
            "value": value,
            "impurity": impurity,
            "n_node_samples": level.sizes,
            "weighted_n_node_samples": weight,
            "split": np.zeros(m, bool),
        }

    def _may_split(self, nodes, pure, depth):
        """The nodes that are neither pure, nor too small, nor too deep."""
        if self.max_depth is not None and depth >= self.max_depth:
            return np.zeros(0, np.intp)
        large = nodes["n_node_samples"] >= max(self._min_split, 2 * self._min_leaf)
        return np.flatnonzero(large & (nodes["impurity"] > pure))

    def _choose(self, table, rank, level, slack, rng):
        """The column of each node's best split, -1 where there is none, and its gain.

        Every node draws its own features.  Where none of them can split it, it draws others.
        """
        m, d = len(level.sizes), len(table.twins)
        column, gain = np.full(m, -1), np.zeros(m)
        if self._n_drawn >= d:
            every = np.arange(len(table.rank))[:, None]
            return self._winner(every, self._best_gains(rank, level, every, slack), slack)
        order, open_ = np.tile(np.arange(d), (m, 1)), np.arange(m)
        for first in range(0, d, self._n_drawn):
            last = min(first + self._n_drawn, d)
            order[open_] = _shuffle(order[open_], first, last, rng)
            drawn = table.twins[order[open_, first:last]].reshape(len(open_), -1).T
            part = level if len(open_) == m else self._only(level, open_)
            gains = self._best_gains(rank, part, drawn, slack[open_])
            column[open_], gain[open_] = self._winner(drawn, gains, slack[open_])
            open_ = open_[column[open_] < 0]
            if not len(open_):
                break
        return column, gain

    def _winner(self, columns, gains, slack):
        """Of the columns (F, m or 1) the first whose gain is the largest but for rounding."""
        top = gains.max(0)
        slot = (gains >= top - slack).argmax(0)
        column = np.broadcast_to(columns, gains.shape)[slot, np.arange(len(slot))]
        return np.where(top > 0, column, -1), top

    def _split(self, table, rank, level, column, least, slack, nodes, parents):
        """Write the splits into ``nodes``; the level of the children, left ones first."""
        if not len(column):
            return self._only(level, np.zeros(0, np.intp))
        below, above, last, n_left = self._cuts(rank, level, column, least, slack)
        nodes["split"][parents] = True
        nodes["feature"][parents] = table.feature[column]
        nodes["threshold"][parents] = table.thresholds(column, below, above)
        seen = table.missing_first[column] | (last == table.missing_rank[column])
        nodes["missing_go_to_left"][parents] = np.where(
            seen, table.missing_first[column], 2 * n_left > level.sizes
        )
        places = self._divide(rank, level, *self._to_backend(column, below))
        sizes = np.concatenate([n_left, level.sizes - n_left])
        return self._rows_of(level, places, sizes)

    def _only(self, level, nodes):
        """The level with only these nodes."""
        if len(nodes) == len(level.sizes):
            return level
        mask = np.zeros(len(level.sizes), bool)
        mask[nodes] = True
        rows = self._in_nodes(self._to_backend(mask), level.node)
        return self._rows_of(level, rows, level.sizes[nodes])

    def _rows_of(self, level, places, sizes):
        """A level of nodes of these sizes, from the rows at these places."""
        weight = None if level.weight is None else self._take(level.weight, places)
        sums = [self._take(s, places) for s in level.sums]
        rows = self._take(level.rows, places)
        return Level(rows, self._node_of_each(sizes), weight, sums, np.asarray(sizes))


def _shuffle(order, first, last, rng):
    """Fisher and Yates: fill places ``first`` to ``last`` of each row from those not yet drawn."""
    rows = np.arange(len(order))
    for place in range(first, last):
        other = rng.integers(place, order.shape[1], len(order))
        order[rows, place], order[rows, other] = order[rows, other], order[rows, place]
    return order

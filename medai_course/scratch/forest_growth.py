"""Growing a forest: every tree on a bootstrap of its own, a group of trees at once."""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from .base import check_count
from .pruning import cuts_up_to
from .tree_growth import TreeGrowth
from .tree_structure import prune_at
from .tree_table import Table, rank_columns

GROUP = 2**18  # rows that trees which grow together have in all: more would leave the cache


@dataclass
class Sample:
    """What the trees draw from: the rows of weight above 0."""

    table: Table
    outcomes: object
    weight: np.ndarray
    sums: list
    scales: tuple
    pure: float
    chances: np.ndarray | None  # running sums of the weights; None where all are the same
    draws: int


class ForestGrowth(TreeGrowth):
    """``_grow_forest`` and its steps."""

    def _grow_forest(self, X, y, w):
        """Learn ``trees_``, and what they say of the rows that they did not draw."""
        rows = np.flatnonzero(w > 0)
        sample = self._sample(X[rows], y[rows], w[rows])
        size = max(1, GROUP // len(rows))
        sizes = [min(size, self.n_estimators - s) for s in range(0, self.n_estimators, size)]
        rngs = np.random.default_rng(self.random_state).spawn(len(sizes))
        groups = self._each(lambda size, rng: self._grow_group(sample, size, rng), sizes, rngs)
        self.trees_ = [tree for trees, _ in groups for tree in trees]
        if self.oob_score:
            counts = np.zeros((self.n_estimators, len(X)), bool)
            counts[:, rows] = np.concatenate([drawn for _, drawn in groups])
            return self._out_of_bag(X, counts)
        return None

    def _sample(self, X, y, w):
        """The :class:`Sample`: with a bootstrap, weights are chances to be drawn."""
        draws, equal = self._count_draws(len(w)), (w == w[0]).all()
        total, chances = w.sum(), None if equal else np.cumsum(w)
        if self.bootstrap:
            w, total = np.ones(len(w)), draws
        weight, sums, scales = self._fixed(y, w, max(draws, len(w)))
        self._min_weight = self.min_weight_fraction_leaf * total * scales[0]
        outcomes, pure = self._to_backend(y.astype(np.float64)), self._rounding(y)
        return Sample(rank_columns(X), outcomes, weight, sums, scales, pure, chances, draws)

    def _grow_group(self, sample, n_trees, rng):
        """(trees, which rows each drew): all that is random comes from ``rng``."""
        counts = np.stack([self._draw(sample, rng) for _ in range(n_trees)])
        tree, rows = np.nonzero(counts)
        count = counts[tree, rows]
        sums = [count * s[rows] for s in sample.sums]
        sizes = np.bincount(tree, minlength=n_trees)
        root = self._root(rows, sizes, count * sample.weight[rows], sums)
        data = sample.table, root, sample.outcomes, sample.scales, sample.pure
        trees = self._grow(*data, rng)
        if self.ccp_alpha > 0:
            trees = [prune_at(t, cuts_up_to(t, self.ccp_alpha)) for t in trees]
        return trees, counts > 0

    def _draw(self, sample, rng):
        """How often each row is drawn, with replacement; once each without a bootstrap."""
        n = len(sample.weight)
        if not self.bootstrap:
            return np.ones(n, np.intp)
        if sample.chances is None:
            return np.bincount(rng.integers(n, size=sample.draws), minlength=n)
        u = rng.random(sample.draws) * sample.chances[-1]
        rows = np.searchsorted(sample.chances, u, side="right")
        return np.bincount(np.minimum(rows, n - 1), minlength=n)

    def _out_of_bag(self, X, drawn):
        """The mean of the trees that did not draw a row, for each row; NaN if all drew it."""
        leaves, drawn = self._leaves(X, self.trees_), drawn.T
        total = np.zeros((len(X), *self.trees_[0].value.shape[1:]))
        for t, tree in enumerate(self.trees_):
            out = ~drawn[:, t]
            total[out] += tree.value[leaves[out, t]]
        trees = np.sum(~drawn, 1).astype(np.float64)
        if not trees.all():
            warnings.warn(
                f"{np.count_nonzero(trees == 0)} of {len(X)} rows were drawn by every tree and "
                "have no out-of-bag prediction; raise n_estimators",
                stacklevel=4,
            )
        trees[trees == 0] = np.nan
        return (total.T / trees).T

    def _each(self, grow, *arguments):
        """``map`` in n_jobs threads; -1 for one a core."""
        threads = {None: 1, -1: os.cpu_count()}.get(self.n_jobs, self.n_jobs)
        check_count("n_jobs", threads)
        if threads == 1:
            return list(map(grow, *arguments))
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(grow, *arguments))

"""A grown tree as plain arrays, one entry a node: what predictions, figures and pruning read."""

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

LEAF, UNDEFINED = -1, -2


@dataclass(eq=False)
class Tree:
    """A binary tree, its nodes numbered from the root depth first, left before right.

    Attributes
    ----------
    children_left, children_right : ndarray of int, shape (nodes,)
        The node for ``x[feature] <= threshold``, and the other; -1 in a leaf.
    feature : ndarray of int, shape (nodes,)
        The column that a node asks about; -2 in a leaf.
    threshold : ndarray of shape (nodes,)
        Halfway between two values of that column, in its unit; ``inf`` where all values that are
        not missing go left; -2 in a leaf.
    missing_go_to_left : ndarray of bool, shape (nodes,)
        Where a missing value goes.
    value : ndarray of shape (nodes, k) or (nodes,)
        The weighted share of each class in a node; of a regressor, the weighted mean of ``y``.
    impurity : ndarray of shape (nodes,)
        The criterion in a node.
    n_node_samples : ndarray of int, shape (nodes,)
        Rows in a node, each counted once.
    weighted_n_node_samples : ndarray of shape (nodes,)
        Their weight; of a bootstrap, how often they were drawn.
    """

    children_left: np.ndarray
    children_right: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    missing_go_to_left: np.ndarray
    value: np.ndarray
    impurity: np.ndarray
    n_node_samples: np.ndarray
    weighted_n_node_samples: np.ndarray

    def __eq__(self, other):
        """Whether every array is the same, bit for bit."""
        pairs = ((getattr(self, f.name), getattr(other, f.name, None)) for f in fields(self))
        return isinstance(other, Tree) and all(np.array_equal(a, b) for a, b in pairs)

    __hash__ = None

    @property
    def node_count(self):
        """Number of nodes, leaves included."""
        return len(self.feature)

    @property
    def is_leaf(self):
        """True where a node asks nothing: ndarray of bool, shape (nodes,)."""
        return self.children_left == LEAF

    @property
    def n_leaves(self):
        """Number of leaves."""
        return int(np.count_nonzero(self.is_leaf))

    @property
    def depth(self):
        """Questions asked on the way to each node: ndarray of int, shape (nodes,)."""
        depth, nodes, level = np.zeros(self.node_count, np.intp), np.zeros(1, np.intp), 0
        while len(nodes):
            depth[nodes], level = level, level + 1
            nodes = nodes[~self.is_leaf[nodes]]
            nodes = np.concatenate([self.children_left[nodes], self.children_right[nodes]])
        return depth

    @property
    def max_depth(self):
        """Most questions that a row is asked."""
        return int(self.depth.max())

    def importances(self, n_features):
        """What each feature's questions take from the weighted impurity, as shares of the whole."""
        inner = np.flatnonzero(~self.is_leaf)
        left, right = self.children_left[inner], self.children_right[inner]
        mass = self.weighted_n_node_samples * self.impurity
        taken = mass[inner] - mass[left] - mass[right]
        total = np.bincount(self.feature[inner], taken, n_features)
        return total / total.sum() if total.sum() > 0 else total


def assemble(levels, n_trees):
    """``n_trees`` trees from the nodes of each level, all trees' roots first.

    A level is a dict of arrays, one entry a node, with ``split``, True where it has children; they
    are in the next level, the left ones of all nodes, then the right ones.
    """
    nodes = {key: np.concatenate([level[key] for level in levels]) for key in levels[0]}
    left, right, first = [], [], 0
    for level in levels:
        first, parents = first + len(level["split"]), int(np.count_nonzero(level["split"]))
        children = np.full(len(level["split"]), LEAF)
        children[level["split"]] = first + np.arange(parents)
        left.append(children)
        right.append(np.where(level["split"], children + parents, LEAF))
    left, right = np.concatenate(left), np.concatenate(right)
    place, ends = _depth_first(left, right, [len(level["split"]) for level in levels], n_trees)
    tree = np.searchsorted(ends, place, side="right")
    start = np.append(0, ends[:-1])[tree]
    split, order = nodes.pop("split"), np.argsort(place)
    nodes["children_left"] = np.where(split, place[left] - start, LEAF)
    nodes["children_right"] = np.where(split, place[right] - start, LEAF)
    nodes = {key: np.split(array[order], ends[:-1]) for key, array in nodes.items()}
    return [Tree(**{key: arrays[t] for key, arrays in nodes.items()}) for t in range(n_trees)]


def _depth_first(left, right, level_sizes, n_trees):
    """The place of each node when tree follows tree, depth first, and where each tree ends."""
    bounds, size = np.cumsum([0, *level_sizes]), np.ones(len(left), np.intp)
    inner = [a + np.flatnonzero(left[a:b] != LEAF) for a, b in pairwise(bounds)]
    for nodes in reversed(inner):
        size[nodes] += size[left[nodes]] + size[right[nodes]]
    ends, place = np.cumsum(size[:n_trees]), np.zeros(len(left), np.intp)
    place[:n_trees] = ends - size[:n_trees]
    for nodes in inner:
        place[left[nodes]] = place[nodes] + 1
        place[right[nodes]] = place[nodes] + 1 + size[left[nodes]]
    return place, ends


def prune_at(tree, cut):
    """The tree with the nodes where ``cut`` is True turned into leaves."""
    keep, leaf = np.zeros(tree.node_count, bool), tree.is_leaf | cut
    nodes = np.zeros(1, np.intp)
    while len(nodes):
        keep[nodes] = True
        nodes = nodes[~leaf[nodes]]
        nodes = np.concatenate([tree.children_left[nodes], tree.children_right[nodes]])
    new = np.cumsum(keep) - 1
    arrays = {f.name: getattr(tree, f.name)[keep] for f in fields(tree)}
    leaf = leaf[keep]
    for side in ("children_left", "children_right"):
        arrays[side] = np.where(leaf, LEAF, new[arrays[side]])
    arrays["feature"] = np.where(leaf, UNDEFINED, arrays["feature"])
    arrays["threshold"] = np.where(leaf, UNDEFINED, arrays["threshold"])
    arrays["missing_go_to_left"] = arrays["missing_go_to_left"] & ~leaf
    return Tree(**arrays)

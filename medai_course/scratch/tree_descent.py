"""Which leaf a row ends in, for all rows and some trees at once."""

import numpy as np

BLOCK = 2**15  # rows times trees that descend together: few enough to stay in the cache
QUESTIONS = 4  # asked before it is looked who has arrived, which costs as much as one


class TreeDescent:
    """``_leaves`` and its verb; a leaf asks whether x ≤ inf, and sends the row to itself."""

    _pairs = BLOCK

    def _leaves(self, X, trees):
        """The leaf of each row of the ndarray ``X`` in each tree: ndarray of int, (n, trees)."""
        size, leaves = max(1, self._pairs // max(1, len(X))), np.empty((len(trees), len(X)), int)
        A = self._to_backend(X)
        for t in (slice(t, t + size) for t in range(0, len(trees), size)):
            roots, depth, *nodes = _questions(trees[t])
            nodes = self._to_backend(*nodes)
            for s in range(0, len(X), self._pairs):
                rows = slice(s, s + self._pairs)
                found = self._to_numpy(self._descend(A[rows], roots, nodes, depth))
                leaves[t, rows] = found - roots[:, None]
        return leaves.T

    # ---- the verb, rewritten in each framework ----

    def _descend(self, X, roots, nodes, depth):
        """Go left where x_feature ≤ threshold, ``depth`` times; NaN goes where training sent it."""
        node, open_ = np.repeat(roots, len(X)), np.arange(len(roots) * len(X))
        start, missing = np.tile(np.arange(len(X)) * X.shape[1], len(roots)), np.isnan(X).any()
        children = nodes[2]
        for _ in range(0, depth, QUESTIONS):
            new = _ask(X, start.take(open_), node.take(open_), nodes, missing)
            node[open_] = new
            open_ = open_.compress(children.take(2 * new) != new)  # a leaf is its own child
        return node.reshape(len(roots), len(X))


def _ask(X, start, node, nodes, missing):
    """Some questions of the nodes: where they lead the rows that start at ``start`` of ``X``."""
    feature, threshold, children, nan_right = nodes
    for _ in range(QUESTIONS):
        x = X.take(start + feature.take(node))
        go_right = x > threshold.take(node)
        if missing:
            go_right |= np.isnan(x) & nan_right.take(node)
        node = children.take(2 * node + go_right)
    return node


def _questions(trees):
    """The roots, most questions, and the arrays of these trees, one tree after another.

    feature, threshold, the two children side by side, and whether missing values go right; a leaf
    is its own child.
    """
    roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])
    leaf = np.concatenate([tree.is_leaf for tree in trees])
    children = np.arange(len(leaf)).repeat(2).reshape(-1, 2)
    for side, name in enumerate(("children_left", "children_right")):
        below = [getattr(tree, name) + root for tree, root in zip(trees, roots)]
        children[~leaf, side] = np.concatenate(below)[~leaf]
    feature = np.where(leaf, 0, np.concatenate([tree.feature for tree in trees]))
    threshold = np.where(leaf, np.inf, np.concatenate([tree.threshold for tree in trees]))
    nan_right = ~leaf & ~np.concatenate([tree.missing_go_to_left for tree in trees])
    depth = max(tree.max_depth for tree in trees)
    return roots, depth, feature, threshold, children.ravel(), nan_right

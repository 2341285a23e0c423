"""Which leaf a row ends in, for all rows and all trees at once."""

import numpy as np

BLOCK = 2**15  # answers of which a few arrays stay in the cache


class TreeDescent:
    """``_leaves`` and its verb; a leaf asks whether x ≤ inf, and sends the row to itself."""

    def _leaves(self, X, trees):
        """The leaf of each row of the ndarray ``X`` in each tree: ndarray of int, (n, trees)."""
        sizes = [tree.node_count for tree in trees]
        roots = np.cumsum(sizes) - sizes
        nodes, X = self._to_backend(*_questions(trees, roots)), self._to_backend(X)
        depth, size = max(tree.max_depth for tree in trees), max(1, BLOCK // len(trees))
        found = [
            self._to_numpy(self._descend(X[s : s + size], roots, nodes, depth)) - roots
            for s in range(0, len(X), size)
        ]
        return np.concatenate(found)

    # ---- the verb, rewritten in each framework ----

    def _descend(self, X, roots, nodes, depth):
        """Go left where x_feature ≤ threshold, ``depth`` times; NaN goes where training sent it."""
        feature, threshold, left, right, nan_left = nodes
        node = np.broadcast_to(roots, (len(X), len(roots)))
        start = np.arange(len(X))[:, None] * X.shape[1]
        missing = np.isnan(X).any()
        for _ in range(depth):
            x = X.take(start + feature.take(node))
            go_left = x <= threshold.take(node)
            if missing:
                go_left |= np.isnan(x) & nan_left.take(node)
            node = np.where(go_left, left.take(node), right.take(node))
        return node


def _questions(trees, roots):
    """The arrays of all trees, one after another; a leaf is its own child."""
    leaf = np.concatenate([tree.is_leaf for tree in trees])
    itself = np.arange(len(leaf))
    sides = []
    for side in ("children_left", "children_right"):
        children = [getattr(t, side) + root for t, root in zip(trees, roots)]
        sides.append(np.where(leaf, itself, np.concatenate(children)))
    feature = np.where(leaf, 0, np.concatenate([t.feature for t in trees]))
    threshold = np.where(leaf, np.inf, np.concatenate([t.threshold for t in trees]))
    return feature, threshold, *sides, np.concatenate([t.missing_go_to_left for t in trees])

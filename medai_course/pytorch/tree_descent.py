"""Which leaf a row ends in, in PyTorch: the verb of ``medai_course.scratch.tree_descent``."""

import torch

from ..scratch import tree_descent as scratch
from .base import TorchArrays


class TreeDescent(TorchArrays, scratch.TreeDescent):
    _pairs = 2**17

    def _descend(self, X, roots, nodes, depth):
        feature, threshold, children, nan_right = nodes
        node = torch.as_tensor(roots, device=X.device)[:, None].expand(-1, len(X))
        missing, columns = bool(X.isnan().any()), X.T
        for _ in range(depth):
            x = columns.gather(0, feature[node])
            go_right = x > threshold[node]
            if missing:
                go_right |= x.isnan() & nan_right[node]
            node = children[2 * node + go_right]
        return node

"""Which leaf a row ends in, in PyTorch: the verb of ``medai_course.scratch.tree_descent``."""

import torch

from ..scratch import tree_descent as scratch
from .base import TorchArrays


class TreeDescent(TorchArrays, scratch.TreeDescent):
    def _descend(self, X, roots, nodes, depth):
        feature, threshold, left, right, nan_left = nodes
        node = torch.as_tensor(roots, device=X.device).expand(len(X), -1)
        missing = bool(X.isnan().any())
        for _ in range(depth):
            x = X.gather(1, feature[node])
            go_left = x <= threshold[node]
            if missing:
                go_left |= x.isnan() & nan_left[node]
            node = torch.where(go_left, left[node], right[node])
        return node

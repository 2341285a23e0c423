"""Decision trees in PyTorch: see ``tree_splits`` and ``tree_descent`` for the verbs."""

from ..scratch import trees as scratch
from .tree_descent import TreeDescent
from .tree_splits import TreeSplits


class DecisionTreeClassifier(TreeSplits, TreeDescent, scratch.DecisionTreeClassifier):
    pass


class DecisionTreeRegressor(TreeSplits, TreeDescent, scratch.DecisionTreeRegressor):
    pass

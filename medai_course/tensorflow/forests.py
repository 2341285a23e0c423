"""Random forests in TensorFlow: see ``tree_splits`` and ``tree_descent`` for the verbs."""

from ..scratch import forests as scratch
from .tree_descent import TreeDescent
from .tree_splits import TreeSplits


class RandomForestClassifier(TreeSplits, TreeDescent, scratch.RandomForestClassifier):
    pass


class RandomForestRegressor(TreeSplits, TreeDescent, scratch.RandomForestRegressor):
    pass

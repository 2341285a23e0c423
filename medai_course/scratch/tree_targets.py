"""What a tree predicts, classes or a number, and what it keeps of the outcomes in a node."""

from dataclasses import dataclass

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from .tree_table import fixed_point

CLASSES = """criterion : {"gini", "entropy"}, default "gini"
        The impurity H; of entropy in bits.
    class_weight : dict of label to weight, "balanced" or None, default None
        Weights that multiply ``sample_weight``; "balanced" gives each class the same in all."""

NUMBERS = """criterion : {"squared_error"}, default "squared_error"
        The impurity: the mean squared distance from the mean, in the squared unit of ``y``."""


@dataclass(eq=False, repr=False, kw_only=True)
class ClassTarget:
    """Outcomes are classes: a node keeps the weighted share of each."""

    criterion: str = "gini"
    class_weight: dict | str | None = None

    _one_hot = True
    _criteria = ("gini", "entropy")
    _shared_docs = (("classes", CLASSES),)

    def _learn_target(self, y):
        """Learn ``classes_``; the number of each row's class."""
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.n_classes_ = len(self.classes_)
        return codes

    def _class_weights(self, y, w):
        """w times the weight of each row's class."""
        if self.class_weight is None:
            return w
        known = isinstance(self.class_weight, dict) or self.class_weight == "balanced"
        if not known:
            raise ValueError(
                "class_weight must be None, 'balanced' or a dict of weights by class, got "
                f"{self.class_weight!r}"
            )
        return w * compute_sample_weight(self.class_weight, y)

    def _fixed(self, codes, w, n):
        """w and the columns w [y = c] of all classes but the first, as integers; their scales."""
        weight, scale = fixed_point(w, n * w.max())
        columns = [np.where(codes == c, weight, 0) for c in range(1, self.n_classes_)]
        return weight, columns, (scale, scale)

    def _unit(self, scales):
        """By how much gains are larger in fixed point."""
        return scales[0]

    def _rounding(self, y):
        """The impurity that a node of one class may show."""
        return 1e-15

    def _statistics(self, level, y, scales):
        """(shares of the classes, impurity, weight) of each node, as ndarrays."""
        weight = level.sizes if level.weight is None else self._sum(level.weight, level)
        sums = [self._sum(s, level) for s in level.sums]
        value = np.column_stack([weight - sum(sums), *sums]) / weight[:, None]
        return value, self._impurity(value), weight / scales[0]

    def _impurity(self, share):
        """Gini: sum p (1 - p).  Entropy: -sum p log2 p."""
        if self.criterion == "gini":
            return np.sum(share * (1 - share), 1)
        some = np.where(share > 0, share, 1)
        return -np.sum(some * np.log2(some), 1)

    def _describe_leaf(self, class_names):
        """What to say of a leaf: the class, its share, and of how many rows."""
        tree, names = self.tree_, self.classes_ if class_names is None else class_names
        if len(names) != self.n_classes_:
            raise ValueError(f"class_names has {len(names)} names for {self.n_classes_} classes")

        def describe(node):
            best = tree.value[node].argmax()
            share, n = tree.value[node, best], tree.n_node_samples[node]
            return f"{names[best]} ({share:.0%} of {n})"

        return describe

    def _sum(self, a, level):
        return self._to_numpy(self._node_totals(a, level)[0])


@dataclass(eq=False, repr=False, kw_only=True)
class NumberTarget:
    """The outcome is a number: a node keeps the weighted mean."""

    criterion: str = "squared_error"

    _one_hot = False
    _criteria = ("squared_error",)
    _shared_docs = (("numbers", NUMBERS),)

    def _learn_target(self, y):
        return np.asarray(y, np.float64)

    def _class_weights(self, y, w):
        return w

    def _fixed(self, y, w, n):
        """w and w (y - mean) as integers, and their scales."""
        weight, scale = fixed_point(w, n * w.max())
        centred = w * (y - np.average(y, weights=w))
        product, unit = fixed_point(centred, n * np.abs(centred).max())
        return weight, [product], (scale, unit)

    def _unit(self, scales):
        """By how much gains are larger in fixed point."""
        return scales[1] ** 2 / scales[0]

    def _rounding(self, y):
        """The impurity that a node of equal outcomes may show."""
        return (1e-13 * np.abs(y).max()) ** 2

    def _statistics(self, level, y, scales):
        """(mean, mean squared error, weight) of each node, as ndarrays."""
        y, one = self._take(y, level.rows), 1.0
        if level.weight is not None:
            one = self._float(level.weight) / scales[0]
        weight = level.sizes.astype(np.float64)
        if level.weight is not None:
            weight = self._to_numpy(self._node_totals(one, level)[0])
        mean = self._to_numpy(self._node_totals(one * y, level)[0]) / weight
        r = y - self._take(self._to_backend(mean), level.node)
        squares = self._to_numpy(self._node_totals(one * r * r, level)[0])
        return mean, squares / weight, weight

    def _describe_leaf(self, class_names):
        """What to say of a leaf: the mean, and of how many rows."""
        tree = self.tree_
        return lambda node: f"{tree.value[node]:.4g} (mean of {tree.n_node_samples[node]})"

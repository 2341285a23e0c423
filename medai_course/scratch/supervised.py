"""Networks that learn from answers: classifiers and regressors, whatever their layers are."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from . import losses
from .network import NeuralNet


@dataclass(eq=False, repr=False, kw_only=True)
class NeuralClassifier(ClassifierMixin, NeuralNet):
    """A network whose outputs are logits, one for each class."""

    class_weight: dict | str | None = None

    def fit(self, X, y, groups=None):
        """Learn from ``X`` and the classes ``y`` (n,); ``groups`` (n,) are never split."""
        X, y = self._check_X(X, y, reset=True, **self._checks)
        check_classification_targets(y)
        classes, target = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"y holds one class only ({classes[0]!r}); a classifier needs two")
        if self.warm_start and hasattr(self, "_net") and not np.array_equal(classes, self.classes_):
            raise ValueError("warm_start needs the classes of the first fit; fit a new network")
        self.classes_, self.n_outputs_ = classes, len(classes)
        weight = None if self.class_weight is None else compute_sample_weight(self.class_weight, y)
        return self._train(X, target, weight, groups)

    def predict_proba(self, X):
        """The probability of each class, in the order of ``classes_``: (n, k)."""
        return losses.softmax(self._output(self._check_X(X, **self._checks)))

    def predict(self, X):
        """The most probable class of each row: (n,)."""
        best = self.predict_proba(X).argmax(1)
        return self.classes_[best]

    _checks = {}  # noqa: RUF012

    def _loss(self, output, target, weight):
        """L = mean(logsumexp(a) - a_y), from logits a."""
        return losses.cross_entropy(output, target, weight)


@dataclass(eq=False, repr=False, kw_only=True)
class NeuralRegressor(RegressorMixin, NeuralNet):
    """A network whose outputs are the numbers to predict."""

    def fit(self, X, y, groups=None):
        """Learn from ``X`` and ``y``, (n,) or (n, k); ``groups`` (n,) are never split."""
        checks = {"multi_output": True, "y_numeric": True, **self._checks}
        X, y = self._check_X(X, y, reset=True, **checks)
        self._columns = y.shape[1:]
        target = y.reshape(len(y), -1).astype(self.dtype_)
        if self.warm_start and hasattr(self, "_net") and target.shape[1] != self.n_outputs_:
            raise ValueError("warm_start needs the outcomes of the first fit; fit a new network")
        self.n_outputs_ = target.shape[1]
        return self._train(X, target, None, groups)

    def predict(self, X):
        """The expected outcome of each row, in the unit and the shape of ``y``."""
        output = self._output(self._check_X(X, **self._checks))
        return output.reshape(len(output), *self._columns)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    _checks = {}  # noqa: RUF012

    def _loss(self, output, target, weight):
        """L = mean((a - y)^2)."""
        return losses.squared_error(output, target, weight)

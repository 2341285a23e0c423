"""Random forests in NumPy: many trees, each on a bootstrap, each split among features drawn."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin

from .forest_growth import ForestGrowth
from .forest_reading import ForestReading
from .forest_settings import ForestSettings
from .tree_descent import TreeDescent
from .tree_targets import ClassTarget, NumberTarget


class _RandomForest(ForestReading, ForestGrowth, TreeDescent, ForestSettings):
    """What the classifier and the regressor share: all but what a leaf predicts."""

    def fit(self, X, y, sample_weight=None):
        """Grow ``trees_`` from ``X`` (n, d) and ``y`` (n,).

        With a bootstrap, ``sample_weight`` and ``class_weight`` say how likely a row is drawn.
        """
        X, y, w = self._check_data(X, y, sample_weight)
        self._check_settings(*X.shape)
        out_of_bag = self._grow_forest(X, y, w)
        if self.oob_score:
            self._score_out_of_bag(out_of_bag, y)
        return self


@dataclass(eq=False, repr=False, kw_only=True)
class RandomForestClassifier(ClassTarget, ClassifierMixin, _RandomForest):
    r"""The mean of many trees that differ by what they drew.

    .. math::
        \hat p(x) = \frac{1}{B} \sum_{b=1}^{B} \hat p_b(x)

    Tree :math:`b` grows on a bootstrap, n rows drawn with replacement, and each of its nodes
    chooses among ``max_features`` features drawn anew.  About 37 % of the rows are not in a tree's
    bootstrap: the mean of the trees that did not see a row is its out-of-bag prediction, an honest
    one without a test set.  If a patient has several rows, it is not: split by patient instead.
    The trees are as exact as :class:`~medai_course.scratch.trees.DecisionTreeClassifier` alone
    (no bins); the nodes of a depth of many trees are split together.

    Parameters
    ----------
    {forest}
    {classes}
    {splitting}

    Attributes
    ----------
    trees_ : list of Tree
        The nodes of each tree as arrays; see ``medai_course.scratch.tree_structure.Tree``.
    classes_ : ndarray of shape (k,)
        Labels in sorted order.
    n_classes_ : int
        k.
    feature_importances_ : ndarray of shape (d,)
        Share of each feature in the impurity that the trees take away.
    oob_decision_function_ : ndarray of shape (n, k)
        Out-of-bag shares of the classes; NaN for a row that every tree drew.
    oob_score_ : float
        Accuracy of the out-of-bag predictions.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        As of a tree; ``oob_score`` without a bootstrap.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32. doi:10.1023/A:1010933404324
    """

    max_features: int | float | str | None = "sqrt"

    def predict_proba(self, X):
        """The mean over the trees of the share of each class in the leaf of each row: (n, k)."""
        return self._mean_of_leaves(X)

    def predict(self, X):
        """The class of largest mean share, of equal ones the first: (n,)."""
        best = self.predict_proba(X).argmax(1)
        return self.classes_[best]

    def _score_out_of_bag(self, out_of_bag, codes):
        self.oob_decision_function_ = out_of_bag
        known = ~np.isnan(out_of_bag[:, 0])
        self.oob_score_ = float(np.mean(out_of_bag[known].argmax(1) == codes[known]))


@dataclass(eq=False, repr=False, kw_only=True)
class RandomForestRegressor(NumberTarget, RegressorMixin, _RandomForest):
    r"""The mean of many regression trees that differ by what they drew.

    .. math::
        \hat y(x) = \frac{1}{B} \sum_{b=1}^{B} \hat y_b(x)

    What is drawn, and out of bag, is as in :class:`RandomForestClassifier`.

    Parameters
    ----------
    {forest}
    {numbers}
    {splitting}

    Attributes
    ----------
    trees_ : list of Tree
        The nodes of each tree as arrays.
    feature_importances_ : ndarray of shape (d,)
        Share of each feature in the impurity that the trees take away.
    oob_prediction_, oob_score_ : ndarray of shape (n,), float
        Out-of-bag predictions, NaN for a row that every tree drew; their R².
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        As of a tree; ``oob_score`` without a bootstrap.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32. doi:10.1023/A:1010933404324
    """

    max_features: int | float | str | None = 1.0

    def predict(self, X):
        """The mean over the trees of the mean in the leaf of each row, in the unit of ``y``."""
        return self._mean_of_leaves(X)

    def _score_out_of_bag(self, out_of_bag, y):
        self.oob_prediction_ = out_of_bag
        known = ~np.isnan(out_of_bag)
        left = np.sum((y[known] - out_of_bag[known]) ** 2)
        self.oob_score_ = float(1 - left / np.sum((y[known] - y[known].mean()) ** 2))

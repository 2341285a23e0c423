"""Decision trees in NumPy: classification and regression, grown level by level, and pruned."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils import Bunch

from .pruning import cuts_up_to, weakest_links
from .tree_descent import TreeDescent
from .tree_growth import TreeGrowth
from .tree_reading import TreeReading
from .tree_settings import TreeSettings
from .tree_structure import prune_at
from .tree_targets import ClassTarget, NumberTarget


class _DecisionTree(TreeReading, TreeGrowth, TreeDescent, TreeSettings):
    """What the classifier and the regressor share: all but what a leaf predicts."""

    def fit(self, X, y, sample_weight=None):
        """Grow ``tree_`` from ``X`` (n, d) and ``y`` (n,), then prune it by ``ccp_alpha``."""
        self.tree_ = self._whole_tree(X, y, sample_weight)
        if self.ccp_alpha > 0:
            self.tree_ = prune_at(self.tree_, cuts_up_to(self.tree_, self.ccp_alpha))
        return self

    def _whole_tree(self, X, y, sample_weight):
        X, y, w = self._check_data(X, y, sample_weight)
        self._check_settings(*X.shape)
        rows = np.flatnonzero(w > 0)
        self._missing_seen = np.isnan(X[rows]).any(0)
        rng = np.random.default_rng(self.random_state)
        return self._grow_from(X[rows], y[rows], w[rows], rng)

    def cost_complexity_pruning_path(self, X, y, sample_weight=None):
        """What every step of pruning costs; pass one of the ``ccp_alphas`` to stop there.

        Returns a Bunch of ``ccp_alphas`` (steps + 1,), each the penalty a leaf from which on the
        step is worth it, and ``impurities`` (steps + 1,), of the tree after it.  ``self`` is left
        as it was.
        """
        whole = type(self)(**self.get_params())._whole_tree(X, y, sample_weight)
        _, ccp_alphas, impurities = weakest_links(whole)
        return Bunch(ccp_alphas=ccp_alphas, impurities=impurities)


@dataclass(eq=False, repr=False, kw_only=True)
class DecisionTreeClassifier(ClassTarget, ClassifierMixin, _DecisionTree):
    r"""A tree of questions "is :math:`x_j \le t`?" that ends in the shares of the classes.

    Each node asks the question that lowers the impurity of its rows most,

    .. math::
        \max_{j, t}\; W H(p) - W_L H(p_L) - W_R H(p_R), \qquad
        H_\text{gini}(p) = \sum_c p_c (1 - p_c), \quad
        H_\text{entropy}(p) = -\sum_c p_c \log_2 p_c ,

    with :math:`p` the weighted shares of the classes and :math:`W` the weight.  All questions of a
    depth are found together.  Thresholds lie halfway between two values of the training data.

    A missing value (NaN) goes to the side on which missing values lowered the impurity more; where
    a node saw none of them in training, to the side of most rows.

    Gains that differ by less than 1e-10 of the node's impurity count as equal; of equal ones the
    first feature (of those drawn, the first drawn) and then the smallest threshold is taken, where
    scikit-learn lets chance decide.  Values are compared in float64, in scikit-learn in float32.

    Parameters
    ----------
    {classes}
    {splitting}

    Attributes
    ----------
    tree_ : Tree
        The nodes as arrays; ``medai_course.scratch.tree_structure.Tree`` says which.
    classes_ : ndarray of shape (k,)
        Labels in sorted order.
    n_classes_ : int
        k.
    feature_importances_ : ndarray of shape (d,)
        Share of each feature in the impurity that the tree takes away.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` infinite or not two-dimensional; ``y`` missing or continuous; weights that are
        negative or all zero; a parameter outside its range.

    References
    ----------
    Breiman, L., Friedman, J. H., Olshen, R. A. and Stone, C. J. (1984). Classification and
    Regression Trees. Wadsworth. doi:10.1201/9781315139470

    Quinlan, J. R. (1986). Induction of decision trees. Machine Learning 1, 81-106.
    doi:10.1007/BF00116251
    """

    def predict_proba(self, X):
        """The share of each class in the leaf of each row, in the order of ``classes_``: (n, k)."""
        leaf = self.apply(X)
        return self.tree_.value[leaf]

    def predict(self, X):
        """The most frequent class in the leaf of each row, of equal ones the first: (n,)."""
        leaf = self.apply(X)
        return self.classes_[self.tree_.value[leaf].argmax(1)]


@dataclass(eq=False, repr=False, kw_only=True)
class DecisionTreeRegressor(NumberTarget, RegressorMixin, _DecisionTree):
    r"""A tree of questions "is :math:`x_j \le t`?" that ends in a mean.

    Each node asks the question that lowers the squared error most,

    .. math::
        \max_{j, t}\; \frac{W_L W_R}{W}\, (\bar y_L - \bar y_R)^2 ,

    with :math:`W` the weight of its rows and :math:`\bar y` their weighted mean.  Ties, missing
    values and thresholds are as in :class:`DecisionTreeClassifier`.

    Parameters
    ----------
    {numbers}
    {splitting}

    Attributes
    ----------
    tree_ : Tree
        The nodes as arrays; ``medai_course.scratch.tree_structure.Tree`` says which.
    feature_importances_ : ndarray of shape (d,)
        Share of each feature in the impurity that the tree takes away.
    n_features_in_ : int
        Number of columns seen by ``fit``.

    Raises
    ------
    ValueError
        ``X`` infinite or not two-dimensional; ``y`` not finite; weights that are negative or all
        zero; a parameter outside its range.

    References
    ----------
    Breiman, L., Friedman, J. H., Olshen, R. A. and Stone, C. J. (1984). Classification and
    Regression Trees. Wadsworth. doi:10.1201/9781315139470
    """

    def predict(self, X):
        """The mean in the leaf of each row, in the unit of ``y``: (n,)."""
        leaf = self.apply(X)
        return self.tree_.value[leaf]

"""Decision trees in NumPy: classification and regression, grown level by level, and pruned."""

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
    criterion : {"gini", "entropy"}, default "gini"
        The impurity H; of entropy in bits.
    max_depth : int ≥ 1 or None, default None
        Most questions that a row is asked; None: until a node is pure or too small.
    min_samples_split : int ≥ 2 or float in (0, 1], default 2
        Rows that a node needs to be split; a float is a share of the rows.
    min_samples_leaf : int ≥ 1 or float in (0, 1], default 1
        Rows that a split must leave on either side; a float is a share of the rows.
    min_weight_fraction_leaf : float in [0, 0.5], default 0.0
        Share of the weight of all rows that a split must leave on either side.
    max_features : int ≥ 1, float in (0, 1], "sqrt", "log2" or None, default None
        Features that each node draws to choose from: that many, that share, the square root or
        the logarithm of d, all.  A node that none of them can split draws others.
    ccp_alpha : float ≥ 0, default 0.0
        Branches that take less than this from the tree's impurity, for each leaf more, are cut.
    class_weight : dict of label to weight, "balanced" or None, default None
        Weights that multiply ``sample_weight``; "balanced" gives each class the same in all.
    random_state : int, Generator or None, default None
        Seed of the features drawn.

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

    _criteria = ("gini", "entropy")

    def __init__(
        self,
        criterion="gini",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features=None,
        ccp_alpha=0.0,
        class_weight=None,
        random_state=None,
    ):
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.ccp_alpha = ccp_alpha
        self.class_weight = class_weight
        self.random_state = random_state

    def predict_proba(self, X):
        """The share of each class in the leaf of each row, in the order of ``classes_``: (n, k)."""
        leaf = self.apply(X)
        return self.tree_.value[leaf]

    def predict(self, X):
        """The most frequent class in the leaf of each row, of equal ones the first: (n,)."""
        leaf = self.apply(X)
        return self.classes_[self.tree_.value[leaf].argmax(1)]


class DecisionTreeRegressor(NumberTarget, RegressorMixin, _DecisionTree):
    r"""A tree of questions "is :math:`x_j \le t`?" that ends in a mean.

    Each node asks the question that lowers the squared error most,

    .. math::
        \max_{j, t}\; \frac{W_L W_R}{W}\, (\bar y_L - \bar y_R)^2 ,

    with :math:`W` the weight of its rows and :math:`\bar y` their weighted mean.  Ties, missing
    values and thresholds are as in :class:`DecisionTreeClassifier`.

    Parameters
    ----------
    criterion : {"squared_error"}, default "squared_error"
        The impurity: the mean squared distance from the mean, in the squared unit of ``y``.
    max_depth : int ≥ 1 or None, default None
        Most questions that a row is asked; None: until a node is pure or too small.
    min_samples_split : int ≥ 2 or float in (0, 1], default 2
        Rows that a node needs to be split; a float is a share of the rows.
    min_samples_leaf : int ≥ 1 or float in (0, 1], default 1
        Rows that a split must leave on either side; a float is a share of the rows.
    min_weight_fraction_leaf : float in [0, 0.5], default 0.0
        Share of the weight of all rows that a split must leave on either side.
    max_features : int ≥ 1, float in (0, 1], "sqrt", "log2" or None, default None
        Features that each node draws to choose from: that many, that share, the square root or
        the logarithm of d, all.  A node that none of them can split draws others.
    ccp_alpha : float ≥ 0, default 0.0
        Branches that take less than this from the tree's impurity, for each leaf more, are cut.
    random_state : int, Generator or None, default None
        Seed of the features drawn.

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

    _criteria = ("squared_error",)

    def __init__(
        self,
        criterion="squared_error",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features=None,
        ccp_alpha=0.0,
        random_state=None,
    ):
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.ccp_alpha = ccp_alpha
        self.random_state = random_state

    def predict(self, X):
        """The mean in the leaf of each row, in the unit of ``y``: (n,)."""
        leaf = self.apply(X)
        return self.tree_.value[leaf]

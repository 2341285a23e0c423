"""Random forests in NumPy: many trees, each on a bootstrap, each split among features drawn."""

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin

from .forest_growth import ForestGrowth
from .forest_reading import ForestReading
from .tree_descent import TreeDescent
from .tree_settings import TreeSettings
from .tree_targets import ClassTarget, NumberTarget


class _RandomForest(ForestReading, ForestGrowth, TreeDescent, TreeSettings):
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
    n_estimators : int ≥ 1, default 100
        Number of trees B.
    criterion : {"gini", "entropy"}, default "gini"
        The impurity; of entropy in bits.
    max_depth : int ≥ 1 or None, default None
        Most questions that a row is asked; None: until a node is pure or too small.
    min_samples_split : int ≥ 2 or float in (0, 1], default 2
        Different rows that a node needs to be split; a float is a share of the rows.
    min_samples_leaf : int ≥ 1 or float in (0, 1], default 1
        Different rows that a split must leave on either side; a float is a share of the rows.
    min_weight_fraction_leaf : float in [0, 0.5], default 0.0
        Share of the weight of all rows that a split must leave on either side.
    max_features : int ≥ 1, float in (0, 1], "sqrt", "log2" or None, default "sqrt"
        Features that each node draws to choose from: that many, that share, the square root or
        the logarithm of d, all.  A node that none of them can split draws others.
    bootstrap : bool, default True
        Draw the rows of each tree; otherwise every tree sees all rows.
    oob_score : bool, default False
        Learn the out-of-bag predictions and their accuracy.
    n_jobs : int ≥ 1, -1 or None, default None
        Threads, -1 for one a core, None for 1; the forest stays the same.  One thread grows
        trees of up to 262,144 rows in all, so that a small forest gains nothing.
    random_state : int, Generator or None, default None
        Seed of the bootstraps and of the features drawn.
    class_weight : dict of label to weight, "balanced" or None, default None
        Weights that multiply ``sample_weight``; "balanced" gives each class the same in all.
    ccp_alpha : float ≥ 0, default 0.0
        Branches that take less than this from a tree's impurity, for each leaf more, are cut.
    max_samples : int ≥ 1, float in (0, 1] or None, default None
        Rows that each tree draws: that many, that share of n, n.

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

    _criteria = ("gini", "entropy")

    def __init__(
        self,
        n_estimators=100,
        criterion="gini",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features="sqrt",
        bootstrap=True,
        oob_score=False,
        n_jobs=None,
        random_state=None,
        class_weight=None,
        ccp_alpha=0.0,
        max_samples=None,
    ):
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.class_weight = class_weight
        self.ccp_alpha = ccp_alpha
        self.max_samples = max_samples

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


class RandomForestRegressor(NumberTarget, RegressorMixin, _RandomForest):
    r"""The mean of many regression trees that differ by what they drew.

    .. math::
        \hat y(x) = \frac{1}{B} \sum_{b=1}^{B} \hat y_b(x)

    What is drawn, and out of bag, is as in :class:`RandomForestClassifier`.

    Parameters
    ----------
    n_estimators : int ≥ 1, default 100
        Number of trees B.
    criterion : {"squared_error"}, default "squared_error"
        The impurity: the mean squared distance from the mean, in the squared unit of ``y``.
    max_depth : int ≥ 1 or None, default None
        Most questions that a row is asked; None: until a node is pure or too small.
    min_samples_split : int ≥ 2 or float in (0, 1], default 2
        Different rows that a node needs to be split; a float is a share of the rows.
    min_samples_leaf : int ≥ 1 or float in (0, 1], default 1
        Different rows that a split must leave on either side; a float is a share of the rows.
    min_weight_fraction_leaf : float in [0, 0.5], default 0.0
        Share of the weight of all rows that a split must leave on either side.
    max_features : int ≥ 1, float in (0, 1], "sqrt", "log2" or None, default 1.0
        Features that each node draws to choose from, as in the classifier.
    bootstrap : bool, default True
        Draw the rows of each tree; otherwise every tree sees all rows.
    oob_score : bool, default False
        Learn the out-of-bag predictions and their R².
    n_jobs : int ≥ 1, -1 or None, default None
        Threads, as in the classifier.
    random_state : int, Generator or None, default None
        Seed of the bootstraps and of the features drawn.
    ccp_alpha : float ≥ 0, default 0.0
        Branches that take less than this from a tree's impurity, for each leaf more, are cut.
    max_samples : int ≥ 1, float in (0, 1] or None, default None
        Rows that each tree draws, as in the classifier.

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

    _criteria = ("squared_error",)

    def __init__(
        self,
        n_estimators=100,
        criterion="squared_error",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features=1.0,
        bootstrap=True,
        oob_score=False,
        n_jobs=None,
        random_state=None,
        ccp_alpha=0.0,
        max_samples=None,
    ):
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_weight_fraction_leaf = min_weight_fraction_leaf
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.ccp_alpha = ccp_alpha
        self.max_samples = max_samples

    def predict(self, X):
        """The mean over the trees of the mean in the leaf of each row, in the unit of ``y``."""
        return self._mean_of_leaves(X)

    def _score_out_of_bag(self, out_of_bag, y):
        self.oob_prediction_ = out_of_bag
        known = ~np.isnan(out_of_bag)
        left = np.sum((y[known] - out_of_bag[known]) ** 2)
        self.oob_score_ = float(1 - left / np.sum((y[known] - y[known].mean()) ** 2))

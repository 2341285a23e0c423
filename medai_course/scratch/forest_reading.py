"""What can be asked of a forest that was grown: its leaves, their mean, its features."""

import numpy as np
from sklearn.utils.validation import check_is_fitted


class ForestReading:
    """The methods of a fitted forest that need no more than ``trees_``."""

    def apply(self, X):
        """The node of each tree in which each row of ``X`` (n, d) ends: (n, n_estimators)."""
        check_is_fitted(self)
        return self._leaves(self._check_new_X(X), self.trees_)

    def _mean_of_leaves(self, X):
        """(1 / trees) sum of the values of the leaves in which a row ends."""
        leaves = self.apply(X)
        return sum(t.value[leaf] for t, leaf in zip(self.trees_, leaves.T)) / len(self.trees_)

    @property
    def feature_importances_(self):
        """What each feature's questions take from the impurity, mean share over the trees: (d,).

        It favours features with many values, and is measured on the rows that grew the trees;
        ``medai_course.evaluation.permutation_importance`` asks new rows.
        """
        check_is_fitted(self)
        shares = [tree.importances(self.n_features_in_) for tree in self.trees_]
        total = np.sum(shares, 0)
        return total / total.sum() if total.sum() > 0 else total

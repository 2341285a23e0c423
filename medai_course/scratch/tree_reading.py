"""What can be asked of a tree that was grown: its leaves, its depth, its words."""

from sklearn.utils.validation import check_is_fitted

from .tree_text import leaf_rules, nested_questions


class TreeReading:
    """The methods of a fitted tree that need no more than ``tree_``."""

    def apply(self, X):
        """The node of ``tree_`` in which each row of ``X`` (n, d) ends: shape (n,)."""
        check_is_fitted(self)
        return self._leaves(self._check_new_X(X), [self.tree_])[:, 0]

    def get_depth(self):
        """Most questions that a row is asked."""
        check_is_fitted(self)
        return self.tree_.max_depth

    def get_n_leaves(self):
        """Number of leaves."""
        check_is_fitted(self)
        return self.tree_.n_leaves

    @property
    def feature_importances_(self):
        """What each feature's questions take from the impurity, as shares that sum to 1: (d,).

        It favours features with many values, and is measured on the rows that grew the tree;
        ``medai_course.evaluation.permutation_importance`` asks new rows.
        """
        check_is_fitted(self)
        return self.tree_.importances(self.n_features_in_)

    def export_text(self, feature_names=None, class_names=None):
        """The tree as nested ``if … otherwise …``, with what each leaf predicts and for how many.

        ``feature_names`` (d,) and, of a classifier, ``class_names`` (k,) in the order of
        ``classes_`` replace column numbers and labels.
        """
        return nested_questions(*self._in_words(feature_names, class_names))

    def rules(self, feature_names=None, class_names=None):
        """One sentence a leaf, from left to right: what leads to it, and what it predicts."""
        return leaf_rules(*self._in_words(feature_names, class_names))

    def _in_words(self, feature_names, class_names):
        check_is_fitted(self)
        names = feature_names
        if names is None:
            names = getattr(self, "feature_names_in_", None)
        if names is None:
            names = [f"x{f}" for f in range(self.n_features_in_)]
        if len(names) != self.n_features_in_:
            raise ValueError(
                f"feature_names has {len(names)} names, but fit saw {self.n_features_in_} columns"
            )
        return self.tree_, names, self._describe_leaf(class_names), self._missing_seen

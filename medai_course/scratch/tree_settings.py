"""The hyper-parameters that trees and forests share, checked and turned into numbers."""

import numbers

import numpy as np
from sklearn.utils.validation import _check_sample_weight, validate_data

from .base import Estimator, check_choice, check_count, check_positive


class TreeSettings(Estimator):
    """An estimator whose ``X`` may have missing values (NaN) and whose rows may have weights."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _check_data(self, X, y, sample_weight):
        """X (n, d), y (n,) and the weights (n,), of which some must be more than 0."""
        options = {"y_numeric": True} if not self._one_hot else {}
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", **options)
        w = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        w = self._class_weights(y, w)
        if not w.sum() > 0:
            raise ValueError("sample_weight and class_weight leave no row with a weight above 0")
        return X, self._learn_target(y), w

    def _check_new_X(self, X):
        return validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)

    def _check_settings(self, n, d):
        """Check the hyper-parameters; shares of n rows or d features become counts."""
        check_choice("criterion", self.criterion, self._criteria)
        check_positive("ccp_alpha", self.ccp_alpha, zero=True)
        check_positive("min_weight_fraction_leaf", self.min_weight_fraction_leaf, zero=True)
        if self.min_weight_fraction_leaf > 0.5:
            raise ValueError(
                "min_weight_fraction_leaf must be at most 0.5, so that both sides can have it, got "
                f"{self.min_weight_fraction_leaf!r}"
            )
        if self.max_depth is not None:
            check_count("max_depth", self.max_depth)
        self._min_split = max(
            2, count_or_share("min_samples_split", self.min_samples_split, n, least=2)
        )
        self._min_leaf = count_or_share("min_samples_leaf", self.min_samples_leaf, n)
        self._n_drawn = self._count_features(d)

    def _count_features(self, d):
        """How many features a node draws."""
        named = {None: d, "sqrt": int(np.sqrt(d)), "log2": int(np.log2(d))}
        if self.max_features is None or isinstance(self.max_features, str):
            check_choice("max_features", self.max_features, tuple(named))
            return max(1, named[self.max_features])
        if _is_share(self.max_features):
            return max(
                1, int(count_or_share("max_features", self.max_features, d, rounded=np.floor))
            )
        check_count("max_features", self.max_features, most=d, of="columns of X")
        return int(self.max_features)


def _is_share(value):
    return isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral)


def count_or_share(name, value, whole, least=1, rounded=np.ceil):
    """A count as it is; a share between 0 and 1 of the whole as a count."""
    if _is_share(value):
        if not 0 < value <= 1:
            raise ValueError(f"{name} as a share must be above 0 and at most 1, got {value!r}")
        return int(rounded(value * whole))
    check_count(name, value)
    if value < least:
        raise ValueError(f"{name} must be an integer ≥ {least} or a share, got {value!r}")
    return int(value)

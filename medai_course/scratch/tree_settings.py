"""The hyper-parameters that trees and forests share, checked and turned into numbers."""

import numbers
from dataclasses import dataclass

import numpy as np
from sklearn.utils.validation import _check_sample_weight, validate_data

from .base import Estimator, check_choice, check_count, check_positive

SPLITTING = """max_depth : int ≥ 1 or None, default None
        Most questions that a row is asked; None: until a node is pure or too small.
    min_samples_split : int ≥ 2 or float in (0, 1], default 2
        Different rows that a node needs to be split; a float is a share of the rows.
    min_samples_leaf : int ≥ 1 or float in (0, 1], default 1
        Different rows that a split must leave on either side; a float is a share of the rows.
    min_weight_fraction_leaf : float in [0, 0.5], default 0.0
        Share of the weight of all rows that a split must leave on either side.
    max_features : int ≥ 1, float in (0, 1], "sqrt", "log2" or None
        Features that each node draws to choose from: that many, that share, the square root or
        the logarithm of d, all.  A node that none of them can split draws others.  By default all,
        in a forest of classifiers "sqrt".
    ccp_alpha : float ≥ 0, default 0.0
        Branches that take less than this from a tree's impurity, for each leaf more, are cut.
    random_state : int, Generator or None, default None
        Seed of all that is drawn: features, and in a forest the bootstraps."""


@dataclass(eq=False, repr=False, kw_only=True)
class TreeSettings(Estimator):
    """An estimator whose ``X`` may have missing values (NaN) and whose rows may have weights."""

    max_depth: int | None = None
    min_samples_split: int | float = 2
    min_samples_leaf: int | float = 1
    min_weight_fraction_leaf: float = 0.0
    max_features: int | float | str | None = None
    ccp_alpha: float = 0.0
    random_state: object = None

    _shared_docs = (("splitting", SPLITTING),)

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

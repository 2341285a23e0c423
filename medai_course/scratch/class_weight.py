"""How much each row of a classification counts: its own weight times that of its class."""

import numpy as np
from sklearn.utils.validation import _check_sample_weight


def row_weights(X, codes, classes, class_weight, sample_weight):
    """Weights (n,) of the rows, whose classes are ``classes[codes]``; every class must have some.

    "balanced" gives each of the K classes the same total: W / (K W_k), W the sum of
    ``sample_weight``.
    """
    w = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
    totals = np.bincount(codes, w, len(classes))
    if not (totals > 0).all():
        lost = ", ".join(map(repr, classes[totals <= 0].tolist()))
        raise ValueError(f"sample_weight is 0 for every row of class {lost}: drop those rows")
    return w if class_weight is None else w * _weights(class_weight, classes, totals)[codes]


def _weights(class_weight, classes, totals):
    if isinstance(class_weight, str) and class_weight == "balanced":
        return totals.sum() / (len(classes) * totals)
    if not isinstance(class_weight, dict):
        raise ValueError(
            f"class_weight must be None, 'balanced' or a dict of weights, got {class_weight!r}"
        )
    known = classes.tolist()
    if unknown := [label for label in class_weight if label not in known]:
        raise ValueError(f"class_weight names classes that y does not have: {unknown}")
    weights = np.array([class_weight.get(label, 1.0) for label in known], np.float64)
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise ValueError(f"class_weight must hold finite numbers > 0, got {class_weight!r}")
    return weights


def encoded_classes(y):
    """The different labels, sorted, and the place of each row's label among them."""
    classes, codes = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(
            f"y holds only one class, {classes.tolist()[0]!r}: a classifier needs at least two"
        )
    return classes, codes

"""What every estimator of the course shares: scikit-learn's contract and one border for arrays.

``fit`` and ``predict`` of an algorithm are written once, in NumPy's namesake package.  They carry
their inputs over the border with ``_to_backend``, call the *verbs* (the few methods that hold the
formula), and bring the result home with ``_to_numpy``.  A framework's class inherits all of it and
rewrites the verbs.
"""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data


class Estimator(BaseEstimator):
    """An estimator whose arrays are NumPy's; the frameworks' mixins override the two crossings.

    What several estimators document alike stands once in ``_shared_docs``: ``{name}`` in the
    docstring of a subclass becomes the text of that name.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for base in cls.__mro__ if cls.__doc__ else ():
            for name, text in vars(base).get("_shared_docs", ()):
                cls.__doc__ = cls.__doc__.replace("{" + name + "}", text)

    def _to_backend(self, *arrays):
        """The backend's own arrays, for the verbs."""
        return arrays if len(arrays) > 1 else arrays[0]

    def _to_numpy(self, *arrays):
        """ndarrays, for learned attributes and predictions."""
        return arrays if len(arrays) > 1 else arrays[0]

    def _check_fitted_X(self, X):
        """A finite float64 (n, d) array with the features that ``fit`` saw, or a clear error."""
        check_is_fitted(self)
        return validate_data(self, X, dtype=np.float64, reset=False)


def check_positive(name, value, *, zero=False):
    """Raise a ValueError that names the argument unless ``value`` is a finite number > 0 (>= 0)."""
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not np.isfinite(value) or value < 0 or (value == 0 and not zero):
        raise ValueError(f"{name} must be a finite number {'≥' if zero else '>'} 0, got {value!r}")


def check_choice(name, value, choices):
    """Raise a ValueError that names the argument and lists ``choices`` unless value is one."""
    if value not in choices:
        listed = ", ".join(map(repr, choices))
        raise ValueError(f"{name} must be one of {listed}, got {value!r}")


def check_count(name, value, *, most=None, of=""):
    """Raise a ValueError that names the argument unless ``value`` is an integer from 1 to most."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < 1:
        raise ValueError(f"{name} must be an integer ≥ 1, got {value!r}")
    if most is not None and value > most:
        raise ValueError(f"{name}={value} must be at most {most}, the number of {of}")

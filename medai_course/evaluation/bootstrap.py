"""Confidence intervals that resample patients, for any metric.

Measurements of one patient resemble each other: a thousand heart beats of five patients are nearer
to five independent observations than to a thousand.  Resampling rows ignores that.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri
from scipy.stats import t as student

from .inputs import check_share, patient_codes
from .interval import Interval

METHODS = ("expanded", "percentile", "bca")
_CELLS = 2**15  # resamples times patients drawn at once: a block stays in the cache


def additive(of_sums: Callable[..., Any]) -> Callable[[Callable], Callable[..., float]]:
    """Make a metric of a function that gives each observation's terms: ``of_sums(sums..., n)``.

    The decorated function returns one array of shape (n,), or several; the metric adds each up and
    hands the sums, then the number of observations, to ``of_sums``, which must work elementwise.
    A resample of patients only changes how often each patient's sums count, so that all resamples
    together are one matrix product.

    >>> @additive(lambda squared, n: np.sqrt(squared / n))
    ... def root_mean_square(x):
    ...     return np.square(x)
    >>> root_mean_square([3.0, 4.0, 5.0, 6.0, 8.0])
    5.477225575051661
    """

    def decorate(terms):
        @functools.wraps(terms)
        def metric(*args, **kwargs):
            rows = _rows(terms(*args, **kwargs))
            return float(_formula(of_sums, rows.sum(axis=1)))

        metric.__signature__ = inspect.signature(terms).replace(return_annotation=float)
        metric.terms, metric.of_sums = terms, of_sums
        return metric

    return decorate


def patient_bootstrap(
    metric: Callable[..., float],
    *arrays: ArrayLike,
    patient_ids: ArrayLike,
    n_resamples: int = 2000,
    level: float = 0.95,
    random_state: int | np.random.Generator | None = 0,
    method: str = "expanded",
    max_undefined: float = 0.05,
) -> Interval:
    """``metric(*arrays)`` with a confidence interval from resampled patients.

    As many patients as there are get drawn with replacement, each with all observations (the
    cluster bootstrap of Field and Welsh 2007).  The same ``random_state`` and ``patient_ids`` give
    the same draws for every metric, so that models can be compared within a draw.

    Parameters
    ----------
    metric : callable
        Takes the arrays, gives a number; NaN, or a ValueError, where it is undefined.  Metrics
        made with ``additive`` are much faster, with the same result.
    *arrays : array-like of shape (n, ...)
        What the metric takes, one entry an observation.
    patient_ids : array-like of shape (n,)
        Whose each observation is.
    n_resamples : int ≥ 100
    level : float between 0 and 1
        Confidence level.
    random_state : int, Generator or None
    method : {"expanded", "percentile", "bca"}
        ``"percentile"``: quantiles of the resampled values; too narrow for few patients.
        ``"expanded"``: the same at the wider levels that give a mean the width of Student's t
        with P - 1 degrees of freedom (Hesterberg 2015); the difference vanishes for many
        patients.  ``"bca"``: corrected for bias and skewness (Efron 1987), one more evaluation
        for each patient; no better than ``"percentile"`` for few patients.
    max_undefined : float
        Largest share of resamples without a value that is tolerated.

    Raises
    ------
    ValueError
        Fewer than two patients; arrays of different length; a metric without a value for the data
        or in more than ``max_undefined`` of the resamples; a parameter outside its range.

    Notes
    -----
    With fewer than some 24 patients read the limits as rough (Flynn and Peters 2004).  In 1,000
    simulated studies of 12 patients, ten skewed errors each, 95 % intervals of the mean absolute
    error held the truth in 90 % ("expanded"), 85 % ("percentile"), 87 % ("bca"), and 61 % when
    rows were resampled; with 48 patients in 92, 92, 91 and 62 %.

    References
    ----------
    Field, C. A. and Welsh, A. H. (2007). Bootstrapping clustered data. J. R. Stat. Soc. B 69(3),
    369-390. doi:10.1111/j.1467-9868.2007.00593.x

    Hesterberg, T. C. (2015). What teachers should know about the bootstrap. The American
    Statistician 69(4), 371-386. doi:10.1080/00031305.2015.1089789

    Efron, B. (1987). Better bootstrap confidence intervals. J. Am. Stat. Assoc. 82(397), 171-185.
    doi:10.1080/01621459.1987.10478410

    Flynn, T. N. and Peters, T. J. (2004). Use of the bootstrap in analysing cost data from cluster
    randomised trials. BMC Health Serv. Res. 4, 33. doi:10.1186/1472-6963-4-33
    """
    check_share("level", level)
    if not 0 <= max_undefined < 1:
        raise ValueError(f"max_undefined must be at least 0 and below 1, got {max_undefined!r}")
    if method not in METHODS:
        raise ValueError(f"method must be one of {METHODS}, got {method!r}")
    sample = _Sample(metric, arrays, patient_ids)
    value = float(metric(*sample.arrays))
    if not np.isfinite(value):
        raise ValueError(f"the metric has no value for these data (it gave {value})")
    drawn = sample.values(n_resamples, np.random.default_rng(random_state))
    defined = drawn[np.isfinite(drawn)]
    undefined = 1 - defined.size / drawn.size
    if undefined > max_undefined:
        raise ValueError(
            f"the metric has no value in {undefined:.1%} of the resamples (an outcome that is "
            "constant, or a class that is missing, when some patients are left out): get more "
            "patients, choose another metric, or raise max_undefined"
        )
    levels = _quantile_levels(method, (1 - level) / 2, sample, value, defined)
    low, high = np.quantile(defined, levels)
    return Interval(value, float(low), float(high), level, undefined)


def bootstrap_values(
    metric: Callable[..., float],
    *arrays: ArrayLike,
    patient_ids: ArrayLike,
    n_resamples: int = 2000,
    random_state: int | np.random.Generator | None = 0,
) -> np.ndarray:
    """What ``patient_bootstrap`` sums up: the metric in each resample, NaN where undefined."""
    sample = _Sample(metric, arrays, patient_ids)
    return sample.values(n_resamples, np.random.default_rng(random_state))


class _Sample:
    """The data of one bootstrap: the metric in any draw of its patients."""

    def __init__(self, metric, arrays, patient_ids):
        self.metric, self.arrays = metric, [np.asarray(array) for array in arrays]
        n = np.size(patient_ids)
        for i, array in enumerate(self.arrays):
            if array.shape[:1] != (n,):
                message = f"array {i + 1} has shape {array.shape} and patient_ids has {n} entries"
                raise ValueError(f"{message}: give one entry an observation in each")
        self.codes, self.n_patients = patient_codes(patient_ids, n)
        if self.n_patients < 2:
            raise ValueError(
                "an interval over patients needs at least two patients and patient_ids names "
                f"{self.n_patients}: add patients, or report the value without an interval"
            )
        self._sizes = np.bincount(self.codes)
        self._starts = self._sizes.cumsum() - self._sizes
        self._by_patient = np.argsort(self.codes, kind="stable")

    def values(self, n_resamples, rng):
        """The metric in each resample, shape (n_resamples,)."""
        evaluate = self._from_sums() if hasattr(self.metric, "of_sums") else self._from_rows
        draws = _draws(n_resamples, self.n_patients, rng)
        return np.concatenate([evaluate(drawn) for drawn in draws])

    def without_each(self):
        """The metric without one patient, for each patient in turn: the jackknife, shape (P,)."""
        if hasattr(self.metric, "of_sums"):
            sums = self._patient_sums()
            return _formula(self.metric.of_sums, sums.sum(axis=1, keepdims=True) - sums)
        others = np.arange(self.n_patients - 1)
        return self._from_rows(others + (others >= i) for i in range(self.n_patients))

    def _patient_sums(self):
        rows = _rows(self.metric.terms(*self.arrays))
        return np.stack([np.bincount(self.codes, weights=row) for row in rows])

    def _from_sums(self):
        sums, P = self._patient_sums(), self.n_patients

        def evaluate(drawn):
            cells = drawn + P * np.arange(len(drawn))[:, None]
            counts = np.bincount(cells.ravel(), minlength=drawn.size).reshape(drawn.shape)
            return _formula(self.metric.of_sums, sums @ counts.T.astype(np.float64))

        return evaluate

    def _from_rows(self, draws):
        return np.array([self._value_of(drawn) for drawn in draws])

    def _value_of(self, drawn):
        sizes = self._sizes[drawn]
        shifts = self._starts[drawn] - (sizes.cumsum() - sizes)
        rows = self._by_patient[np.arange(sizes.sum()) + np.repeat(shifts, sizes)]
        try:
            return float(self.metric(*(array[rows] for array in self.arrays)))
        except ValueError:  # undefined in this resample; it was defined for the data themselves
            return np.nan


def _rows(terms):
    """The terms and a row of ones, shape (k + 1, n)."""
    rows = np.atleast_2d(np.asarray(terms, np.float64))
    return np.vstack([rows, np.ones(rows.shape[1])])


def _formula(of_sums, sums):
    with np.errstate(divide="ignore", invalid="ignore"):
        return of_sums(*sums)


def _draws(n_resamples, n_patients, rng):
    """Blocks of draws, one row a resample, of a size that fits the memory."""
    if not isinstance(n_resamples, (int, np.integer)) or n_resamples < 100:
        raise ValueError(f"n_resamples must be an integer ≥ 100, got {n_resamples!r}")
    block = max(1, _CELLS // n_patients)
    for start in range(0, n_resamples, block):
        yield rng.integers(0, n_patients, (min(block, n_resamples - start), n_patients))


def _quantile_levels(method, tail, sample, value, values):
    """The two quantiles of the resampled values that bound the interval."""
    if method == "expanded":
        P = sample.n_patients
        tail = ndtr(np.sqrt(P / (P - 1)) * student.ppf(tail, P - 1))
    if method != "bca" or np.ptp(values) == 0:
        return tail, 1 - tail
    bias = ndtri((np.mean(values < value) + np.mean(values <= value)) / 2)
    others = sample.without_each()
    pull = others.mean() - others  # of each patient on the metric
    with np.errstate(invalid="ignore"):
        skewness = np.sum(pull**3) / np.sum(pull**2) ** 1.5 / 6
    if not np.isfinite(bias + skewness):
        raise ValueError('the bca interval does not exist for these data: use method="expanded"')
    z = bias + ndtri([tail, 1 - tail])
    return ndtr(bias + z / (1 - skewness * z))

"""What does a positive test mean?  Sensitivity, predictive values and their intervals."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from scipy.stats import norm

from .bootstrap import additive
from .inputs import check_share, measurements, outcomes
from .interval import Interval


def _decisions(y_true, y_pred):
    """Zeros and ones; one class alone will do, as in a resample."""
    checked = measurements(y_true=y_true, y_pred=y_pred)
    for name, values in zip(("y_true", "y_pred"), checked):
        if not np.isin(values, (0, 1)).all():
            raise ValueError(f"{name} must be 1 or 0; make a decision of a score by a threshold")
    return checked


@additive(lambda found, ill, n: found / ill)
def sensitivity(y_true: ArrayLike, y_pred: ArrayLike):
    """Share of the diseased who test positive, TP / (TP + FN); NaN if nobody is diseased.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        Disease and test result: 1 or 0.

    Raises
    ------
    ValueError
        Lengths differ; an entry other than 0 and 1.
    """
    y, p = _decisions(y_true, y_pred)
    return y * p, y


@additive(lambda cleared, well, n: cleared / well)
def specificity(y_true: ArrayLike, y_pred: ArrayLike):
    """Share of the others who test negative, TN / (TN + FP).  Otherwise as ``sensitivity``."""
    y, p = _decisions(y_true, y_pred)
    return (1 - y) * (1 - p), 1 - y


@additive(lambda found, positive, n: found / positive)
def positive_predictive_value(y_true: ArrayLike, y_pred: ArrayLike):
    """Share of the positive who are diseased, TP / (TP + FP).  Otherwise as ``sensitivity``."""
    y, p = _decisions(y_true, y_pred)
    return y * p, p


@additive(lambda cleared, negative, n: cleared / negative)
def negative_predictive_value(y_true: ArrayLike, y_pred: ArrayLike):
    """Share of the negative who are not diseased, TN / (TN + FN).  Otherwise as ``sensitivity``."""
    y, p = _decisions(y_true, y_pred)
    return (1 - y) * (1 - p), 1 - p


@additive(lambda found, ill, positive, n: 2 * found / (ill + positive))
def f1_score(y_true: ArrayLike, y_pred: ArrayLike):
    """Harmonic mean of sensitivity and PPV, 2 TP / (2 TP + FP + FN).  Otherwise as those."""
    y, p = _decisions(y_true, y_pred)
    return y * p, y, p


def wilson_interval(successes: int, n: int, level: float = 0.95) -> Interval:
    r"""A share k / n with Wilson's interval, which stays between 0 and 1 and holds for small n.

    .. math::
        \frac{k + z^2/2}{n + z^2} \pm \frac{z}{n + z^2} \sqrt{\frac{k (n-k)}{n} + \frac{z^2}{4}}

    The limits are NaN, and so is the share, where n is 0.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. J.
    Am. Stat. Assoc. 22(158), 209-212. doi:10.1080/01621459.1927.10502953
    """
    check_share("level", level)
    if not 0 <= successes <= n:
        raise ValueError(f"successes must be between 0 and n, got {successes!r} of {n!r}")
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, level)
    z = norm.isf((1 - level) / 2)
    centre = (successes + z**2 / 2) / (n + z**2)
    margin = z / (n + z**2) * np.sqrt(successes * (n - successes) / n + z**2 / 4)
    low = 0.0 if successes == 0 else float(centre - margin)
    high = 1.0 if successes == n else float(centre + margin)
    return Interval(float(successes / n), low, high, level)


def diagnostic_report(
    y_true: ArrayLike,
    y_score: ArrayLike,
    threshold: float = 0.5,
    prevalence: float | None = None,
    level: float = 0.95,
) -> pd.Series:
    """What a test does at a threshold: a Series of Interval, one row of different patients each.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 where the patient has the disease, 0 where not.
    y_score : array-like of shape (n,)
        The test is positive at ``threshold`` or above.
    threshold : float
    prevalence : float between 0 and 1, or None
        Share of diseased where the test will be used; None takes that of these patients.
    level : float between 0 and 1

    Returns
    -------
    Series
        Sensitivity, specificity and accuracy with Wilson's interval; PPV and NPV also with
        Wilson's, or, at another ``prevalence``, by ``predictive_values``; F1 without limits (use
        ``patient_bootstrap``).  A value is NaN where nobody is positive, or nobody negative.

    Raises
    ------
    ValueError
        Lengths differ; an entry is not a finite number; ``y_true`` not 0 or 1, or constant;
        ``prevalence`` or ``level`` not between 0 and 1.
    """
    y, score = outcomes(y_true, y_score=y_score)
    if not np.isfinite(threshold):
        raise ValueError(f"threshold must be a finite number, got {threshold!r}")
    positive = score >= threshold
    tp, fp = int(np.sum(y * positive)), int(np.sum((1 - y) * positive))
    fn, tn = int(np.sum(y)) - tp, int(np.sum(1 - y)) - fp
    report = {
        "sensitivity": wilson_interval(tp, tp + fn, level),
        "specificity": wilson_interval(tn, tn + fp, level),
        "PPV": wilson_interval(tp, tp + fp, level),
        "NPV": wilson_interval(tn, tn + fn, level),
        "accuracy": wilson_interval(tp + tn, len(y), level),
        "F1": Interval(2 * tp / (2 * tp + fp + fn), np.nan, np.nan, level),
    }
    if prevalence is not None:
        values = predictive_values(tp, fn, fp, tn, prevalence, level)
        report["PPV"], report["NPV"] = values
    return pd.Series(report, name=f"threshold {threshold:g}")


def predictive_values(
    tp: int, fn: int, fp: int, tn: int, prevalence: float, level: float = 0.95
) -> tuple[Interval, Interval]:
    r"""PPV and NPV where a share :math:`\pi` of the tested is diseased, from a case-control table.

    .. math::
        \mathrm{odds}(\mathrm{PPV}) = \frac{\mathrm{sens}}{1-\mathrm{spec}}\,\mathrm{odds}(\pi),
        \qquad
        \mathrm{odds}(\mathrm{NPV}) = \frac{\mathrm{spec}}{1-\mathrm{sens}} \big/ \mathrm{odds}(\pi)

    The intervals are symmetric in the log odds, and NaN where a cell that they divide by is empty.

    References
    ----------
    Mercaldo, N. D., Lau, K. F. and Zhou, X. H. (2007). Confidence intervals for predictive values
    with an emphasis to case-control studies. Statistics in Medicine 26(10), 2170-2183.
    doi:10.1002/sim.2677
    """
    check_share("prevalence", prevalence)
    check_share("level", level)
    ill, well, z = tp + fn, fp + tn, norm.isf((1 - level) / 2)
    values = []
    for hit, of, miss, others, odds in ((tp, ill, fp, well, 1), (tn, well, fn, ill, -1)):
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.divide(hit, of) / np.divide(miss, others)
            centre = np.log(ratio) + odds * logit(prevalence)
            error = np.sqrt(1 / np.float64(hit) - 1 / of + 1 / np.float64(miss) - 1 / others)
            low, high = expit(centre - z * error), expit(centre + z * error)
        known = hit > 0 and miss > 0
        limits = (float(low), float(high)) if known else (np.nan, np.nan)
        values.append(Interval(float(expit(centre)), *limits, level))
    return tuple(values)

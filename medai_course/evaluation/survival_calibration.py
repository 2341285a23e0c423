"""Do 60 % of those with a predicted survival of 60 % survive?  Calibration of censored patients."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from .calibration import _bins
from .censoring import CensoringCurve, outcome_times
from .inputs import check_share, measurements, probabilities
from .interval import Interval


def survival_at(time: ArrayLike, event: ArrayLike, horizon: float, level: float = 0.95) -> Interval:
    r"""Kaplan-Meier survival at one time, with Greenwood's interval on the log-log scale.

    .. math::
        \hat S(t)^{\exp(\pm z \sqrt{V} / \log \hat S(t))}, \qquad
        V = \sum_{t_j \le t} \frac{d_j}{n_j (n_j - d_j)}

    Parameters
    ----------
    time, event : array-like of shape (n,)
        Time ≥ 0 of the event (1) or of censoring (0).
    horizon : float ≥ 0
        In the unit of ``time``.
    level : float between 0 and 1

    Returns
    -------
    Interval
        Limits are NaN where survival is 1 or 0.

    Raises
    ------
    ValueError
        Lengths differ; an entry is not a finite number; an event not 0 or 1; nobody followed to the
        ``horizon``.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations.
    J. Am. Stat. Assoc. 53(282), 457-481. doi:10.1080/01621459.1958.10501452
    """
    check_share("level", level)
    time, event = outcome_times(time, event)
    curve = CensoringCurve(time, ~event, events_first=False)
    (S,) = curve.at(np.array([_horizon(horizon)]), "the horizon", zero=True)
    times, place, leaving = np.unique(time, return_inverse=True, return_counts=True)
    n, d = np.cumsum(leaving[::-1])[::-1], np.bincount(place, event)
    if not 0 < S < 1:
        return Interval(float(S), np.nan, np.nan, level)
    early = times <= horizon
    variance = np.sum((d / np.where(early, n * (n - d), 1))[early])
    exponent = np.exp(ndtri((1 + level) / 2) * np.sqrt(variance) / -np.log(S))
    return Interval(float(S), float(S**exponent), float(S ** (1 / exponent)), level)


def survival_calibration_curve(
    time: ArrayLike,
    event: ArrayLike,
    survival: ArrayLike,
    horizon: float,
    n_bins: int = 5,
    level: float = 0.95,
) -> pd.DataFrame:
    """Predicted and observed survival to one time, group by group of similar predictions.

    Parameters
    ----------
    time, event : array-like of shape (n,)
        Time ≥ 0 of the event (1) or of censoring (0).
    survival : array-like of shape (n,)
        Predicted probability of each patient to live longer than ``horizon`` without the event.
    horizon : float ≥ 0
        In the unit of ``time``.
    n_bins : int ≥ 1
        Groups of equally many patients; ties stay together, empty groups are left out.
    level : float between 0 and 1

    Returns
    -------
    DataFrame
        A row a group: ``n``, mean ``predicted`` survival, and ``observed``, the Kaplan-Meier
        estimate at the horizon with its interval.

    Raises
    ------
    ValueError
        As for ``survival_at``, in any group; ``survival`` not between 0 and 1.

    References
    ----------
    Royston, P. and Altman, D. G. (2013). External validation of a Cox prognostic model: principles
    and methods. BMC Medical Research Methodology 13, 33. doi:10.1186/1471-2288-13-33
    """
    time, event = outcome_times(time, event)
    _, survival = measurements(time=time, survival=survival)
    probabilities(survival=survival)
    group = _bins(survival, n_bins, "quantile")
    rows = [
        {
            "n": int(np.sum(group == k)),
            "predicted": float(survival[group == k].mean()),
            "observed": survival_at(time[group == k], event[group == k], horizon, level),
        }
        for k in np.unique(group)
    ]
    return pd.DataFrame(rows)


def _horizon(horizon):
    if not np.isfinite(horizon) or horizon < 0:
        raise ValueError(f"horizon must be a time ≥ 0, got {horizon!r}")
    return float(horizon)

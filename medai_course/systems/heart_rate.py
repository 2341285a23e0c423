"""From R peaks to heart rate: intervals, cleaning, features of windows, a table to forecast from.

The detector (:mod:`.r_peaks`) and its judge (:mod:`.beat_matching`) are offered here as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd

from ..data.recording import ECGRecording
from .beat_matching import BeatMatch, match_beats
from .r_peaks import detect_r_peaks
from .rr_cleaning import clean_rr

__all__ = [
    "BeatMatch",
    "clean_rr",
    "detect_r_peaks",
    "forecast_table",
    "heart_rate",
    "match_beats",
    "windowed_features",
]

CONTEXT = 20.0  # s of beats before a history, for the running median at its start
MOST_CLEANED = 0.5  # a window that had to lose more of its intervals says nothing


def heart_rate(r_peaks: np.ndarray, sampling_rate: float) -> np.ndarray:
    """Instantaneous heart rate, 60 / RR, of each interval between successive beats.

    Its mean is *not* the heart rate of the whole stretch, which is 60 times the number of
    intervals over their total time: short intervals count too often (Jensen's inequality).

    Parameters
    ----------
    r_peaks : array of int, shape (n,)
        Increasing sample indices of the beats.
    sampling_rate : float > 0
        Samples per second (Hz).

    Returns
    -------
    ndarray of shape (n - 1,)
        Beats/min; empty for fewer than two beats.

    Raises
    ------
    ValueError
        Indices that do not increase, or ``sampling_rate`` not positive.
    """
    return 60 / np.diff(_beat_times(r_peaks, sampling_rate))


def windowed_features(
    r_peaks: np.ndarray,
    sampling_rate: float,
    window: float = 30.0,
    step: float | None = None,
    start: float = 0.0,
    stop: float | None = None,
) -> pd.DataFrame:
    """Heart rate and its variability in each stretch of ``window`` seconds.

    An interval belongs to the window in which it ends, so that a window never looks ahead of
    its end; intervals that :func:`clean_rr` flags are left out of all measures.

    Parameters
    ----------
    r_peaks : array of int, shape (n,)
        Increasing sample indices of the beats.
    sampling_rate : float > 0
        Samples per second (Hz).
    window : float > 0, default 30
        Length of a window (s).
    step : float > 0, optional
        From one window's start to the next (s); by default ``window``, so that none overlap.
    start, stop : float, optional
        Only windows between these times (s); by default from 0 to the last beat.

    Returns
    -------
    DataFrame
        One row a window: ``start`` (s), ``n_intervals``, ``heart_rate`` (beats/min: 60 times the
        number of intervals over their total time), ``sdnn`` (ms), ``rmssd`` (ms, from intervals
        that follow each other), ``slope`` (beats/min per minute, least squares),
        ``cleaned_share`` (of the intervals).  What cannot be computed is NaN; all measures are
        where more than half of the intervals were flagged.

    Raises
    ------
    ValueError
        A beat index or a parameter outside the range above.
    """
    times = _beat_times(r_peaks, sampling_rate)
    step = window if step is None else step
    for name, value in (("window", window), ("step", step)):
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be a finite number of seconds > 0, got {value!r}")
    stop = (times[-1] if len(times) else 0.0) if stop is None else stop
    flagged, _ = clean_rr(np.diff(times))
    n_windows = int(np.floor((stop - start - window) / step + 1e-9)) + 1
    starts = start + step * np.arange(max(n_windows, 0))
    rows = [_features(times, flagged, a, a + window) for a in starts]
    return pd.DataFrame(rows, columns=list(_FEATURES))


_FEATURES = ("start", "n_intervals", "heart_rate", "sdnn", "rmssd", "slope", "cleaned_share")


def _features(times, flagged, start, stop):
    """The row of the intervals that end in [start, stop)."""
    first, last = np.searchsorted(times[1:], (start, stop))
    rr, ends = np.diff(times)[first:last], times[1:][first:last]
    bad = flagged[first:last]
    row = dict.fromkeys(_FEATURES, np.nan) | {"start": start, "n_intervals": len(rr)}
    if len(rr) == 0:
        return row
    row["cleaned_share"] = bad.mean()
    if bad.mean() > MOST_CLEANED:
        return row
    good = rr[~bad]
    both = ~bad[1:] & ~bad[:-1]
    row["heart_rate"] = 60 * len(good) / good.sum()
    if len(good) > 1:
        row["sdnn"] = 1000 * good.std(ddof=1)
        minutes = (ends[~bad] - ends[~bad].mean()) / 60
        row["slope"] = minutes @ (60 / good) / (minutes @ minutes)
    if both.any():
        row["rmssd"] = 1000 * np.sqrt(np.mean(np.diff(rr)[both] ** 2))
    return row


def forecast_table(
    recordings: Iterable[ECGRecording | tuple[str, np.ndarray, float]],
    history: float = 120.0,
    horizon: float = 30.0,
    step: float = 30.0,
) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """What a regression needs to forecast the heart rate of the next half minute.

    The predictors at time t use only beats up to t, and cleaning sees no more than that either.

    Parameters
    ----------
    recordings : iterable
        Of :class:`~medai_course.data.recording.ECGRecording`, whose beats are then detected in
        the first lead, or of (patient id, R-peak samples, sampling rate in Hz).
    history, horizon : float > 0, default 120 and 30
        Seconds to look back and forward; ``history`` a multiple of ``horizon``.
    step : float > 0, default 30
        Seconds from one row to the next of the same recording.

    Returns
    -------
    X : DataFrame of shape (n, d)
        Indexed by patient and t (s).  ``hr_120_90`` ... ``hr_30_0``: heart rate (beats/min) from
        120 to 90 s before t, and so on; the last is the persistence forecast.  ``slope``
        (beats/min per minute), ``sdnn``, ``rmssd`` (ms) and ``cleaned_share`` of all the history.
    y : Series of shape (n,)
        ``heart_rate``: that of the ``horizon`` after t (beats/min).
    patient_ids : ndarray of shape (n,)
        For splitting by patient.

    Rows with a missing value are left out: too few beats, or more than half of them irregular.

    Raises
    ------
    ValueError
        A parameter outside the range above, or no complete row in any recording.
    """
    for name, value in (("history", history), ("horizon", horizon), ("step", step)):
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be a finite number of seconds > 0, got {value!r}")
    if history % horizon:
        raise ValueError(f"history must be a multiple of horizon, got {history!r} and {horizon!r}")
    parts = [_rows_of(recording, history, horizon, step) for recording in recordings]
    table = pd.concat(parts).dropna() if parts else pd.DataFrame()
    if table.empty:
        raise ValueError(
            f"recordings hold no stretch of {history + horizon:g} s with regular beats: give more "
            "or longer recordings, or a shorter history"
        )
    return (
        table.drop(columns="heart_rate"),
        table["heart_rate"],
        table.index.get_level_values("patient_id").to_numpy(),
    )


def _rows_of(recording, history, horizon, step):
    """Predictors and target of one recording, missing values included."""
    if isinstance(recording, ECGRecording):
        fs = recording.sampling_rate
        patient, peaks = recording.patient_id, detect_r_peaks(recording.ecg[:, 0], fs)
        end = recording.duration
    else:
        patient, peaks, fs = recording
        end = None
    edges = np.arange(history, -horizon / 2, -horizon)
    summary = ("slope", "sdnn", "rmssd", "cleaned_share")
    names = [f"hr_{a:g}_{b:g}" for a, b in pairwise(edges)]
    target = windowed_features(peaks, fs, horizon, step, start=history, stop=end)
    times, rows = _beat_times(peaks, fs), []
    for t in target["start"]:
        known = times[(times >= t - history - CONTEXT) & (times < t)]
        flagged, _ = clean_rr(np.diff(known))
        parts = [_features(known, flagged, t - a, t - b)["heart_rate"] for a, b in pairwise(edges)]
        whole = _features(known, flagged, t - history, t)
        rows.append([*parts, *(whole[name] for name in summary)])
    table = pd.DataFrame(rows, columns=[*names, *summary])
    table["heart_rate"] = target["heart_rate"]
    keys = [[patient] * len(table), target["start"]]
    table.index = pd.MultiIndex.from_arrays(keys, names=["patient_id", "time"])
    return table


def _beat_times(r_peaks, sampling_rate):
    """Times of the beats (s), or a clear error."""
    if not isinstance(sampling_rate, (int, float, np.number)) or not 0 < sampling_rate < np.inf:
        raise ValueError(f"sampling_rate must be a finite number > 0 (Hz), got {sampling_rate!r}")
    times = np.asarray(r_peaks, dtype=np.float64) / sampling_rate
    if times.ndim != 1 or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise ValueError("r_peaks must be a one-dimensional array of increasing sample indices")
    return times

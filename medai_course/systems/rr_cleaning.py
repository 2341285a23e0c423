"""Tell the RR intervals of the regular rhythm from those of ectopic, missed and false beats."""

from __future__ import annotations

import numpy as np
import pandas as pd

SHORTEST_RR, LONGEST_RR = 0.3, 2.0  # s: 200 and 30 beats/min


def clean_rr(rr: np.ndarray, limit: float = 0.2, window: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Flag RR intervals that do not belong to the regular rhythm, and fill them in.

    Flagged is an interval shorter than 0.3 s or longer than 2 s, or more than ``limit`` away from
    the running median of the ``window`` intervals around it: ectopic beats, missed and false
    detections.  Filters of this kind, with limits of 10 to 50 %, are compared with manual editing
    by Karlsson et al. (2012); they take a recursive mean, here it is a median.  In atrial
    fibrillation they flag the rhythm itself.

    Parameters
    ----------
    rr : array of shape (n,)
        RR intervals (s).
    limit : float > 0, default 0.2
        Largest relative deviation from the running median.
    window : odd int ≥ 3, default 11
        Intervals in the running median; fewer at both ends.

    Returns
    -------
    flagged : ndarray of bool, shape (n,)
    filled : ndarray of shape (n,)
        ``rr`` (s) with the flagged intervals interpolated from their neighbours; NaN throughout
        if all are flagged.

    Raises
    ------
    ValueError
        ``rr`` not finite and positive or not one-dimensional, ``limit`` or ``window`` out of range.

    References
    ----------
    Karlsson, M., Hörnsten, R., Rydberg, A. and Wiklund, U. (2012). Automatic filtering of
    outliers in RR intervals before analysis of heart rate variability in Holter recordings: a
    comparison with carefully edited data. BioMedical Engineering OnLine 11, 2.
    doi:10.1186/1475-925X-11-2
    """
    rr = np.asarray(rr, dtype=np.float64)
    if rr.ndim != 1 or not np.isfinite(rr).all() or (rr <= 0).any():
        raise ValueError("rr must be a one-dimensional array of finite intervals > 0 (s)")
    if not 0 < limit < np.inf:
        raise ValueError(f"limit must be a finite share > 0, such as 0.2, got {limit!r}")
    if not isinstance(window, (int, np.integer)) or window < 3 or window % 2 == 0:
        raise ValueError(f"window must be an odd number of intervals ≥ 3, got {window!r}")
    median = pd.Series(rr).rolling(window, center=True, min_periods=1).median().to_numpy()
    flagged = (np.abs(rr - median) > limit * median) | (rr < SHORTEST_RR) | (rr > LONGEST_RR)
    at = np.arange(len(rr))
    if flagged.all():
        return flagged, np.full(len(rr), np.nan)
    return flagged, np.interp(at, at[~flagged], rr[~flagged])

"""Compare detected heartbeats with the true ones, one to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class BeatMatch:
    """How well detected beats agree with the true ones.

    Parameters
    ----------
    true_positive, false_positive, false_negative : int
        Beats found; detections that are no beat; beats not found.
    timing_error : ndarray of shape (true_positive,)
        Detected minus true time of each beat found (s).
    detected_index, true_index : ndarray of int, shape (true_positive,)
        Which detection is matched with which beat.
    """

    true_positive: int
    false_positive: int
    false_negative: int
    timing_error: np.ndarray
    detected_index: np.ndarray
    true_index: np.ndarray

    @property
    def sensitivity(self) -> float:
        """Share of the beats that were found; NaN if there were none."""
        return _share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def positive_predictive_value(self) -> float:
        """Share of the detections that are beats; NaN if nothing was detected."""
        return _share(self.true_positive, self.true_positive + self.false_positive)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two; NaN if there was neither beat nor detection."""
        wrong = self.false_positive + self.false_negative
        return _share(2 * self.true_positive, 2 * self.true_positive + wrong)


def match_beats(
    detected: np.ndarray,
    true: np.ndarray,
    sampling_rate: float,
    tolerance: float = 0.15,
    exclude: Sequence[tuple[float, float]] = (),
) -> BeatMatch:
    """Pair each true beat with at most one detection, nearest pairs first.

    Parameters
    ----------
    detected, true : array of int, shapes (n,) and (m,)
        Increasing sample indices, without repeats.
    sampling_rate : float > 0
        Samples per second (Hz).
    tolerance : float ≥ 0, default 0.15
        Largest time between the two of a pair (s), included; 0.15 is that of the standard.
    exclude : sequence of (start, stop), default empty
        Stretches of samples, ``stop`` not included, in which nothing is counted, such as
        ventricular flutter.  A detection outside that belongs to a beat inside, or the other way
        round, is not counted either.

    Returns
    -------
    BeatMatch

    Raises
    ------
    ValueError
        Indices that do not increase; ``sampling_rate``, ``tolerance`` or a stretch of ``exclude``
        outside the range above.

    References
    ----------
    ANSI/AAMI EC57 (1998, revised 2012). Testing and reporting performance results of cardiac
    rhythm and ST segment measurement algorithms.
    """
    detected, true = _check_beats("detected", detected), _check_beats("true", true)
    if not 0 < sampling_rate < np.inf:
        raise ValueError(f"sampling_rate must be a finite number > 0, got {sampling_rate!r}")
    if not 0 <= tolerance < np.inf:
        raise ValueError(f"tolerance must be a finite number of seconds ≥ 0, got {tolerance!r}")
    reach = tolerance * sampling_rate * (1 + 1e-9)  # 0.29 s at 100 Hz are 28.999...96 samples
    d, t = _pairs(detected, true, reach)
    out_d, out_t = _inside(detected, exclude), _inside(true, exclude)
    counted = ~(out_d[d] | out_t[t])
    alone_d, alone_t = np.delete(out_d, d), np.delete(out_t, t)
    d, t = d[counted], t[counted]
    return BeatMatch(
        true_positive=len(d),
        false_positive=int((~alone_d).sum()),
        false_negative=int((~alone_t).sum()),
        timing_error=(detected[d] - true[t]) / sampling_rate,
        detected_index=d,
        true_index=t,
    )


def _pairs(a, b, limit):
    """Indices into ``a`` and ``b`` of the pairs: again and again, whatever is mutually nearest.

    The closest pair of all is mutually nearest, so this equals taking pairs one by one, the
    closest first, in few passes.
    """
    left_a, left_b = np.arange(len(a)), np.arange(len(b))
    found = [np.empty((2, 0), dtype=int)]
    while len(left_a) and len(left_b):
        to_b, to_a = _nearest(a[left_a], b[left_b]), _nearest(b[left_b], a[left_a])
        i = np.flatnonzero(to_a[to_b] == np.arange(len(left_a)))
        i = i[np.abs(a[left_a[i]] - b[left_b[to_b[i]]]) <= limit]
        if len(i) == 0:
            break
        found.append(np.stack([left_a[i], left_b[to_b[i]]]))
        left_a, left_b = np.delete(left_a, i), np.delete(left_b, to_b[i])
    pairs = np.concatenate(found, axis=1)
    return pairs[:, np.argsort(pairs[1])]


def _nearest(a, b):
    """For each of ``a`` the index of the nearest of ``b``, the earlier of two equally near."""
    right = np.clip(np.searchsorted(b, a), 0, len(b) - 1)
    left = np.maximum(right - 1, 0)
    return np.where(np.abs(a - b[left]) <= np.abs(b[right] - a), left, right)


def _inside(samples, exclude):
    out = np.zeros(len(samples), dtype=bool)
    for start, stop in exclude:
        if not start <= stop:
            raise ValueError(f"exclude holds a stretch that ends before it starts: {start}, {stop}")
        out |= (samples >= start) & (samples < stop)
    return out


def _check_beats(name, beats):
    beats = np.asarray(beats)
    if beats.size == 0:
        return np.empty(0, dtype=int)
    if beats.ndim != 1 or not np.issubdtype(beats.dtype, np.integer):
        raise ValueError(f"{name} must be a one-dimensional array of sample indices (integers)")
    beats = beats.astype(np.int64)
    if (np.diff(beats) <= 0).any():
        raise ValueError(f"{name} must be increasing sample indices, without repeats: sort them")
    return beats


def _share(part, whole):
    return part / whole if whole else float("nan")

"""What every evaluation of survival asks of its inputs, and the chance to stay uncensored."""

import numpy as np
from numpy.typing import ArrayLike

from .inputs import measurements


def outcome_times(time: ArrayLike, event: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Checked times ≥ 0 and events as booleans, both of shape (n,), or a ValueError."""
    time, event = measurements(time=time, event=event)
    if (time < 0).any():
        raise ValueError(f"time must be ≥ 0, got {time.min():g}")
    if not np.isin(event, (0, 1)).all():
        raise ValueError("event must be 1 (the event was seen) or 0 (censored)")
    return time, event.astype(bool)


def patients_to_learn_censoring_from(train, time, event):
    """Times and events of ``train``, or of those judged where that is None."""
    if train is None:
        return time, event
    if len(train) != 2:
        raise ValueError("train must be a pair of arrays, (time, event)")
    return outcome_times(*train)


class CensoringCurve:
    r"""Kaplan-Meier estimate :math:`\hat G(t)` of staying uncensored longer than t.

    Those with an event at a time count as gone before those censored at it are at risk.  (The
    course's own ``KaplanMeier`` lives in ``medai_course.scratch``, which evaluation does not need.)
    """

    def __init__(self, time: np.ndarray, event: np.ndarray, events_first: bool = True) -> None:
        self.times, place, leaving = np.unique(time, return_inverse=True, return_counts=True)
        events = np.bincount(place, event)
        at_risk = np.cumsum(leaving[::-1])[::-1] - events * events_first
        censored = leaving - events
        hazard = np.divide(censored, at_risk, out=np.zeros(len(at_risk)), where=censored > 0)
        self.curve = np.append(1.0, np.cumprod(1 - hazard))

    def at(self, times: np.ndarray, what: str, zero: bool = False) -> np.ndarray:
        """The curve at ``times``; a ValueError that says ``what`` these are where it is unknown.

        Where it is 0 as well, unless ``zero``.
        """
        G = self.curve[np.searchsorted(self.times, times, side="right")]
        unknown = (times > self.times[-1]) & (self.curve[-1] > 0)
        if not zero:
            unknown = unknown | (G == 0)
        if unknown.any():
            late = times[unknown].min()
            raise ValueError(f"the chance to be followed up is 0 or unknown at {late:g}, {what}")
        return G

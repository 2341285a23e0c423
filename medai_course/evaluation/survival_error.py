"""How far are predicted survival curves from what happened?  The Brier score over time."""

import numpy as np
from numpy.typing import ArrayLike

from .censoring import CensoringCurve, outcome_times, patients_to_learn_censoring_from
from .inputs import measurements, probabilities


def survival_brier_score(
    time: ArrayLike,
    event: ArrayLike,
    survival: ArrayLike,
    times: ArrayLike,
    train: tuple[ArrayLike, ArrayLike] | None = None,
) -> np.ndarray:
    r"""Mean squared error of predicted survival at each time, weighted for those censored.

    .. math::
        \mathrm{BS}(t) = \frac1n \sum_i \frac{1(t_i \le t, \delta_i = 1)\, \hat S(t \mid x_i)^2}
            {\hat G(t_i)} + \frac{1(t_i > t)\, (1 - \hat S(t \mid x_i))^2}{\hat G(t)}

    with :math:`\hat G` as in ``concordance_index_ipcw``.  Those censored by t count only through
    the weights of the others.  Predicting one half for everyone gets 0.25; compare with the
    Kaplan-Meier curve, which knows no features.

    Parameters
    ----------
    time, event : array-like of shape (n,)
        Time ≥ 0 of the event (1) or of censoring (0).
    survival : array-like of shape (n, k)
        Predicted probability of each patient to live longer than each of ``times``.
    times : array-like of shape (k,)
        Ascending, and not after the end of follow-up.
    train : pair of array-like (time, event), or None
        Patients to learn :math:`\hat G` from; None takes those judged.

    Returns
    -------
    ndarray of shape (k,)

    Raises
    ------
    ValueError
        Lengths or shapes differ; an entry is not finite; ``survival`` not between 0 and 1;
        :math:`\hat G` 0 or unknown where it is needed.

    References
    ----------
    Graf, E. et al. (1999). Assessment and comparison of prognostic classification schemes for
    survival data. Statistics in Medicine 18(17-18), 2529-2545.
    doi:10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5
    """
    time, event = outcome_times(time, event)
    (times,) = measurements(times=times)
    if (np.diff(times) <= 0).any():
        raise ValueError("times must be ascending, each once")
    survival = np.asarray(survival, np.float64)
    if survival.shape != (len(time), len(times)):
        raise ValueError(
            f"survival must have a row for each of the {len(time)} patients and a column for each "
            f"of the {len(times)} times, got shape {survival.shape}"
        )
    if not np.isfinite(survival).all():
        raise ValueError(
            "survival is NaN or infinite somewhere: ask for times that the model knows"
        )
    probabilities(survival=survival)
    G = CensoringCurve(*patients_to_learn_censoring_from(train, time, event))
    seen, gone = event & (time <= times[-1]), time[:, None] <= times
    weights = np.zeros(gone.shape)
    weights[seen] = 1 / G.at(time[seen], "the time of an event")[:, None]
    alive = ~gone
    needed = alive.any(0)
    weights[:, needed] = np.where(
        alive[:, needed], 1 / G.at(times[needed], "one of times"), weights[:, needed]
    )
    return np.mean(weights * (alive - survival) ** 2, axis=0)


def integrated_brier_score(
    time: ArrayLike,
    event: ArrayLike,
    survival: ArrayLike,
    times: ArrayLike,
    train: tuple[ArrayLike, ArrayLike] | None = None,
) -> float:
    """``survival_brier_score`` averaged from the first to the last of ``times``, by trapezoids.

    Parameters and errors as there; at least two ``times``.
    """
    scores = survival_brier_score(time, event, survival, times, train)
    if len(scores) < 2:
        raise ValueError("an integral takes at least two times")
    times = np.asarray(times, np.float64)
    return float(np.trapezoid(scores, times) / (times[-1] - times[0]))

"""Does a risk order patients as their events came?  Concordance and time-dependent ROC."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .censoring import CensoringCurve, outcome_times, patients_to_learn_censoring_from
from .inputs import measurements


class DynamicAUC(NamedTuple):
    """Area under the ROC curve at each of ``times``, and the mean over them."""

    times: np.ndarray
    auc: np.ndarray
    mean: float


def concordance_index(time: ArrayLike, event: ArrayLike, risk: ArrayLike) -> float:
    r"""Harrell's C: of the pairs whose first event is known, the share ordered as predicted.

    .. math::
        C = \frac{\sum_{i: \delta_i = 1} \sum_{j: t_j > t_i}
                  \bigl[ 1(r_i > r_j) + \tfrac12 1(r_i = r_j) \bigr]}
                 {\sum_{i: \delta_i = 1} \#\{j: t_j > t_i\}}

    One censored at the time of the event outlived it; two events at one time are no pair.  C
    depends on how long patients were followed: see ``concordance_index_ipcw``.

    Parameters
    ----------
    time, event : array-like of shape (n,)
        Time ≥ 0 of the event (1) or of censoring (0).
    risk : array-like of shape (n,)
        Any score that is higher where the event is expected sooner.

    Raises
    ------
    ValueError
        Lengths differ; an entry is not a finite number; a time negative; an event not 0 or 1; no
        pair to compare.

    References
    ----------
    Harrell, F. E. et al. (1982). Evaluating the yield of medical tests. JAMA 247(18), 2543-2546.
    doi:10.1001/jama.1982.03320430047030
    """
    time, event, risk = _scored(time, event, risk)
    return _concordance(time, event, risk, event)


def concordance_index_ipcw(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    tau: float | None = None,
    train: tuple[ArrayLike, ArrayLike] | None = None,
) -> float:
    r"""Uno's C: Harrell's, each pair weighted by :math:`1 / \hat G(t_i)^2` for those censored.

    :math:`\hat G` is the Kaplan-Meier estimate of staying uncensored, those with an event at a
    time counting as gone before those censored at it.  The limit no longer depends on the
    censoring, as long as that does not depend on the patients' features.

    Parameters
    ----------
    time, event, risk : array-like of shape (n,)
        As for ``concordance_index``.
    tau : float > 0 or None
        Only events before ``tau`` count; set it to a time that enough patients were followed to.
    train : pair of array-like (time, event), or None
        Patients to learn :math:`\hat G` from; None takes those judged.

    Raises
    ------
    ValueError
        As for ``concordance_index``; :math:`\hat G` 0 or unknown at the time of an event.

    References
    ----------
    Uno, H. et al. (2011). On the C-statistics for evaluating overall adequacy of risk prediction
    procedures with censored survival data. Statistics in Medicine 30(10), 1105-1117.
    doi:10.1002/sim.4154
    """
    time, event, risk = _scored(time, event, risk)
    G = CensoringCurve(*patients_to_learn_censoring_from(train, time, event))
    counts = event if tau is None else event & (time < _positive_tau(tau))
    weights = np.zeros(len(time))
    weights[counts] = 1 / G.at(time[counts], "the time of an event: set an earlier tau") ** 2
    return _concordance(time, event, risk, weights)


def cumulative_dynamic_auc(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    times: ArrayLike,
    train: tuple[ArrayLike, ArrayLike] | None = None,
) -> DynamicAUC:
    r"""ROC areas for telling those with an event by time t from those still without.

    .. math::
        \mathrm{AUC}(t) = \frac{\sum_{i: t_i \le t, \delta_i = 1} \sum_{j: t_j > t}
            \bigl[ 1(r_i > r_j) + \tfrac12 1(r_i = r_j) \bigr] / \hat G(t_i)}
            {\#\{j: t_j > t\} \sum_{i: t_i \le t, \delta_i = 1} 1 / \hat G(t_i)}

    The mean weighs each of ``times`` by how far the Kaplan-Meier curve of those judged falls to it
    from the time before.

    Parameters
    ----------
    time, event, risk : array-like of shape (n,)
        As for ``concordance_index``.
    times : array-like of shape (k,)
        Ascending; none before the first event, all before the end of follow-up.
    train : pair of array-like (time, event), or None
        Patients to learn :math:`\hat G` from; None takes those judged.

    Raises
    ------
    ValueError
        As for ``concordance_index_ipcw``; ``times`` outside their range or not ascending.

    References
    ----------
    Hung, H. and Chiang, C. T. (2010). Estimation methods for time-dependent AUC models with
    survival data. Canadian Journal of Statistics 38(1), 8-26. doi:10.1002/cjs.10046
    """
    time, event, risk = _scored(time, event, risk)
    (times,) = measurements(times=times)
    if (np.diff(times) <= 0).any():
        raise ValueError("times must be ascending, each once")
    if not event.any() or times[0] < time[event].min() or times[-1] >= time.max():
        raise ValueError(
            "times must not be before the first event, and before the end of follow-up, "
            f"{time.max():g}: otherwise one of the two groups is empty"
        )
    G = CensoringCurve(*patients_to_learn_censoring_from(train, time, event))
    cases = event & (time <= times[-1])
    weights = np.zeros(len(time))
    weights[cases] = 1 / G.at(time[cases], "the time of an event: set earlier times")
    auc = np.array([_area(time, risk, weights * (time <= t), t) for t in times])
    alive = CensoringCurve(time, ~event, events_first=False).at(times, "one of times")
    falls = -np.diff(alive, prepend=1.0)
    mean = auc @ falls / falls.sum() if len(times) > 1 else auc[0]
    return DynamicAUC(times, auc, float(mean))


def _area(time, risk, weights, t):
    """Weighted share of pairs won by the cases, whose weights are not 0, over those after t."""
    controls, cases = np.sort(risk[time > t]), weights > 0
    below = np.searchsorted(controls, risk[cases], side="left")
    not_above = np.searchsorted(controls, risk[cases], side="right")
    return weights[cases] @ (below + not_above) / 2 / (len(controls) * weights[cases].sum())


def _scored(time, event, risk):
    time, event = outcome_times(time, event)
    _, risk = measurements(time=time, risk=risk)
    return time, event, risk


def _positive_tau(tau):
    if not tau > 0:
        raise ValueError(f"tau must be a time > 0, got {tau!r}")
    return tau


def _concordance(time, event, risk, weights):
    """Sum of w_i (pairs won + half of those tied) over the sum of w_i pairs, in O(n log^2 n)."""
    rank = np.unique(risk, return_inverse=True)[1]
    # outlivers first; at one time the censored, then the events, of which the riskiest first, so
    # that none of them is below another that stands before it
    order = np.lexsort((-rank, event, -time))
    time, event, rank, weights = time[order], event[order], rank[order], weights[order]
    lower, not_higher = _lower_before(rank)
    new = np.append(True, (time[1:] != time[:-1]) | (event[1:] != event[:-1]))
    pairs = _first_of_each(new)  # everyone before the events of this time
    twins = np.arange(len(time)) - _first_of_each(new | (np.diff(rank, prepend=-1) != 0))
    total = weights @ pairs
    if not total > 0:
        raise ValueError("no pair to compare: it takes an event that another patient outlived")
    return float(weights @ (lower + not_higher - twins) / 2 / total)


def _first_of_each(new):
    """The row at which the run of each row starts, where ``new`` marks the starts."""
    return np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))


def _lower_before(rank):
    """For each entry, how many before it are lower, and how many lower or equal: a merge sort."""
    n, M = len(rank), int(rank.max()) + 1
    row, counts, width = np.arange(n), np.zeros((2, n), np.int64), 1
    while width < n:
        block, right = row // (2 * width) * M, row // width % 2 == 1
        left = np.sort(block[~right] + rank[~right])
        before = np.searchsorted(left, block[right])
        for count, side in zip(counts, ("left", "right")):
            count[right] += np.searchsorted(left, block[right] + rank[right], side) - before
        width *= 2
    return counts

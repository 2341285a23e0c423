"""Of those still at risk, why this one?  Cox's partial likelihood of log hazards eta, in NumPy.

Patients stand in the order of descending time, so that a risk set is everyone up to a row and its
sum is a cumulative sum.  Cox's model has eta = X beta; a network may give any other.
"""

import numpy as np


def risk_sets(time, event, ties):
    """The order of descending ``time`` (n,), and four arrays with an entry for each event.

    In that order: ``events``, its row; ``last``, the last row at risk with it; ``tie``, the number
    of its time; ``fraction``, the share of the events of its time that went before it (Efron), or
    0 (Breslow).
    """
    order = np.argsort(-time, kind="stable")
    event, time = event[order], -time[order]
    events = np.flatnonzero(event)
    last = np.searchsorted(time, time[events], side="right") - 1
    _, first, tie, count = np.unique(time[events], True, True, True)
    fraction = (np.arange(len(events)) - first[tie]) / count[tie]
    return order, (events, last, tie, fraction * (ties == "efron"))


def loss(eta, events, last, tie, fraction):
    """-l = sum over events of log(sum of e^eta at risk - f sum of e^eta tied) - eta."""
    _, at_risk = _at_risk(eta, events, last, tie, fraction)
    return np.log(at_risk).sum() + np.sum(eta.max() - eta[events])


def expected_events(eta, events, last, tie, fraction):
    """c, the events expected of each patient (n,): its e^eta over the sum, over its risk sets.

    The derivative of the loss with respect to eta is c - event, expected less observed.
    """
    w, at_risk = _at_risk(eta, events, last, tie, fraction)
    rate = np.bincount(last, 1 / at_risk, len(w))[::-1].cumsum()[::-1]
    rate[events] -= np.bincount(tie, fraction / at_risk)[tie]
    return w * rate


def risk_set_means(X, eta, events, last, tie, fraction):
    """The mean of x over the risk set of each event, weighted by e^eta: shape (events, d)."""
    w, at_risk = _at_risk(eta, events, last, tie, fraction)
    wX = w[:, None] * X
    sums = np.cumsum(wX, axis=0)[last]
    if fraction.any():
        first = np.flatnonzero(np.diff(tie, prepend=-1))
        sums -= fraction[:, None] * np.add.reduceat(wX[events], first)[tie]
    return sums / at_risk[:, None]


def _at_risk(eta, events, last, tie, fraction):
    """w = e^eta but for a factor that cancels, and its sum at risk less f times the tied."""
    w = np.exp(eta - eta.max())
    tied = np.bincount(tie, w[events])[tie]
    return w, np.cumsum(w)[last] - fraction * tied

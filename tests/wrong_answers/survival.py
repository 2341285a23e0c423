"""Typical wrong answers to the exercises of the chapter on survival.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np

from medai_course.evaluation import concordance_index
from medai_course.scratch.cox import CoxPH

FUNCTIONS = {
    "q1": "kaplan_meier",
    "q2": "partial_likelihood",
    "q3": "judge",
    "q4": "c_index",
}


def curve(time, event, *, at_risk=lambda time, event, t: time >= t, as_sum=False, every_time=False):
    """The product-limit curve, with single faults put in."""
    times = np.unique(time if every_time else time[event == 1])
    steps = [
        np.sum((time == t) & (event == 1)) / max(1, np.sum(at_risk(time, event, t))) for t in times
    ]
    steps = np.array(steps)
    return times, 1 - np.cumsum(steps) if as_sum else np.cumprod(1 - steps)


def likelihood(
    beta,
    X,
    time,
    event,
    *,
    side="later",
    censored_ask=False,
    plain_mean=False,
    drop=False,
    factor=1,
):
    """Value and gradient, with single faults put in."""
    if drop:
        X, time, event = (a[np.asarray(event, bool)] for a in (X, time, event))
    eta, value, gradient = X @ beta, 0.0, np.zeros(len(beta))
    for i in range(len(time)) if censored_ask else np.flatnonzero(event):
        at_risk = {
            "later": time >= time[i],
            "earlier": time <= time[i],
            "without": (time > time[i]) | (time == time.max()),
        }[side]
        w = np.exp(eta[at_risk])
        value += eta[i] - np.log(w.sum())
        mean = X[at_risk].mean(0) if plain_mean else w @ X[at_risk] / w.sum()
        gradient += X[i] - mean
    n = np.sum(event) if factor == "mean" else factor
    return (value / n, gradient / n) if factor == "mean" else (factor * value, factor * gradient)


def judged(X, time, event, *, drop=False, drop_train=False, leak=False, seen=False, flip=False):
    """The mended steps, with single faults put back."""
    if drop:
        X, time, event = X[event == 1], time[event == 1], event[event == 1]
    columns = X if leak else X[:, :3]
    test = np.arange(len(time)) % 3 == 0
    fit_on = np.ones(len(time), bool) if seen else ~test
    if drop_train:
        fit_on = fit_on & (event == 1)
    model = CoxPH().fit(columns[fit_on], np.column_stack([time, event])[fit_on])
    risk = model.predict(columns[test])
    c = concordance_index(time[test], event[test], -risk if flip else risk)
    return {"c_index": c, "test": test, "coef": model.coef_}


def with_fault(**fault):
    return lambda X, time, event: judged(X, time, event, **fault)


def concordance(
    time,
    event,
    risk,
    *,
    flip=False,
    half=0.5,
    all_first=False,
    events_only=False,
    censored_gone=False,
):
    won = pairs = 0.0
    for i in range(len(time)) if all_first else np.flatnonzero(event):
        outlived = time > time[i]
        if not censored_gone:
            outlived = outlived | ((time == time[i]) & (event == 0))
        if events_only:
            outlived = outlived & (event == 1)
        pairs += outlived.sum()
        other = risk[outlived]
        won += np.sum(risk[i] < other if flip else risk[i] > other) + half * np.sum(
            risk[i] == other
        )
    return won / max(pairs, 1)


def events_at_one_time_compared(time, event, risk):
    won = pairs = 0.0
    for i in np.flatnonzero(event):
        outlived = (time >= time[i]) & (np.arange(len(time)) != i)
        pairs += outlived.sum()
        won += np.sum(risk[i] > risk[outlived]) + np.sum(risk[i] == risk[outlived]) / 2
    return won / pairs


WRONG = {
    "q1": {
        "at risk after t": (
            lambda t, e: curve(t, e, at_risk=lambda time, event, s: time > s),
            "the first to die is at risk",
        ),
        "censored dropped": (
            lambda t, e: curve(t[e == 1], e[e == 1]),
            "Do not drop him",
        ),
        "censored as deaths": (
            lambda t, e: curve(t, np.ones_like(e)),
            "do not count him as a death",
        ),
        "censored for ever": (
            lambda t, e: curve(t, e, at_risk=lambda time, event, s: (time >= s) | (event == 0)),
            "do not keep him for ever",
        ),
        "censored today not at risk": (
            lambda t, e: curve(
                t, e, at_risk=lambda time, event, s: (time > s) | ((time == s) & (event == 1))
            ),
            "censored on the day of an event",
        ),
        "sum, not product": (lambda t, e: curve(t, e, as_sum=True), "Multiply the steps"),
        "every time": (lambda t, e: curve(t, e, every_time=True), "in no numerator"),
    },
    "q2": {
        "earlier instead of later": (
            lambda *a: likelihood(*a, side="earlier"),
            "t or later",
        ),
        "without the patient": (lambda *a: likelihood(*a, side="without"), "only itself"),
        "the censored ask": (
            lambda *a: likelihood(*a, censored_ask=True),
            "sum over events only",
        ),
        "the censored dropped": (lambda *a: likelihood(*a, drop=True), "belong in the sum below"),
        "plain mean": (lambda *a: likelihood(*a, plain_mean=True), "not the plain mean"),
        "sign": (lambda *a: likelihood(*a, factor=-1), "no minus"),
        "mean": (lambda *a: likelihood(*a, factor="mean"), "not a mean"),
    },
    "q3": {
        "censored dropped": (with_fault(drop=True), "Keep every patient"),
        "censored dropped in training": (
            with_fault(drop_train=True),
            "in training and in the test",
        ),
        "length of stay": (with_fault(leak=True), "not known on the day of admission"),
        "tested on the trained": (with_fault(seen=True), "choose the test patients first"),
        "survival for risk": (with_fault(flip=True), "stands on its head"),
        "nothing mended": (
            with_fault(drop=True, leak=True, seen=True, flip=True),
            "choose the test patients first",
        ),
    },
    "q4": {
        "reversed": (lambda *a: concordance(*a, flip=True), "should have the higher risk"),
        "ties lost": (lambda *a: concordance(*a, half=0.0), "equal risks count one half"),
        "the censored first": (
            lambda *a: concordance(*a, all_first=True),
            "he can never be the first",
        ),
        "events only": (lambda *a: concordance(*a, events_only=True), "Do not drop him"),
        "censored that day": (
            lambda *a: concordance(*a, censored_gone=True),
            "censored on the day of another's event outlived it",
        ),
        "events at one time": (events_at_one_time_compared, "two events at one time are no pair"),
    },
}

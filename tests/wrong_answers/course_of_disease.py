"""Typical wrong answers to the exercises of the chapter on the course of disease.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np

FUNCTIONS = {"q1": "last_and_age", "q2": "rnn_gradients", "q3": "lstm_last_state"}


def carried(values, *, backward=False, start=np.nan, late=0, in_place=False, sideways=False):
    """The right answer with single faults put in."""
    if sideways:
        filled, age = carried(values.T.copy())
        return filled.T, age.T
    filled = values if in_place else np.array(values, dtype=float)
    if backward:
        filled, age = carried(values[::-1])
        return filled[::-1], age[::-1]
    age = np.zeros(values.shape)
    for t in range(len(filled)):
        gap = np.isnan(filled[t])
        if t > 0:
            age[t, gap] = age[t - 1, gap] + 1
            filled[t, gap] = filled[t - 1, gap]
        age[t, np.isnan(filled[t])] = start
    return filled, age + late


def with_fault(function, **fault):
    return lambda *args: function(*args, **fault)


def the_mean_instead(values):
    _, age = carried(values)
    return np.where(np.isnan(values), np.nanmean(values, axis=0), values), age


def zero_instead(values):
    return np.nan_to_num(values), carried(values)[1]


def age_of_a_gap_only(values):
    """1 in every gap: how old is forgotten."""
    filled, _ = carried(values)
    return filled, np.where(np.isnan(filled), np.nan, np.isnan(values).astype(float))


def first_value_for_the_hours_before(values):
    filled, age = carried(values)
    for column, known in enumerate(~np.isnan(values).T):
        if known.any():
            first = known.argmax()
            filled[:first, column], age[:first, column] = values[first, column], 0
    return filled, age


def gradients(
    x, Wx, Wh, b, *, last_only=False, transpose=True, before=True, slope=True, mean=False
):
    """The right answer with single faults put in."""
    states = [np.zeros(len(b))]
    for x_t in x:
        states.append(np.tanh(x_t @ Wx + states[-1] @ Wh + b))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = np.ones(len(b))
    for t in range(len(x), 0, -1):
        da = dh * (1 - states[t] ** 2) if slope else dh
        dWx += np.outer(x[t - 1], da)
        dWh += np.outer(states[t - 1] if before else states[t], da)
        db += da
        dh = Wh @ da if transpose else da @ Wh
        if last_only:
            break
    scale = len(x) if mean else 1
    return dWx / scale, dWh / scale, db / scale


def outer_turned(x, Wx, Wh, b):
    dWx, dWh, db = gradients(x, Wx, Wh, b)
    return dWx, dWh.T, db


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm(x, real, Wx, Wh, b, *, inner=np.tanh, outer=np.tanh, mask=True, bias=True, cell=True):
    """The right answer with single faults put back."""
    H = len(Wh)
    h, c = np.zeros(H), np.zeros(H)
    for t in range(len(x)):
        if mask and not real[t]:
            continue
        a = x[t] @ Wx + h @ Wh + (b if bias else 0)
        i, f, o = sigmoid(a[:H]), sigmoid(a[H : 2 * H]), sigmoid(a[3 * H :])
        c = f * (c if cell else h) + i * inner(a[2 * H : 3 * H])
        h = o * outer(c)
    return h


def relu(a):
    return np.maximum(a, 0)


def reset_by_padding(x, real, Wx, Wh, b):
    """Padding sets the state to zero instead of leaving it."""
    return lstm(x, real, Wx, Wh, b) * real[-1]


def one_hour_too_many(x, real, Wx, Wh, b):
    return lstm(x, np.arange(len(x)) <= real.sum(), Wx, Wh, b)


WRONG = {
    "q1": {
        "the future": (with_fault(carried, backward=True), "a later value"),
        "the mean": (the_mean_instead, "A mean"),
        "zero": (zero_instead, "takes over the value of the hour before"),
        "age counted from one": (with_fault(carried, late=1), "the age is 0"),
        "age 0 before the first": (with_fault(carried, start=0.0), "both answers are NaN"),
        "first value for the hours before": (first_value_for_the_hours_before, "the future"),
        "flag instead of age": (age_of_a_gap_only, "its age plus one"),
        "along the signs": (with_fault(carried, sideways=True), "fill along axis 0"),
        "input overwritten": (with_fault(carried, in_place=True), "in a copy of the input"),
    },
    "q2": {
        "last hour only": (with_fault(gradients, last_only=True), "add up what each hour gives"),
        "not transposed": (with_fault(gradients, transpose=False), "by the transpose"),
        "state of the same hour": (with_fault(gradients, before=False), "the hour before"),
        "no slope of tanh": (with_fault(gradients, slope=False), "1 - h_t^2"),
        "mean over the hours": (with_fault(gradients, mean=True), "no means"),
        "dWh turned": (outer_turned, "np.outer(state before, da)"),
    },
    "q3": {
        "padding read": (with_fault(lstm, mask=False), "never used"),
        "one hour too many": (one_hour_too_many, "An hour that is not real"),
        "reset by padding": (reset_by_padding, "changes neither h nor c"),
        "no bias": (with_fault(lstm, bias=False), "Wh + b"),
        "ReLU for the candidate": (with_fault(lstm, inner=relu), "both of them"),
        "ReLU for the output": (with_fault(lstm, outer=relu), "no ceiling"),
        "h for c": (with_fault(lstm, cell=False), "c = f c + i g"),
        "nothing mended": (
            with_fault(lstm, inner=relu, outer=relu, mask=False, bias=False, cell=False),
            "no ceiling",
        ),
    },
}

"""Typical wrong answers to the exercises of the chapter on logistic regression.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

FUNCTIONS = {
    "q1": "risk_with",
    "q2": "newton_step",
    "q3": "unseen_cost",
    "q4": "patients_needed",
}


def right_risk(p0, ratio):
    return ratio * p0 / (1 - p0 + ratio * p0)


def step(
    X, y, beta, *, sign=-1, ones=True, last=False, mean=False, weights=None, gradient_only=False
):
    """One Newton step, with single faults put in."""
    columns = [np.ones(len(X)), X] if not last else [X, np.ones(len(X))]
    Z = np.column_stack(columns if ones else [np.zeros(len(X)), X])
    p = expit(Z @ beta)
    w = p * (1 - p) if weights is None else weights(p)
    gradient = Z.T @ (p - y) / (len(y) if mean else 1)
    if gradient_only:
        return beta + sign * gradient
    return beta + sign * np.linalg.pinv((Z.T * w) @ Z) @ gradient


def with_step(**fault):
    return lambda X, y, beta: step(X, y, beta, **fault)


def in_place(X, y, beta):
    beta -= beta - step(X, y, beta)
    return beta


def mended(
    X,
    y,
    patient,
    *,
    rows=False,
    scale_all=False,
    intercept=True,
    naive=False,
    clip=False,
    total=False,
    training=False,
):
    """The mended pipeline, with single faults put back."""
    test = np.arange(len(y)) % 3 == 0 if rows else np.isin(patient, np.unique(patient)[::3])
    scaler = StandardScaler().fit(X if scale_all else X[~test])
    Z = scaler.transform(X)
    model = LogisticRegression(C=1.0, fit_intercept=intercept).fit(Z[~test], y[~test])
    eta = model.decision_function(Z)
    p = expit(eta)
    costs = np.logaddexp(0, eta) - y * eta
    if naive or clip:
        with np.errstate(all="ignore"):
            q = np.clip(p, 1e-2, 1 - 1e-2) if clip else p
            costs = -(y * np.log(q) + (1 - y) * np.log(1 - q))
    counted = costs[~test] if training else costs[test]
    return {"cost": counted.sum() if total else counted.mean(), "test": test, "risk": p}


def with_fault(**fault):
    return lambda X, y, patient: mended(X, y, patient, **fault)


def size(m, r2, share, *, log=np.log, inside=0.9, choose=max, up=np.ceil, factor=1.96 / 0.05):
    shrinkage = m / (-0.1 * log(1 - r2 / inside))
    return int(up(choose(shrinkage, factor**2 * share * (1 - share))))


def with_size(**fault):
    return lambda m, r2, share: size(m, r2, share, **fault)


WRONG = {
    "q1": {
        "multiplies the risk": (lambda p, r: (r * p, r), "not the risk"),
        "returns odds": (
            lambda p, r: (r * p / (1 - p), r / (1 - p)),
            "turn them back",
        ),
        "odds ratio for risk ratio": (lambda p, r: (right_risk(p, r), r), "It is not the odds"),
        "difference for ratio": (
            lambda p, r: (right_risk(p, r), right_risk(p, r) - p),
            "nor the difference",
        ),
        "ratio first": (
            lambda p, r: (right_risk(p, r) / p, right_risk(p, r)),
            "Return the risk first",
        ),
        "upside down": (
            lambda p, r: (right_risk(p, r), p / right_risk(p, r)),
            "over the risk without it",
        ),
    },
    "q2": {
        "uphill": (with_step(sign=1), "Subtract the step"),
        "no column of ones": (with_step(ones=False), "a column of ones"),
        "intercept last": (with_step(last=True), "The intercept comes first"),
        "mean of one, sum of the other": (with_step(mean=True), "or both are means"),
        "weights p": (with_step(weights=lambda p: p), "p (1 - p)"),
        "weights of the start": (
            with_step(weights=lambda p: np.full(len(p), 0.25)),
            "At beta = 0 all weights are 0.25",
        ),
        "gradient descent": (with_step(gradient_only=True), "the Hessian"),
        "starts at zero": (lambda X, y, beta: step(X, y, 0 * beta), "the beta that you are given"),
        "changes beta": (in_place, "return a new array"),
    },
    "q3": {
        "split by rows": (with_fault(rows=True), "every third row"),
        "scaled before the split": (with_fault(scale_all=True), "split first"),
        "no intercept": (with_fault(intercept=False), "Without an intercept"),
        "log(0)": (with_fault(naive=True), "from the logits"),
        "nothing mended": (
            with_fault(rows=True, scale_all=True, intercept=False, naive=True),
            "every third row",
        ),
        "clipped": (with_fault(clip=True), "No clipping"),
        "a sum, not a mean": (with_fault(total=True), "not the sum"),
        "cost of the training rows": (with_fault(training=True), "test patients only"),
    },
    "q4": {
        "logarithm to base 10": (with_size(log=np.log10), "natural logarithm"),
        "R2 not divided": (with_size(inside=1.0), "divide R2 by S"),
        "the smaller": (with_size(choose=min), "take the larger"),
        "the sum": (with_size(choose=lambda a, b: a + b), "nor the sum"),
        "rounded down": (with_size(up=np.floor), "Round up"),
        "not squared": (with_size(factor=(1.96 / 0.05) ** 0.5), "is squared"),
        "2 for 1.96": (with_size(factor=2 / 0.05), "1.96 / 0.05"),
    },
}

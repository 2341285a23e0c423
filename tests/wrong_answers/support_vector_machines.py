"""Typical wrong answers to the exercises of the chapter on support vector machines.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

FUNCTIONS = {
    "q1": "hinge_objective",
    "q2": "rbf_kernel",
    "q3": "machine_from_alpha",
    "q4": "unseen_auc",
}


def objective(
    X,
    y,
    w,
    b,
    C,
    *,
    average=False,
    kerb=1,
    power=1,
    paid_back=False,
    half=0.5,
    ridge=1,
    ridge_b=0,
    all_pull=False,
    sign=-1,
):
    """The soft margin and its slopes, with single faults put in."""
    missing = kerb - y * (X @ w + b)
    pays = np.ones(len(y), bool) if paid_back else missing > 0
    price = C / len(y) if average else C
    pull = np.ones(len(y), bool) if all_pull else pays
    J = half * w @ w + price * (missing[pays] ** power).sum()
    dw = ridge * w + sign * price * y[pull] @ X[pull]
    return J, dw, ridge_b * b + sign * price * y[pull].sum()


def with_objective(**fault):
    return lambda X, y, w, b, C: objective(X, y, w, b, C, **fault)


def in_place(X, y, w, b, C):
    J, dw, db = objective(X, y, w, b, C)
    w -= dw
    return J, dw, db


def likeness(A, B, gamma, *, root=False, cross=2, axis=2, factor=None, sign=-1):
    """The RBF kernel, with single faults put in."""
    A = A - B.mean(0)
    B = B - B.mean(0)
    if axis != 2:
        return np.exp(-gamma * ((A[:, None] - B) ** 2).sum(axis))
    squares = (A**2).sum(1)[:, None] + (B**2).sum(1) - cross * A @ B.T
    squares = np.maximum(squares, 0)
    rate = gamma if factor is None else factor(gamma)
    return np.exp(sign * rate * (np.sqrt(squares) if root else squares))


def with_likeness(**fault):
    return lambda A, B, gamma: likeness(A, B, gamma, **fault)


def expanded(A, B, gamma):
    """Right on paper: digits are lost far from zero."""
    squares = (A**2).sum(1)[:, None] + (B**2).sum(1) - 2 * A @ B.T
    return np.exp(-gamma * np.maximum(squares, 0))


def above_one(A, B, gamma):
    """Negative squared distances, as rounding can leave them, are not cut off."""
    K = likeness(A, B, gamma)
    return np.where(K > 1 - 1e-12, 1 + 1e-12, K)


def machine(X, y, alpha, C, *, signs=True, who="kerb", scale=2, power=1, minus=False):
    """The machine of given multipliers, with single faults put in."""
    w = (alpha * y if signs else alpha) @ X
    free = (alpha > 1e-6 * C) & (alpha < C - 1e-6 * C)
    rows = {
        "kerb": free,
        "support vectors": alpha > 0,
        "everybody": np.ones(len(y), bool),
        "first": np.arange(len(y)) == np.argmax(alpha > 0),
        "below C": alpha < C - 1e-6 * C,
    }.get(who)
    if who == "means":
        b = -(X[y > 0].mean(0) + X[y < 0].mean(0)) @ w / 2
    else:
        b = np.mean((X[rows] @ w - y[rows]) * (1 if minus else -1))
    return w, b, scale / np.linalg.norm(w) ** power


def with_machine(**fault):
    return lambda X, y, alpha, C: machine(X, y, alpha, C, **fault)


def mended(
    X,
    y,
    patient,
    penalties,
    *,
    price=None,
    scale_all=False,
    on_test=False,
    labels=False,
    rows=False,
    scoring="roc_auc",
    report=None,
):
    """The mended protocol, with single faults put back."""
    test = np.isin(patient, np.unique(patient)[::3])
    n = np.count_nonzero(~test)
    prices = [price(n, penalty) if price else 1 / (n * penalty) for penalty in penalties]
    if scale_all:
        X = StandardScaler().fit_transform(X)
        pipeline = make_pipeline(SVC(kernel="linear"))
    else:
        pipeline = make_pipeline(StandardScaler(), SVC(kernel="linear"))
    folds = [(~test, test)] if on_test else (3 if rows else GroupKFold(3))
    learn = np.ones(len(y), bool) if on_test else ~test
    search = GridSearchCV(pipeline, {"svc__C": prices}, scoring=scoring, cv=folds, refit=True)
    search.fit(X[learn], y[learn], groups=None if rows else patient[learn])
    best = search.best_estimator_.fit(X[~test], y[~test])
    score = best.predict(X) if labels else best.decision_function(X)
    auc = {
        "training": roc_auc_score(y[~test], score[~test]),
        "search": search.best_score_,
    }.get(report, roc_auc_score(y[test], score[test]))
    return {"auc": auc, "test": test, "C": search.best_params_["svc__C"], "score": score}


def with_fault(**fault):
    return lambda X, y, patient, penalties: mended(X, y, patient, penalties, **fault)


WRONG = {
    "q1": {
        "mean for sum": (with_objective(average=True), "not the mean"),
        "only whoever is on the wrong side pays": (with_objective(kerb=0), "pays all the same"),
        "squared hinge": (with_objective(power=2), "is not squared"),
        "outside is paid back": (with_objective(paid_back=True), "nobody is paid back"),
        "whole squared length": (with_objective(half=1.0), "half of the squared length"),
        "no slope of the first term": (with_objective(ridge=0), "The first term has a slope too"),
        "everybody pulls": (with_objective(all_pull=True), "outside the street pull at nothing"),
        "uphill": (with_objective(sign=1), "minus C times"),
        "intercept penalised": (with_objective(ridge_b=1), "it has no term of its own"),
        "changes w": (in_place, "return new arrays"),
    },
    "q2": {
        "distance, not squared": (with_likeness(root=True), "do not take its root"),
        "cross term once": (with_likeness(cross=1), "- 2 a.b"),
        "sigma for gamma": (with_likeness(factor=lambda g: 1 / (2 * g**2)), "gamma is not 1 /"),
        "grows with distance": (with_likeness(sign=1), "by -gamma"),
        "sum over the wrong axis": (with_likeness(axis=1), "(axis 1)"),
        "transposed": (lambda A, B, gamma: likeness(A, B, gamma).T, "A gives the rows"),
        "A with itself": (lambda A, B, gamma: likeness(A, A, gamma), "B the columns"),
        "digits lost far from zero": (expanded, "the digits are lost"),
        "above 1": (above_one, "a likeness above 1"),
    },
    "q3": {
        "no labels in w": (with_machine(signs=False), "with the sign of y"),
        "half of the street": (with_machine(scale=1), "not 1 over it"),
        "over the squared length": (with_machine(power=2), "not over its square"),
        "b with the other sign": (with_machine(minus=True), "b = y - w.x"),
        "b from all support vectors": (with_machine(who="support vectors"), "Only those strictly"),
        "b from the first support vector": (with_machine(who="first"), "Only those strictly"),
        "b half-way between the means": (with_machine(who="means"), "half-way between"),
        "b from everybody": (with_machine(who="everybody"), "have no say"),
        "those outside too": (with_machine(who="below C"), "stand outside it"),
    },
    "q4": {
        "scaled before the split": (with_fault(scale_all=True), "fitted on everybody"),
        "C is lambda": (with_fault(price=lambda n, p: p), "C runs against lambda"),
        "n forgotten": (with_fault(price=lambda n, p: 1 / p), "1 / (n lambda)"),
        "chosen on the test patients": (with_fault(on_test=True), "inside the training patients"),
        "AUC of labels": (with_fault(labels=True), "decision_function"),
        "inner folds by row": (with_fault(rows=True), "needs groups"),
        "chosen by accuracy": (with_fault(scoring="accuracy"), "not by accuracy"),
        "AUC of the training rows": (with_fault(report="training"), "not of the training rows"),
        "AUC of the search": (with_fault(report="search"), "not of the search"),
        "nothing mended": (
            with_fault(scale_all=True, price=lambda n, p: p, on_test=True, labels=True),
            "C runs against lambda",
        ),
    },
}

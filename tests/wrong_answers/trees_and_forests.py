"""Typical wrong answers to the exercises of the chapter on trees and forests.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np
from sklearn.tree import DecisionTreeClassifier

FUNCTIONS = {"q1": "gain", "q2": "best_threshold", "q3": "bagged_risk"}


def split_gain(
    left,
    right,
    criterion="gini",
    *,
    weighted=True,
    log=np.log2,
    guard=True,
    parent=True,
    counts=False,
    half=1.0,
):
    """The gain of a split, with single faults put in."""
    left, right = np.asarray(left, float), np.asarray(right, float)

    def impurity(c):
        p = c if counts else c / c.sum()
        if criterion == "gini":
            return half * np.sum(p * (1 - p))
        p = p[p > 0] if guard else p
        with np.errstate(all="ignore"):
            return -np.sum(p * log(p))

    n = left.sum() + right.sum()
    shares = (left.sum() / n, right.sum() / n) if weighted else (0.5, 0.5)
    sides = shares[0] * impurity(left) + shares[1] * impurity(right)
    return impurity(left + right) - sides if parent else sides


def with_gain(**fault):
    return lambda left, right, criterion="gini": split_gain(left, right, criterion, **fault)


def gini_always(left, right, criterion="gini"):
    return split_gain(left, right)


def threshold(
    x,
    y,
    *,
    sort=True,
    ties=False,
    at="middle",
    last=False,
    shift=0,
    guard=True,
    weighted=True,
    in_place=False,
    sort_y=True,
):
    """The best threshold, with single faults put in."""
    order = np.argsort(x, kind="stable") if sort else np.arange(len(x))
    xs = np.asarray(x, float)[order]
    ys = np.asarray(y, float)[order] if sort_y else np.asarray(y, float)
    if in_place:
        x.sort()
    n = len(ys)
    n_left = np.arange(1, n)
    ill_left = np.cumsum(ys)[:-1] if not shift else np.append(0, np.cumsum(ys)[:-2])
    ill_right, n_right = ys.sum() - ill_left, n - n_left

    def mixed(ill, of):
        p = np.clip(ill / of, 0, 1)
        return 2 * p * (1 - p)

    weights = (n_left / n, n_right / n) if weighted else (0.5, 0.5)
    gains = mixed(ys.sum(), n)
    gains = gains - weights[0] * mixed(ill_left, n_left) - weights[1] * mixed(ill_right, n_right)
    if not ties:
        gains = np.where(xs[1:] > xs[:-1], gains, -1.0)
    if guard and gains.max() < 0:
        return np.nan, 0.0
    best = len(gains) - 1 - np.argmax(gains[::-1]) if last else np.argmax(gains)
    t = {"middle": (xs[best] + xs[best + 1]) / 2, "left": xs[best], "right": xs[best + 1]}[at]
    return t, gains[best]


def with_threshold(**fault):
    return lambda x, y: threshold(x, y, **fault)


def bagging(
    X,
    y,
    patient,
    n_trees=40,
    seed=0,
    *,
    visits=False,
    same=False,
    all_trees=False,
    number=False,
    replace=True,
    divide_by_all=False,
    votes=False,
    unseeded=False,
):
    """The mended bagging, with single faults put back."""
    codes = np.unique(patient, return_inverse=True)[1]
    if visits:
        codes = np.arange(len(y))
    Z = np.column_stack([X, np.unique(patient, return_inverse=True)[1]]) if number else X
    total, trees = np.zeros(len(y)), np.zeros(len(y))
    drawn, n = np.zeros((n_trees, len(y)), int), codes.max() + 1
    rng = np.random.default_rng(None if unseeded else seed)
    for b in range(n_trees):
        rng = np.random.default_rng(seed) if same else rng
        who = rng.choice(n, n if replace else n // 2, replace=replace)
        drawn[b] = np.bincount(who, minlength=n)[codes]
        tree = DecisionTreeClassifier(min_samples_leaf=5, random_state=b)
        tree.fit(Z, y, sample_weight=drawn[b])
        out = (drawn[b] == 0) | all_trees
        predicted = tree.predict(Z) if votes else tree.predict_proba(Z)[:, -1] * (y.max() > 0)
        total[out] += predicted[out]
        trees[out] += 1
    with np.errstate(all="ignore"):
        risk = total / (n_trees if divide_by_all else trees)
    return {"risk": risk, "brier": np.mean((risk - y) ** 2), "drawn": drawn}


def with_fault(**fault):
    return lambda X, y, patient, n_trees=40, seed=0: bagging(X, y, patient, n_trees, seed, **fault)


def in_bag_brier(X, y, patient, n_trees=40, seed=0):
    """The Brier score of all trees beside the out-of-bag risk."""
    result = bagging(X, y, patient, n_trees, seed)
    return result | {"brier": bagging(X, y, patient, n_trees, seed, all_trees=True)["brier"] / 2}


WRONG = {
    "q1": {
        "sides not weighted": (with_gain(weighted=False), "Weight each side"),
        "impurity of the sides": (with_gain(parent=False), "subtract both"),
        "counts for shares": (with_gain(counts=True), "not the counts"),
        "natural logarithm": (with_gain(log=np.log), "base 2"),
        "log of zero": (with_gain(guard=False), "leave empty classes out"),
        "Gini for both": (gini_always, "entropy takes the logarithm"),
        "only one class counted": (with_gain(half=0.5), "over the classes"),
        "sign": (lambda a, b, c="gini": -split_gain(a, b, c), "subtract both"),
    },
    "q2": {
        "not sorted": (with_threshold(sort=False), "sort x"),
        "y left behind": (with_threshold(sort_y=False), "and y with it"),
        "between equal values": (with_threshold(ties=True), "the same side"),
        "at a value": (with_threshold(at="left"), "halfway"),
        "at the next value": (with_threshold(at="right"), "halfway"),
        "one patient too few": (with_threshold(shift=1), "k are on the left"),
        "last of equal gains": (with_threshold(last=True), "only where the sorted x changes"),
        "one value": (with_threshold(guard=False), "there is no threshold"),
        "sides not weighted": (with_threshold(weighted=False), "each weighted"),
        "sorts in place": (with_threshold(in_place=True), "in place"),
        "gain first": (lambda x, y: threshold(x, y)[::-1], "Return the threshold first"),
    },
    "q3": {
        "draws visits": (with_fault(visits=True), "Draw patients"),
        "one draw for all trees": (with_fault(same=True), "once, before the loop"),
        "in-bag trees speak": (with_fault(all_trees=True), "did not draw the patient"),
        "the number is a column": (with_fault(number=True), "out of the columns"),
        "nothing mended": (
            with_fault(visits=True, same=True, all_trees=True, number=True),
            "Draw patients",
        ),
        "without replacement": (with_fault(replace=False), "with replacement"),
        "divides by all trees": (with_fault(divide_by_all=True), "that left the visit out"),
        "votes": (with_fault(votes=True), "Shares, not votes"),
        "no seed": (with_fault(unseeded=True), "default_rng(seed)"),
        "Brier score of all trees": (in_bag_brier, "(risk - y) squared"),
    },
}

"""Typical wrong answers to the exercises of the chapter on patient groups.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import warnings

import numpy as np

FUNCTIONS = {"q1": "lloyd_step", "q2": "dbscan_roles", "q3": "patient_groups"}


def step(
    X,
    centers,
    *,
    root=False,
    mean=False,
    after=False,
    axis=2,
    loop=None,
    in_place=False,
    dtype=float,
):
    """One step of Lloyd, with single faults put in."""
    squared = ((X[:, None] - centers) ** 2).sum(axis=2)
    labels = squared.argmin(axis=1)
    moved = centers if in_place else np.array(centers, dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for j in np.unique(labels) if loop is None else loop(centers):
            moved[j] = X[labels == j].mean(axis=0)
    nearest = ((X[:, None] - moved) ** 2).sum(axis=2).min(axis=1) if after else squared.min(axis=1)
    nearest = np.sqrt(nearest) if root else nearest
    return labels, moved, nearest.mean() if mean else nearest.sum()


def with_step(**fault):
    return lambda X, centers: step(X, centers, **fault)


def city_blocks(X, centers):
    distance = np.abs(X[:, None] - centers).sum(axis=2)
    labels = distance.argmin(axis=1)
    moved = np.array(centers, dtype=float)
    for j in np.unique(labels):
        moved[j] = X[labels == j].mean(axis=0)
    return labels, moved, distance.min(axis=1).sum()


def farthest_centre(X, centers):
    squared = ((X[:, None] - centers) ** 2).sum(axis=2)
    labels = squared.argmax(axis=1)
    moved = np.array(centers, dtype=float)
    for j in np.unique(labels):
        moved[j] = X[labels == j].mean(axis=0)
    return labels, moved, squared.min(axis=1).sum()


def nearest_patient_of_each_centre(X, centers):
    """argmin over the wrong axis: one number a centre."""
    squared = ((X[:, None] - centers) ** 2).sum(axis=2)
    return squared.argmin(axis=0), np.array(centers, float), squared.min(axis=1).sum()


def centres_first(X, centers):
    labels, moved, W = step(X, centers)
    return moved, labels, W


def groups_from_one(X, centers):
    labels, moved, W = step(X, centers)
    return labels + 1, moved, W


def medians(X, centers):
    labels, moved, W = step(X, centers)
    for j in np.unique(labels):
        moved[j] = np.median(X[labels == j], axis=0)
    return labels, moved, W


def roles(X, eps, min_samples, *, itself=True, strict=False, near_any=False, distance="euclid"):
    """Core, border and noise, with single faults put in."""
    difference = np.abs(X[:, None] - X)
    measures = {
        "euclid": np.sqrt((difference**2).sum(axis=2)),
        "squared": (difference**2).sum(axis=2),
        "city": difference.sum(axis=2),
        "largest": difference.max(axis=2),
    }
    d = measures[distance]
    near = d < eps if strict else d <= eps
    counted = near if itself else near & ~np.eye(len(X), dtype=bool)
    core = counted.sum(axis=1) >= min_samples
    others = near & ~np.eye(len(X), dtype=bool)
    border = (others if near_any else near[:, core]).any(axis=1) & ~core
    return np.where(core, "core", np.where(border, "border", "noise"))


def with_role(**fault):
    return lambda X, eps, min_samples: roles(X, eps, min_samples, **fault)


def more_than_min_samples(X, eps, min_samples):
    return roles(X, eps, min_samples + 1)


def no_border(X, eps, min_samples):
    found = roles(X, eps, min_samples)
    return np.where(found == "border", "noise", found)


def grouped(train, test, k, *, leak=False, empty=False, apart=False, raw=False, last=False):
    """The mended function, with single faults put back."""
    learn = np.concatenate([train, test]) if leak else train
    mean, deviation = learn.mean(axis=0), learn.std(axis=0)
    Z, best = (train - mean) / deviation, np.inf
    for seed in range(20):
        centers = Z[np.random.default_rng(seed).choice(len(Z), k, replace=False)]
        for _ in range(100):
            groups = ((Z[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
            centers = np.array(
                [
                    Z[groups == j].mean(axis=0) if empty or j in groups else centers[j]
                    for j in range(k)
                ]
            )
        within = ((Z[:, None] - centers) ** 2).sum(axis=2).min(axis=1).sum()
        score = -((centers[:, None] - centers) ** 2).sum() if apart else within
        if last or score < best:
            best, kept = score, centers
    new = test if raw else (test - mean) / deviation
    nearest = ((new[:, None] - kept) ** 2).sum(axis=2).argmin(axis=1)
    return {"centers": mean + deviation * kept, "groups": nearest}


def with_fault(**fault):
    def function(train, test, k):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return grouped(train, test, k, **fault)

    return function


def empty_group_goes_to_the_origin(train, test, k):
    """NaN turned into zero: in standard deviations that is the mean of all."""
    result = with_fault()(train, test, k)
    duplicates = len(np.unique(train, axis=0)) < k
    if duplicates:
        result["centers"] = np.tile(train.mean(axis=0), (k, 1))
    return result


def compared_in_raw_units(train, test, k):
    """Centres and patients both in raw units: the column with large numbers decides."""
    result = with_fault()(train, test, k)
    return result | {"groups": with_fault(raw=True)(train, test, k)["groups"]}


WRONG = {
    "q1": {
        "root of the distances": (with_step(root=True), "without a root"),
        "mean instead of sum": (with_step(mean=True), "without a mean"),
        "W after the move": (with_step(after=True), "before they moved"),
        "mean of an empty group": (
            with_step(loop=lambda centers: range(len(centers))),
            "the mean of nobody",
        ),
        "the array is changed": (with_step(in_place=True), "in a copy"),
        "whole numbers": (with_step(dtype=int), "cuts the decimals off"),
        "farthest centre": (farthest_centre, "argmin over the centres"),
        "argmin over the patients": (nearest_patient_of_each_centre, "argmin over the centres"),
        "centres first": (centres_first, "in this order"),
        "groups from one": (groups_from_one, "argmin over the centres"),
        "medians": (medians, "argmin over the centres"),
        "city blocks": (city_blocks, "W adds squared distances"),
    },
    "q2": {
        "itself not counted": (with_role(itself=False), "its own neighbour and counts"),
        "less than eps": (with_role(strict=True), "exactly eps"),
        "more than min_samples": (more_than_min_samples, "its own neighbour and counts"),
        "border of the border": (with_role(near_any=True), "only neighbours are border rows"),
        "no border": (no_border, "with a core row near"),
        "squared distance against eps": (with_role(distance="squared"), "add up the squared"),
        "city blocks": (with_role(distance="city"), "not of 4 or 7"),
        "largest difference": (with_role(distance="largest"), "not of 4 or 7"),
    },
    "q3": {
        "scaled with the new patients": (with_fault(leak=True), "which patients may set the scale"),
        "mean of an empty group": (with_fault(empty=True), "Keep its old centre"),
        "empty group at the origin": (empty_group_goes_to_the_origin, "Keep its old centre"),
        "centres far apart": (with_fault(apart=True), "within the groups small"),
        "the last start": (with_fault(last=True), "keep the one with the smallest"),
        "new patients unscaled": (compared_in_raw_units, "Scale test with the mean"),
        "nothing mended": (
            with_fault(leak=True, empty=True, apart=True, raw=True),
            "Keep its old centre",
        ),
    },
}

"""Typical wrong answers to the exercises of the chapter on PCA and the self-organising map.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np

FUNCTIONS = {
    "q1": "principal_components",
    "q2": "map_step",
    "q3": "place_new_patients",
}


def components(X, k, *, centre="columns", order=-1, settle=True, square=True, kept_only=False):
    """The right answer, with single faults put in."""
    A = X - {"columns": X.mean(axis=0), "no": 0.0, "all": X.mean()}[centre]
    values, vectors = np.linalg.eigh(A.T @ A)
    values, V = values.clip(min=0)[::order], vectors.T[::order]
    if settle:
        V = V * np.sign(V[np.arange(len(V)), np.abs(V).argmax(axis=1)])[:, None]
    sizes = values if square else np.sqrt(values)
    return V[:k], sizes[:k] / (sizes[:k] if kept_only else sizes).sum()


def in_columns(X, k):
    V, share = components(X, X.shape[1])
    return V.T[:k], share[:k]


def first_entry_positive(X, k):
    V, share = components(X, k)
    return V * np.sign(V[:, 0])[:, None], share


def covariance_of_rows(X, k):
    return components(X.T, k)


def changes_the_table(X, k):
    X -= X.mean(axis=0)
    return components(X, k)


def components_fault(**fault):
    return lambda X, k: components(X, k, **fault)


def step(
    X,
    nodes,
    places,
    sigma,
    *,
    h_of="places",
    root=False,
    two=2,
    mean=True,
    first_only=False,
    over_patients=False,
    on_grid=False,
):
    """The right answer, with single faults put in."""
    columns = slice(0, 1) if first_only else slice(None)
    where = places[:, : X.shape[1]] if on_grid else nodes
    distance = ((X[:, None, columns] - where[:, columns]) ** 2).sum(axis=2)
    if over_patients:
        best = distance.argmin(axis=0)[np.arange(len(X)) % len(nodes)] % len(nodes)
    else:
        best = distance.argmin(axis=1)
    between = nodes if h_of == "nodes" else places
    steps = ((between[:, None] - between[best]) ** 2).sum(axis=2)
    h = np.exp(-(np.sqrt(steps) if root else steps) / (two * sigma**2))
    return h @ X / (h.sum(axis=1, keepdims=True) if mean else len(X))


def only_the_best_match(X, nodes, places, sigma):
    return step(X, nodes, places, 0.05)


def step_fault(**fault):
    return lambda X, nodes, places, sigma: step(X, nodes, places, sigma, **fault)


def place(X_train, X_new, *, leak=False, unscaled=False, smallest=False, own_mean=False):
    """The mended steps, with single faults put back."""
    seen = np.vstack([X_train, X_new]) if leak else X_train
    mean, scale = seen.mean(axis=0), np.ones(X_train.shape[1]) if unscaled else seen.std(axis=0)
    vectors = np.linalg.eigh(np.cov((seen - mean) / scale, rowvar=False))[1]
    V = vectors.T[:2] if smallest else vectors.T[::-1][:2]
    scores = ((X_new - (X_new.mean(axis=0) if own_mean else mean)) / scale) @ V.T
    return {"scores": scores, "mean": mean, "scale": scale, "components": V}


def new_ones_scaled_by_themselves(X_train, X_new):
    result = place(X_train, X_new)
    spread = X_new.std(axis=0)
    own = (X_new - result["mean"]) / np.where(spread > 0, spread, 1)
    return result | {"scores": own @ result["components"].T}


def scaled_for_the_components_only(X_train, X_new):
    result = place(X_train, X_new)
    return result | {"scores": (X_new - result["mean"]) @ result["components"].T}


def place_fault(**fault):
    return lambda X_train, X_new: place(X_train, X_new, **fault)


WRONG = {
    "q1": {
        "not centred": (components_fault(centre="no"), "subtract the mean of each column"),
        "one mean for all": (components_fault(centre="all"), "subtract the mean of each column"),
        "smallest first": (components_fault(order=1), "smallest first"),
        "in columns": (in_columns, "in columns"),
        "covariance of rows": (covariance_of_rows, "covariance of the columns"),
        "singular values": (components_fault(square=False), "squares of the singular values"),
        "share of the kept": (components_fault(kept_only=True), "not only over the k"),
        "signs as they come": (components_fault(settle=False), "turn the component round"),
        "first entry positive": (first_entry_positive, "entry of largest size"),
    },
    "q2": {
        "grid distance in data": (step_fault(h_of="nodes"), "between places on the grid"),
        "not squared": (step_fault(root=True), "squared, over 2 sigma squared"),
        "2 forgotten": (step_fault(two=1), "over 2 sigma squared"),
        "sum over n": (step_fault(mean=False), "Divide by the sum of h"),
        "K-means": (only_the_best_match, "one step away counts"),
        "first column only": (step_fault(first_only=True), "All d columns count"),
        "argmin over patients": (step_fault(over_patients=True), "not over the patients"),
        "nearest place": (step_fault(on_grid=True), "in the measurements"),
    },
    "q3": {
        "fitted on all": (place_fault(leak=True), "belong to X_train alone"),
        "not scaled": (place_fault(unscaled=True), "divide each column"),
        "smallest variance": (place_fault(smallest=True), "ascending order"),
        "own mean": (place_fault(own_mean=True), "subtract the stored mean"),
        "scaled by themselves": (new_ones_scaled_by_themselves, "not the scale"),
        "scores not scaled": (scaled_for_the_components_only, "divide each column"),
        "nothing mended": (
            place_fault(leak=True, unscaled=True, smallest=True, own_mean=True),
            "belong to X_train alone",
        ),
    },
}

"""A fitted tree as a chart that a clinician can read: questions, answers, risks with intervals."""

import re

import matplotlib.pyplot as plt
import numpy as np
from sklearn.utils.validation import check_is_fitted

from ..evaluation import wilson_interval
from .style import BLUE, GREY, ORANGE

INDENT, ANSWER, ROW = 0.22, 0.3, 0.29  # inches: of a depth, of its answer, of a line
LETTER, SIDE, NARROWEST = 0.08, 1.25, 4.2  # inches: of a bold letter, the outcomes, the whole


def draw_tree(model, X, y, outcome, names=None, scale=None, who="patients"):
    """Draw a tree, one line a node, and beside each leaf what became of the patients who reach it.

    The patients are those given, best such as the tree has not seen: the dot is what is observed
    in them, with its 95 % interval (Wilson's for a share, the mean plus or minus 1.96 standard
    errors for a quantity); the cross is what the tree promises.

    Parameters
    ----------
    model : DecisionTreeClassifier or DecisionTreeRegressor
        Fitted, of any backend; a classifier of two classes.
    X : DataFrame or array-like of shape (n, d)
        Patients.  A column of 0 and 1 is asked as "name?", one of whole numbers as "name ≥ 60?".
    y : array-like of shape (n,)
        Their outcomes: classes, of which the second is counted, or numbers.
    outcome : str
        The name of the axis, with its unit: "with coronary disease (%)".
    names : sequence of str, optional
        Of the d columns, a unit last in brackets: "age (years)".  By default ``X``'s own.  With
        short ones the figure is narrow enough for a telephone.
    scale : float, optional
        What values are multiplied by to be shown, by default 100 for shares and 1 for numbers.
    who : str
        Whom the leaves count, in the plural.

    Returns
    -------
    Figure, its two Axes (the tree, the outcomes)

    Raises
    ------
    ValueError
        More than two classes, or ``names`` of another number than the columns of ``X``.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22, 209-212.
    doi:10.1080/01621459.1927.10502953
    """
    check_is_fitted(model)
    tree, values = model.tree_, np.asarray(X, dtype=np.float64)
    y, promised = _outcomes(model, y)
    scale = scale or (1.0 if y.dtype.kind == "f" else 100.0)
    names = names if names is not None else getattr(X, "columns", None)
    words = _questions(tree, values, names, np.isnan(values).any(0) | model._missing_seen)
    depth, at = tree.depth, model.apply(X)
    reach = max(d * (INDENT + ANSWER) + LETTER * len(w) for d, w in zip(depth, words))
    fig, chart, side = _paper(tree.node_count, max(NARROWEST, reach + SIDE + 0.3))
    for node in range(tree.node_count):
        x = depth[node] * (INDENT + ANSWER)
        if node:
            _branch(chart, node, tree, x)
        if words[node]:
            chart.text(x, -node, words[node], va="center", fontsize=9, weight="bold")
            continue
        mine = y[at == node]
        leaf = f"{len(mine)} {who}"
        side.plot(scale * promised[node], -node, "x", color=ORANGE, zorder=3)
        if len(mine):
            low, middle, high = scale * _observed(mine)
            leaf += f": {middle:.3g}" if y.dtype.kind == "f" else f": {middle:.0f} %"
            side.plot([low, high], [-node, -node], color=BLUE)
            side.plot(middle, -node, "o", color=BLUE)
        chart.text(x, -node, leaf, va="center", fontsize=9, color=BLUE)
    side.plot([], [], "x", color=ORANGE, label="promised")
    side.plot([], [], "o-", color=BLUE, label="observed")
    side.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=8, borderpad=0)
    side.set(xlabel=outcome, yticks=[])
    side.margins(x=0.08)
    side.locator_params(axis="x", nbins=4)
    return fig, (chart, side)


def _paper(rows, width):
    """A figure with room for so many lines; 1 in the tree's x is an inch, 1 in y is a line."""
    below, above = 0.5, 0.45
    height = rows * ROW + below + above
    fig = plt.figure(figsize=(width, height), layout="none")
    bottom, tall = below / height, rows * ROW / height
    chart = fig.add_axes([0, bottom, 1 - (SIDE + 0.2) / width, tall])
    side = fig.add_axes([1 - (SIDE + 0.15) / width, bottom, SIDE / width, tall])
    for ax in (chart, side):
        ax.set_ylim(0.5 - rows, 0.5)
    chart.set_xlim(-0.05, width - SIDE - 0.25)
    chart.axis("off")
    return fig, chart, side


def _outcomes(model, y):
    """The outcomes as 0 and 1 or as numbers, and what each node of the tree promises."""
    if not hasattr(model, "classes_"):
        return np.asarray(y, dtype=np.float64), model.tree_.value
    if len(model.classes_) != 2:
        raise ValueError(f"a tree of two classes can be drawn, this has {len(model.classes_)}")
    return (np.asarray(y) == model.classes_[1]).astype(np.intp), model.tree_.value[:, 1]


def _observed(y):
    """Lower limit, value, upper limit of a share or a mean."""
    if y.dtype.kind != "f":
        share = wilson_interval(int(y.sum()), len(y))
        return np.array([share.low, share.value, share.high])
    error = y.std(ddof=1) / np.sqrt(len(y)) if len(y) > 1 else np.nan
    return y.mean() + 1.96 * error * np.array([-1, 0, 1])


def _questions(tree, X, names, gaps):
    """What each node asks, so that the left branch is "no"; "" for a leaf.

    ``gaps`` (d,) is True for columns of which a value may be missing.
    """
    names = [f"x{f}" for f in range(X.shape[1])] if names is None else [str(n) for n in names]
    if len(names) != X.shape[1]:
        raise ValueError(f"names has {len(names)} names, but X has {X.shape[1]} columns")
    return [
        ""
        if leaf
        else _question(names[f], t, X[:, f], ("no" if nan_left else "yes") if gaps[f] else "")
        for leaf, f, t, nan_left in zip(
            tree.is_leaf, tree.feature, tree.threshold, tree.missing_go_to_left
        )
    ]


def _question(name, threshold, column, missing):
    found = re.fullmatch(r"(.*?)\s*\(([^()]*)\)", name)
    name, unit = found.groups() if found else (name, "")
    known = column[~np.isnan(column)]
    if np.isinf(threshold):
        return f"{name} missing?"
    missing = f" (missing: {missing})" if missing else ""
    if np.isin(known, (0, 1)).all() and 0 < threshold < 1:
        return f"{name}?{missing}"
    whole = np.array_equal(known, np.round(known))
    limit = f"≥ {np.floor(threshold) + 1:.0f}" if whole else f"> {threshold:.4g}"
    return f"{name} {limit} {unit}".rstrip() + "?" + missing


def _branch(ax, node, tree, x):
    """The line from the parent's line down to this one, and the answer that leads here."""
    parent = np.flatnonzero((tree.children_left == node) | (tree.children_right == node))[0]
    start, end = x - ANSWER - INDENT + 0.08, x - ANSWER - 0.02
    ax.plot([start, start, end], [-parent - 0.35, -node, -node], color=GREY, linewidth=1)
    answer = "no" if tree.children_left[parent] == node else "yes"
    ax.text(x - 0.06, -node, answer, va="center", ha="right", fontsize=8, color=GREY)

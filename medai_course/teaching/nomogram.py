"""A Cox model as a ruler: points for each value, and the survival of their sum."""

import matplotlib.pyplot as plt
import numpy as np

from .style import BLUE, GREY, ORANGE

SHOWN = (0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.01)


def nomogram(score, patient, at, outcome, figsize=(6.4, 5.6)):
    """Draw a nomogram of a ``RiskScore`` with one patient on it.

    Parameters
    ----------
    score : RiskScore
    patient : mapping of str to value
        The patient whose points are marked.
    at : int
        Which of ``score.times`` the lowest scale is for.
    outcome : str
        The name of that scale.

    Returns
    -------
    Figure
    """
    points, lowest, widest = score.points(), *_range(score)
    fig, ax = plt.subplots(figsize=figsize)
    rows = len(points)
    _scale(ax, rows + 1, "points", {p: p for p in range(0, 101, 20)}, 1.0, GREY)
    total = 0.0
    for row, (part, places) in enumerate(zip(score.inputs, points, strict=True)):
        height = rows - row
        name = f"{part.name} ({part.unit})" if part.unit else part.name
        _scale(ax, height, name, places, 1.0, BLUE)
        low = min(part.choices().values())
        mine = 100 * (part.share(patient[part.name]) - low) / widest
        ax.plot(mine, height, "o", color=ORANGE, ms=7, zorder=3)
        total += mine
    most = sum(max(places.values()) for places in points)
    squeeze = 100 / most
    step = 50 if most <= 450 else 100
    _scale(ax, -0.2, "total points", {p: p for p in range(0, int(most) + 1, step)}, squeeze, GREY)
    marks = _marks(np.log(score.baseline[at]), lowest, widest, most)
    _scale(ax, -1.4, outcome, marks, squeeze, BLUE)
    ax.plot([total * squeeze] * 2, [-0.2, -1.4], "o-", color=ORANGE, ms=7, zorder=3)
    ax.set(xlim=(-3, 103), ylim=(-2.2, rows + 1.9))
    ax.axis("off")
    return fig


def _marks(log_baseline, lowest, widest, most):
    """{survival in per cent: total points that give it}, round numbers if some are in range."""

    def total(S):
        return 100 * (np.log(np.log(S) / log_baseline) - lowest) / widest

    inside = [S for S in SHOWN if 0 <= total(S) <= most]
    if len(inside) < 3:
        ends = np.exp(log_baseline * np.exp(lowest + widest * np.array([0, most]) / 100))
        inside = np.linspace(*ends, 4)
    return {f"{100 * S:.3g}": total(S) for S in inside}


def _range(score):
    shares = [part.choices().values() for part in score.inputs]
    return sum(min(s) for s in shares), max(max(s) - min(s) for s in shares)


def _scale(ax, height, name, places, squeeze, color):
    """A ruler at one height: ``places`` are its labels and where they stand."""
    at = np.array(list(places.values()), float) * squeeze
    ax.plot([at.min(), at.max()], [height] * 2, color=color, lw=1.2)
    ax.plot(at, [height] * len(at), "|", color=color, ms=6)
    ax.text(-3, height + 0.28, name, fontsize=9, color=color, weight="bold", va="bottom")
    ends = {"below": -np.inf, "above": -np.inf}  # of the labels so far
    for label, x in sorted(zip(places, at, strict=True), key=lambda pair: pair[1]):
        text = f"{label:g}" if isinstance(label, (int, float)) else str(label)
        half = 0.5 + 0.6 * len(text)  # of the label's width, in points
        side = "below" if x - half >= ends["below"] else "above"
        if x - half < ends[side]:
            continue  # it would write over the label before
        y, va = (height - 0.12, "top") if side == "below" else (height + 0.1, "bottom")
        ax.text(x, y, text, fontsize=8.5, ha="center", va=va)
        ends[side] = x + half

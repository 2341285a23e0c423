"""Kaplan-Meier curves as clinicians expect them: with limits, and the number at risk below."""

import matplotlib.pyplot as plt
import numpy as np

from .style import BLUE, GREEN, GREY, ORANGE, PURPLE


def survival_curves(curves, ticks, scale=1.0, figsize=(7.0, 4.6)):
    """Draw fitted curves, their pointwise limits, and who is still followed at each tick.

    Parameters
    ----------
    curves : mapping of str to KaplanMeier
        At most four fitted curves by name.
    ticks : sequence of float
        Where the time axis is marked, in units of ``scale``; the last ends the axis.
    scale : float
        Unit of the axis in the unit of the curves' times: 365.25 shows days as years.
    figsize : pair of float

    Returns
    -------
    Figure, Axes
        The axes of the curves, for their labels.
    """
    colors = (BLUE, ORANGE, GREEN, PURPLE)
    if len(curves) > len(colors):
        raise ValueError(f"at most {len(colors)} curves can be told apart, got {len(curves)}")
    rows = len(curves)
    fig, (ax, below) = plt.subplots(
        2, 1, sharex=True, figsize=figsize, height_ratios=[10, 1.2 + rows]
    )
    for row, (color, (name, curve)) in enumerate(zip(colors, curves.items())):
        time = np.append(0.0, curve.times_) / scale
        S = np.append(1.0, curve.survival_function_)
        low, high = (np.append(1.0, limit) for limit in curve.confidence_interval_)
        ax.step(time, S, where="post", color=color, label=name)
        ax.fill_between(time, low, high, step="post", color=color, alpha=0.15, linewidth=0)
        followed = curve.risk_table(np.asarray(ticks, float) * scale)["n_at_risk"]
        side = below.get_yaxis_transform()
        below.text(
            -0.05, -row, name, color=color, ha="right", va="center", fontsize=9, transform=side
        )
        for tick, n in zip(ticks, followed):
            below.text(tick, -row, f"{n}", color=color, ha="center", va="center", fontsize=9)
    ax.set(ylim=(0, 1.02), xlim=(0, ticks[-1]), xticks=ticks)
    ax.legend(loc="lower left")
    below.set(ylim=(0.6 - rows, 1.0))
    below.set_title("number at risk", fontsize=9, color=GREY, weight="normal", pad=2)
    below.axis("off")
    ax.tick_params(labelbottom=True)
    return fig, ax

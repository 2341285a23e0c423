"""One look for every figure: colour-blind safe, labelled, the same in all chapters."""

import matplotlib as mpl
from cycler import cycler

# Okabe and Ito's palette, made to be told apart with any kind of colour vision, darkest first
BLUE, ORANGE, GREEN, RED, SKY, PURPLE, YELLOW = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#B22222",
    "#56B4E9",
    "#AA4499",
    "#E69F00",
)
GREY = "#6B7280"
BACKEND_COLORS = {"NumPy": BLUE, "PyTorch": ORANGE, "TensorFlow": YELLOW}

STYLE = {
    "figure.figsize": (7.0, 3.2),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, RED, SKY, PURPLE, YELLOW]),
    "grid.color": "#E5E7EB",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "image.cmap": "viridis",
    "animation.embed_limit": 2,
}


def use_style():
    """Give every figure that follows the style of the book."""
    mpl.rcParams.update(STYLE)

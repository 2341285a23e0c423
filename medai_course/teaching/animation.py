"""A process that unfolds, as a player in the page: small, and without a network."""

import base64
import io
import re

import matplotlib.pyplot as plt
from IPython.display import HTML
from matplotlib.animation import FuncAnimation
from PIL import Image

COLORS = 48  # in the palette of all frames: a drawing needs few, and the file shrinks threefold
MOST_FRAMES = 30


def player(fig, draw, frames, interval=200):
    """An animation with buttons, for the last line of a cell.

    Parameters
    ----------
    fig : Figure
        Closed afterwards, so that it is not shown a second time.
    draw : callable
        ``draw(i)`` brings the figure to frame ``i``.
    frames : int ≤ 30
        Number of frames.
    interval : float
        Milliseconds from one to the next.

    Returns
    -------
    IPython.display.HTML
    """
    if not 1 <= frames <= MOST_FRAMES:
        raise ValueError(f"frames must be between 1 and {MOST_FRAMES}, got {frames}: skip some")
    html = FuncAnimation(fig, draw, frames=frames, interval=interval).to_jshtml(default_mode="once")
    plt.close(fig)
    return HTML(re.sub(r'(?<=data:image/png;base64,)[^"]+', _with_few_colors, html))


def _with_few_colors(encoded):
    image = Image.open(io.BytesIO(base64.b64decode(encoded[0].replace("\\\n", ""))))
    out = io.BytesIO()
    image.convert("RGB").quantize(COLORS).save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()

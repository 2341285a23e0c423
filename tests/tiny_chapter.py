"""Chapters of a few cells, written by tests."""

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A chapter
"""
FIGURE = """import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(4, 2))
ax.plot([0, 1], [0, {end}]); ax.set(ylim=(0, 1.2))
plt.show()"""
ANIMATION = """from IPython.display import HTML
from matplotlib.animation import FuncAnimation
fig, ax = plt.subplots(figsize=(2, 1))
(line,) = ax.plot([0, 1], [0, 0])
ax.set_ylim(0, 4)
movie = FuncAnimation(fig, lambda i: line.set_ydata([0, i]), frames=3)
plt.close(fig)
HTML(movie.to_jshtml())"""


def chapter(folder, *cells, name="chapter"):
    """Write a source; a cell is its code, or (its tags, its code)."""
    parts = [HEADER]
    for cell in cells:
        tags, code = cell if isinstance(cell, tuple) else ("", cell)
        head = f":tags: [{tags}]\n\n" if tags else ""
        parts.append(f"```{{code-cell}} ipython3\n{head}{code}\n```\n")
    path = folder / f"{name}.md"
    path.write_text("\n".join(parts), "utf8")
    return path

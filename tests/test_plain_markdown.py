"""MyST as plain Markdown: what Sphinx alone understands becomes words."""

import re
from pathlib import Path

import jupytext
import pytest

from medai_course.teaching.book_labels import Book
from medai_course.teaching.plain_markdown import Converter

ROOT = Path(__file__).resolve().parents[1]


def plain(source, framework="pytorch", root=ROOT, labels=None):
    book = Book(root, {})
    book.labels = labels or {}
    return Converter(book, root / "book" / "page.md", framework).convert(source)


@pytest.mark.parametrize(
    "source, expected",
    [
        (":::{note}\nMind **this**.\n:::", "> **Note.** Mind **this**."),
        (":::{admonition} A title\ntext\n:::", "> **A title.** text"),
        ("```{warning} At once\n```", "> **Warning.** At once"),
        (":::{seealso}\nx\n:::", "> **See also.** x"),
        (
            ":::{dropdown} A `hint`\n:open:\nLook.\n:::",
            "<details><summary><b>A hint</b></summary>\n\nLook.\n\n</details>",
        ),
        ("```{math}\nx^2\n```", "$$\nx^2\n$$"),
        ("$$a$$ (eq-a)\n", "$$a\n\\tag{1.1}\n$$"),
        ("{eq}`eq-a` and {eq}`that <eq-a>`", "(1.1) and that"),
        ("{math}`a < b > c` {sub}`2` {abbr}`ECG (trace)`", "$a < b > c$ <sub>2</sub> ECG (trace)"),
        ("{term}`RR` {term}`beats <beat>` {py:class}`~a.B`", "RR beats `a.B`"),
        ("{numref}`fig-a` {numref}`fig. %s <fig-a>`", "Figure 1.1 fig. Figure 1.1"),
        ("```{code-block} python\n:linenos:\nx = 1\n\n\ny = 2\n```",
         "```python\nx = 1\n\n\ny = 2\n```"),
        ("(label)=\n## Title\n% no\n+++\nend", "## Title\nend"),
        ("sensitivity\n: the share", "**sensitivity:** the share"),
        ("![a](b.png){width=3}", "![a](b.png)"),
        (r"$\sqrt[3]{x}$ \$5", r"$\sqrt[3]{x}$ \$5"),
        ("\\begin{align}\na &= [b](c){d}\n\\end{align}",
         "\\begin{align}\na &= [b](c){d}\n\\end{align}"),
        ("`{eq}` ``{eq}`x` ``", "`{eq}` ``{eq}`x` ``"),
        ("```python\n{eq}`x`\n```", "```python\n{eq}`x`\n```"),
        ("[see](#eq-a) [](#eq-a) [w](https://a.b/c.md)", "see (1.1) [w](https://a.b/c.md)"),
        ("```{figure} a.png\n:alt: A\n:name: fig-a\nThe *one*.\n```",
         "![A](a.png)\n\n*Figure 1.1. The *one*.*"),
        ("```{image} a.png\n:alt: A\n```", "![A](a.png)"),
        ("```{prf:algorithm} Lloyd\n:label: alg-a\nRepeat.\n```",
         "> **Algorithm 1.1 (Lloyd).**\n>\n> Repeat."),
        ("```{list-table} T\n* - a\n  - b\n* - 1\n  - 2\n    more\n```",
         "**T**\n\n| a | b |\n|---|---|\n| 1 | 2 more |"),
        ("````{grid} 2\n```{grid-item-card} Door\nIn.\n```\n````", "**Door**\n\nIn."),
        (":::{unheard-of} Of this\nbody {sup}`1`\n:::", "**Of this**\n\nbody <sup>1</sup>"),
        ("```{bibliography}\n```", ""),
        ("- item\n\n  ```{note}\n  inside\n  ```\n\n- next",
         "- item\n\n> **Note.** inside\n\n- next"),
        ("```{code-block} yaml\n---\ncaption: c\n---\na: 1\n```", "```yaml\na: 1\n```"),
        ("{exercise-notebook}`heart_rate`", "`heart_rate.ipynb`"),
        ("```{raw} html\n<b>x</b>\n```", "<b>x</b>"),
        ("```{literalinclude} /medai_course/__init__.py\n:lines: 1-1\n```",
         "```python\n" + (ROOT / "medai_course/__init__.py").read_text().splitlines()[0] + "\n```"),
        ("{cite}`unknown`", "(unknown, n. d.)"),
    ],
)  # fmt: skip
def test_myst_becomes_plain_markdown(source, expected):
    labels = {"eq-a": "(1.1)", "fig-a": "Figure 1.1", "alg-a": "Algorithm 1.1"}
    assert plain(source, labels=labels) == expected


def test_a_method_is_shown_from_the_package_itself():
    file = "../medai_course/scratch/linear.py"
    shown = plain(f"```{{literalinclude}} {file}\n:pyobject: LinearRegression._solve\n```")
    assert shown.startswith('```python\ndef _solve(self, M, z):\n    """')
    assert shown.endswith("return np.linalg.solve(M, z)\n```")


TABS = """::::{tab-set}
:sync-group: GROUP
:::{tab-item} NumPy
:sync: numpy
by hand
:::
:::{tab-item} PyTorch
:sync: pytorch
autograd
:::
::::"""


def test_tabs_of_a_framework_are_chosen_and_others_follow_one_another():
    assert plain(TABS.replace("GROUP", "framework")) == "autograd"
    assert plain(TABS.replace("GROUP", "framework"), "numpy") == "by hand"
    both = plain(TABS.replace(":sync-group: GROUP\n", ""))
    assert both == "**NumPy**\n\nby hand\n\n**PyTorch**\n\nautograd"


def test_no_chapter_of_the_book_keeps_a_directive_or_a_role():
    """Every Markdown cell of every page, with code taken out."""
    pages = [p for p in sorted((ROOT / "book").glob("*/*.md")) if p.parent.name[0] != "_"]
    assert pages
    book = Book(ROOT, {page.with_suffix(""): "" for page in pages})
    for page in pages:
        for cell in jupytext.read(page, fmt="md:myst").cells:
            if cell.cell_type == "markdown":
                said = Converter(book, page, "numpy").convert(cell.source)
                said = re.sub(r"(```+|`+).*?\1", "", said, flags=re.DOTALL)
                assert not re.search(r"\{[a-z][\w:-]*\}`|^\s*[:`]{3,}\{|^\(.*\)=$", said, re.M), (
                    page
                )

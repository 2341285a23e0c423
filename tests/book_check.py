"""Checks of a chapter, each a function that returns what is wrong, in words; [] if nothing is.

A notebook is an nbformat notebook, a text the MyST of its Markdown cells: so a check can be tried
on a copy with a planted fault.
"""

import json
import re

import jupytext
import nbformat

from tools.stable_outputs import text_alternative

from .myst_blocks import every_block

TAGS = re.compile(
    r"(hide|remove)-(input|output|cell)|raises-exception|nbval-ignore-output|scroll-output"
    r"|full-width|margin|solution|tab:(numpy|pytorch|tensorflow)|needs-data:\w+"
)
LEAKS = {
    "a path of the machine": r"(?<![\w.:/])/(home|root|work|tmp|Users|usr|opt|mnt|var)/|[A-Z]:\\",
    "the address of an object": r"0x[0-9a-f]{6,}",
    "the file of a cell": r"ipykernel_\d+",
    "a log line of TensorFlow": r"\b[IWEF]\d{4} [\d:.]+ .*\.cc:\d+|: [IWEF] tensorflow/",
}
FIGURE = ("image/png", "image/jpeg", "image/svg+xml")


def code_cells(notebook):
    return [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]


def tags(cell):
    return [str(tag) for tag in cell.metadata.get("tags", [])]


def markdown(notebook):
    """The text of the Markdown cells, one after the other."""
    return "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def differs_from_source(notebook, source):
    """``source`` is the text of the .md file."""
    of = lambda nb: [
        (c.cell_type, c.source.strip(), tags(c), text_alternative(c)) for c in nb.cells
    ]
    ours, theirs = of(notebook), of(jupytext.reads(source, fmt="md:myst"))
    if ours == theirs:
        return []
    pairs = enumerate(zip(ours, theirs))
    first = next((i for i, (a, b) in pairs if a != b), min(len(ours), len(theirs)))
    return [f"cell {first} differs from the source: run python tools/execute.py NAME"]


def not_run_in_order(notebook):
    nbformat.validate(notebook)
    counts = [c.execution_count for c in code_cells(notebook)]
    if counts == list(range(1, len(counts) + 1)):
        return []
    return [f"not executed from top to bottom: the cells are numbered {counts}"]


def errors(notebook):
    return [
        f"cell {c.execution_count} ends in {o.ename}: tag it raises-exception if it should"
        for c in code_cells(notebook)
        for o in c.outputs
        if o.output_type == "error" and "raises-exception" not in tags(c)
    ]


def output_texts(cell):
    for output in cell.outputs:
        yield from (output.get("text", ""), output.get("evalue", ""))
        yield from (re.sub(r"\x1b\[[\d;]*m", "", line) for line in output.get("traceback", []))
        data = output.get("data", {})
        html = re.sub(r"data:image/[^\"']*", "", data.get("text/html", ""))
        yield from (data.get("text/plain", ""), html)


def leaks(notebook):
    """What only the machine that ran the chapter knows, in the outputs."""
    return [
        f"cell {c.execution_count} shows {what}: {found[0]!r}"
        for c in code_cells(notebook)
        for text in output_texts(c)
        for what, pattern in LEAKS.items()
        if (found := re.search(pattern, text, re.M))
    ]


def unknown_tags(notebook):
    return [
        f"unknown tag {tag!r} in the cell that begins {c.source[:40]!r}"
        for c in notebook.cells
        for tag in tags(c)
        if not TAGS.fullmatch(tag)
    ]


def too_many_ignored(notebook, allowed):
    """``nbval-ignore-output`` takes a cell out of the comparison; each use is counted."""
    number = sum("nbval-ignore-output" in tags(c) for c in code_cells(notebook))
    return [f"{number} cells tagged nbval-ignore-output, {allowed} allowed"] * (number > allowed)


def has_figure(cell):
    kinds = [o.get("data", {}) for o in cell.outputs]
    return any(k in d for d in kinds for k in FIGURE) or any(
        re.search(r"<img|<svg", d.get("text/html", "")) for d in kinds
    )


def is_telling(alt):
    """Whether a text alternative says something: a sentence, not a name of a file."""
    return len(alt) >= 20 and len(alt.split()) >= 4 and "/" not in alt.split()[0]


def figures_without_alt(notebook):
    """Executed figures, figure directives and Markdown images without a telling alternative."""
    problems = [
        f"the figure of cell {c.execution_count} needs mystnb: image: alt: with a sentence"
        for c in code_cells(notebook)
        if has_figure(c) and not is_telling(text_alternative(c))
    ]
    return problems + images_without_alt(markdown(notebook))


def images_without_alt(text):
    directives = [b for b in every_block(text) if b.name in ("figure", "image")]
    return [
        f"the image {b.argument} needs :alt: with a sentence"
        for b in directives
        if not is_telling(b.options.get("alt", ""))
    ] + [
        f"the image {target} needs a sentence in its square brackets"
        for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", text)
        if not is_telling(alt)
    ]


def number_of_figures(notebook):
    directives = [b for b in every_block(markdown(notebook)) if b.name in ("figure", "image")]
    return sum(has_figure(c) for c in code_cells(notebook)) + len(directives)


def quiz_questions(notebook):
    """How many quick questions the notebook asks, read from the outputs of jupyterquiz."""
    scripts = [
        o.get("data", {}).get("application/javascript", "")
        for c in code_cells(notebook)
        for o in c.outputs
    ]
    starts = [re.match(r"var questions\w+=", script) for script in scripts]
    decode = json.JSONDecoder().raw_decode
    return sum(len(decode(s[m.end() :])[0]) for s, m in zip(scripts, starts) if m)

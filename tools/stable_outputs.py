"""What a cell put out, without what differs from one run, machine or day to the next."""

import re
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATHS = [
    (r"/\S*ipykernel_\d+/\d+\.py", "cell.py"),
    (r"/\S*/site-packages/", ""),
    (re.escape(f"{ROOT}/"), ""),
]
RANDOM_IDS = [
    r'<div id="([A-Za-z]{12})" data-shufflequestions',  # jupyterquiz
    r'id="_anim_img([0-9a-f]{32})"',  # matplotlib's to_jshtml
    r'<table id="T_([0-9a-f]{5,32})"',  # a pandas Styler
]
ONLINE = [
    # to_jshtml links a font of icons; the theme has them, and its buttons have titles
    (r'<link rel="stylesheet"\s+href="https://maxcdn[^>]*>\s*', ""),
    # jupyterquiz fetches MathJax if the page's own is not ready after half a second
    (
        r"(?s)// Trigger MathJax typesetting if available.*(?=// if \(typeof MathJax)",
        """window.addEventListener("load", () =>
        window.MathJax?.startup?.promise.then(() => MathJax.typesetPromise([container])));
    """,
    ),
]
KINDS = ("text/html", "application/javascript", "text/plain")


def stabilise(outputs, cell_id, alt=""):
    """Make a cell's outputs, in place, the same at every run.

    Paths lose the folder that the machine gave them, random ids become ``cell_id`` and a number,
    links to the net go; ``alt`` becomes the text alternative of images in HTML that have none.
    """
    merge_streams(outputs)
    rename = new_ids(outputs, cell_id)
    for output in outputs:
        if "text" in output:
            output["text"] = replaced(output["text"], PATHS)
        data = output.get("data", {})
        for kind in KINDS:
            if kind in data:
                for old, new in rename.items():
                    data[kind] = data[kind].replace(old, new)
                data[kind] = replaced(data[kind], ONLINE)
        if "text/html" in data and "text/plain" in data:  # hidden where there is HTML
            data["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", data["text/plain"])
        if alt and "text/html" in data:
            data["text/html"] = with_alt(data["text/html"], alt)


def with_alt(html, alt):
    image = f'<img alt="{escape(alt)}"'
    return re.sub(r"<img(?![^>]*\balt=)", lambda _: image, html)


def replaced(text, patterns):
    for pattern, new in patterns:
        text = re.sub(pattern, new, text)
    return text


def new_ids(outputs, cell_id):
    """{random id: stable id}, numbered in the order of their appearance."""
    html = "".join(output.get("data", {}).get("text/html", "") for output in outputs)
    found = dict.fromkeys(x for pattern in RANDOM_IDS for x in re.findall(pattern, html))
    return {old: f"{'quiz_' if old.isalpha() else ''}{cell_id}_{i}" for i, old in enumerate(found)}


def merge_streams(outputs):
    """One output for what was printed in a row, stdout before stderr: how it is cut is chance."""
    merged, run = [], {}
    for output in [*outputs, None]:
        if output is not None and output.output_type == "stream":
            run.setdefault(output.name, []).append(output)
            continue
        for name in sorted(run, reverse=True):
            first, *more = run[name]
            first["text"] = first["text"] + "".join(o["text"] for o in more)
            merged.append(first)
        merged += [] if output is None else [output]
        run = {}
    outputs[:] = merged


def text_alternative(cell):
    """The text alternative of the images that a cell makes: its option ``mystnb: image: alt:``."""
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")

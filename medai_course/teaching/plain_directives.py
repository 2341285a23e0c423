"""MyST directives as plain Markdown, which a JupyterLab without extensions can show."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ADMONITIONS = "note tip hint important seealso warning caution attention danger error admonition"
QUOTES = "epigraph margin sidebar pull-quote highlights"
DROPPED = "bibliography contents tableofcontents glossary only index part-chapters course-map"
NO_OPTIONS = re.compile(r"^:([\w-]+):[ \t]*(.*)$")


@dataclass
class Directive:
    """``{name} argument`` with its options and body, as written."""

    name: str
    argument: str
    options: dict[str, str]
    body: str

    @classmethod
    def parse(cls, name: str, argument: str, lines: list[str]) -> Directive:
        """Split the lines between the fences into options and body."""
        options, lines = {}, list(lines)
        if lines and lines[0].strip() == "---" and "---" in [s.strip() for s in lines[1:]]:
            end = 1 + [s.strip() for s in lines[1:]].index("---")
            pairs = [line.partition(":") for line in lines[1:end]]
            options = {key.strip(): value.strip() for key, _, value in pairs}
            lines = lines[end + 1 :]
        while lines and (match := NO_OPTIONS.match(lines[0].strip())):
            options[match[1]] = match[2].strip()
            lines.pop(0)
        return cls(name, argument.strip(), options, "\n".join(lines).strip("\n"))


@dataclass
class Page:
    """What the conversion of one page needs to know.

    Parameters
    ----------
    path : Path
        The page, from which paths in it are read.
    root : Path
        The folder that paths with a leading slash are read from.
    framework : str
        Whose tabs are kept.
    labels : dict of str to str
        What a reference to a label says, such as "(1.2.3)" or "Exercise 1.2.1".
    inline : callable
        Converts a run of text outside directives.
    blocks : callable
        Converts text that may hold directives again.
    """

    path: Path
    root: Path
    framework: str
    labels: dict[str, str]
    inline: Callable[[str], str]
    blocks: Callable[[str], str] = str

    def file(self, name: str) -> Path:
        """The file that the page calls ``name``."""
        return self.root / name[1:] if name.startswith("/") else self.path.parent / name


def render(d: Directive, page: Page) -> str:
    """One directive as plain Markdown; what is not known keeps its title and its text."""
    if d.name in RENDERERS:
        return RENDERERS[d.name](d, page)
    if d.name.startswith("prf:"):
        return _labelled(d, page)
    return "\n\n".join(filter(None, [_title(d, page), page.blocks(d.body)]))


def _title(d, page):
    return f"**{page.inline(d.argument)}**" if d.argument else ""


def _quote(text):
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _admonition(d, page):
    kind = "" if d.name == "admonition" else d.name.capitalize().replace("Seealso", "See also")
    title = page.inline(d.argument) if d.name == "admonition" else kind
    rest = "" if d.name == "admonition" else d.argument
    body = "\n".join(filter(None, [rest, d.body]))
    return _quote(f"**{title}.** {page.blocks(body).lstrip()}")


def _plain_quote(d, page):
    return _quote(page.blocks("\n".join(filter(None, [d.argument, d.body]))))


def _dropdown(d, page):
    body = page.blocks(d.body)
    title = re.sub(r"[*`]", "", page.inline(d.argument)) or "Details"
    return f"<details><summary><b>{title}</b></summary>\n\n{body}\n\n</details>"


def _labelled(d, page):
    """An exercise, an algorithm or a theorem, with its number."""
    name = page.labels.get(d.options.get("label", ""), d.name.removeprefix("prf:").capitalize())
    title = f"{name} ({page.inline(d.argument)})" if d.argument else name
    return _quote(f"**{title}.**\n\n{page.blocks(d.body)}".rstrip())


def _solution(d, page):
    heading = f"**Solution to {page.labels.get(d.argument, 'the exercise')}.**"
    return f"{heading}\n\n{page.blocks(d.body)}".rstrip()


def _math(d, page):
    number = page.labels.get(d.options.get("label", ""), "")
    tag = f"\n\\tag{{{number.strip('()')}}}" if number else ""
    body = "\n".join(filter(None, [d.argument, d.body]))
    return f"$$\n{body}{tag}\n$$"


def _code(d, page):
    language = d.argument or d.options.get("language", "")
    fence = "````" if "```" in d.body else "```"
    return f"{fence}{language}\n{d.body}\n{fence}"


def _include(d, page):
    """A file's lines, or one function or class of it."""
    text = page.file(d.argument).read_text("utf-8")
    if "pyobject" in d.options:
        text = _object(text, d.options["pyobject"])
    elif "lines" in d.options:
        first, _, last = d.options["lines"].partition("-")
        text = "\n".join(text.splitlines()[int(first) - 1 : int(last or first)])
    language = d.options.get("language", "python" if d.argument.endswith(".py") else "")
    return _code(Directive("code", language, {}, text.strip("\n")), page)


def _object(text, dotted):
    node = ast.parse(text)
    for name in dotted.split("."):
        node = next(n for n in node.body if getattr(n, "name", None) == name)
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return textwrap.dedent("\n".join(text.splitlines()[first - 1 : node.end_lineno]))


def _image(d, page):
    picture = f"![{d.options.get('alt', '')}]({d.argument})"
    if d.name == "image" or not d.body:
        return picture
    number = page.labels.get(d.options.get("name", ""), "")
    caption = " ".join(filter(None, [f"{number}." if number else "", page.blocks(d.body)]))
    return f"{picture}\n\n*{caption.strip()}*"


def _tabs(d, page):
    """The tab of the framework, or all tabs one after the other."""
    items = [b for b in split(d.body) if isinstance(b, Directive)]
    own = [item for item in items if item.options.get("sync") == page.framework]
    if own and d.options.get("sync-group") == "framework":
        return "\n\n".join(page.blocks(item.body) for item in own)
    return "\n\n".join(f"{_title(item, page)}\n\n{page.blocks(item.body)}" for item in items)


def _list_table(d, page):
    """Rows ``* - a`` with cells ``  - b`` as a table."""
    rows = []
    for line in d.body.splitlines():
        if match := re.match(r"\s*(\*\s+)?-\s*(.*)$", line):
            if match[1]:
                rows.append([])
            rows[-1].append(match[2])
        elif rows and line.strip():
            rows[-1][-1] += " " + line.strip()
    table = [f"| {' | '.join(page.inline(cell) for cell in row)} |" for row in rows]
    table[1:1] = ["|" + "---|" * len(rows[0])]
    return "\n\n".join(filter(None, [_title(d, page), "\n".join(table)]))


def _text(d, page):
    return page.blocks(d.body)


def _nothing(d, page):
    return ""


RENDERERS: dict[str, Callable[[Directive, Page], str]] = {
    **dict.fromkeys(ADMONITIONS.split(), _admonition),
    **dict.fromkeys(QUOTES.split(), _plain_quote),
    **dict.fromkeys(DROPPED.split(), _nothing),
    **dict.fromkeys(["exercise", "exercise-start"], _labelled),
    **dict.fromkeys(["solution", "solution-start"], _solution),
    **dict.fromkeys(["exercise-end", "solution-end"], _nothing),
    **dict.fromkeys(["code", "code-block", "sourcecode"], _code),
    **dict.fromkeys(["image", "figure"], _image),
    **dict.fromkeys(["div", "container", "grid", "card-carousel", "tab-item"], _text),
    "dropdown": _dropdown,
    "list-table": _list_table,
    "literalinclude": _include,
    "math": _math,
    "raw": lambda d, page: d.body,
    "tab-set": _tabs,
}

OPEN = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})(?:\{([\w:+.-]+)\})?(.*)$")


def split(text: str) -> list[str | Directive]:
    """The text as runs outside directives, and directives (those inside others stay inside)."""
    out, run, lines = [], [], text.splitlines()
    while lines:
        line = lines.pop(0)
        match = OPEN.match(line)
        if not match or (match[1][0] == ":" and not match[2]):
            run.append(line)
            continue
        inside, closing = _up_to_the_end(lines, match[1])
        if match[2]:
            out += [*(["\n".join(run)] if run else [])]
            run = []
            indent = "\n".join([" " * (len(line) - len(line.lstrip())) + "x", *inside])
            inside = textwrap.dedent(indent).splitlines()[1:]
            out.append(Directive.parse(match[2], match[3], inside))
        else:
            run += [line, *inside, closing]  # a block of code stays as it is
    return out + (["\n".join(run)] if run else [])


def _up_to_the_end(lines, fence):
    """Take the lines up to the closing fence, and that, from ``lines``."""
    inside = []
    while lines:
        line = lines.pop(0)
        mark = line.strip()
        if len(mark) >= len(fence) and set(mark) == {fence[0]}:
            return inside, line
        inside.append(line)
    return inside, fence

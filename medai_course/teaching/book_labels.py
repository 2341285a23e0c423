"""What a reference says: numbers of equations and exercises, titles of pages, authors of works."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from .plain_directives import Directive, split

HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
NAMED_HEADING = re.compile(r"^\(([^()\s]+)\)=\s*\n+#{1,6}\s+(.+?)\s*$", re.MULTILINE)
DOLLAR_LABEL = re.compile(r"\$\$[ \t]*\(([\w:.-]+)\)")


class Book:
    """The pages that ``_toc.yml`` lists, read once for what refers to them.

    Parameters
    ----------
    root : Path
        The course's folder.
    pages : dict of Path to str
        Each page, without its suffix, and its number such as "1.2" (empty for one without).
    """

    def __init__(self, root: Path, pages: dict[Path, str]):
        self.root = root
        self.pages = pages

    @cached_property
    def labels(self) -> dict[str, str]:
        """Label to what a reference to it says."""
        found: dict[str, str] = {}
        for page, number in self.pages.items():
            _collect(_markdown(page), number, found)
        return found

    def title(self, page: Path) -> str:
        """The first heading of the page (a path without suffix), or the words of its name."""
        page = page.resolve()
        if page.with_suffix(".md").is_file() or page.with_suffix(".ipynb").is_file():
            heading = HEADING.search(_markdown(page))
            if heading:
                return heading[1]
        return page.name.replace("_", " ")

    def author_year(self, key: str) -> tuple[str, str]:
        """("Pan and Tompkins", "1985") for a key of the bibliography; the key where it has none."""
        if key not in self._works:
            return key, "n. d."
        entry = self._works[key]
        names = [_family(person) for person in entry.persons.get("author", [])]
        names = names[:1] * 3 if "et al." in names else names
        several = {0: key, 1: "".join(names[:1]), 2: " and ".join(names[:2])}
        return several.get(len(names), f"{''.join(names[:1])} et al."), _field(entry, "year")

    def reference(self, key: str) -> str:
        """One line on a work: authors, year, title, where, DOI."""
        entry = self._works.get(key)
        if entry is None:
            return key
        names = ", ".join(_family(person) for person in entry.persons.get("author", []))
        where = _field(entry, "journal") or _field(entry, "booktitle") or _field(entry, "publisher")
        doi = _field(entry, "doi")
        link = f" <https://doi.org/{doi}>" if doi else ""
        where = f" *{where}*." if where else ""
        return f"{names} ({_field(entry, 'year')}). {_field(entry, 'title')}.{where}{link}"

    @cached_property
    def _works(self):
        from pybtex.database import parse_file

        file = self.root / "book" / "references.bib"
        return parse_file(str(file)).entries if file.is_file() else {}


def _markdown(page):
    """The page's text: of a notebook, its Markdown cells."""
    notebook = page.with_suffix(".ipynb")
    if notebook.is_file():
        import nbformat

        cells = nbformat.read(notebook, as_version=4).cells
        return "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    source = page.with_suffix(".md")
    return source.read_text("utf-8") if source.is_file() else ""


def _collect(text, number, found):
    """Add the labels of one page to ``found``, numbered in their order as Sphinx does."""
    counts: dict[str, int] = {}

    def count(kind):
        counts[kind] = counts.get(kind, 0) + 1
        return f"{number}.{counts[kind]}".lstrip(".")

    def walk(part):
        for block in split(part):
            if isinstance(block, Directive):
                label = block.options.get("label") or block.options.get("name") or ""
                _name(block, label, count, found)
                walk(block.body)
                continue
            found.update({name: title for name, title in NAMED_HEADING.findall(block)})
            for label in DOLLAR_LABEL.findall(block):
                found[label] = f"({count('equation')})"

    walk(text)


def _name(block, label, count, found):
    if block.name == "math":
        says = f"({count('equation')})" if label else ""
    elif block.name == "figure":
        says = f"Figure {count('figure')}"
    elif block.name in ("exercise", "exercise-start") and "nonumber" not in block.options:
        says = f"Exercise {count('exercise')}"
    elif block.name.startswith("prf:"):
        kind = block.name.removeprefix("prf:")
        says = f"{kind.capitalize()} {count(kind)}"
    else:
        return
    if label:
        found[label] = says


def _field(entry, name):
    return re.sub(r"[{}]", "", entry.fields.get(name, "")).replace("\\&", "&")


def _family(person):
    if str(person) == "others":
        return "et al."
    return re.sub(r"[{}\\]", "", " ".join([*person.prelast_names, *person.last_names]))

"""Class notebooks: every chapter for one framework, without outputs, in plain Markdown."""

from __future__ import annotations

import ast
import base64
import mimetypes
import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import nbformat
import yaml

from .book_labels import Book
from .checkout import chapters
from .plain_markdown import Converter

FRAMEWORKS = ("numpy", "pytorch", "tensorflow")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
GATE = re.compile(
    r"\s*([`:~]{3,})\{(solution-start|solution-end|solution|dropdown(?=\}\s*For teachers))\}"
)
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^()\s:]+)\)")


def export_notebooks(
    root: Path, out: Path, framework: str, solutions: bool = True, force: bool = False
) -> list[Path]:
    """Write the class notebooks of one framework; the paths that were written.

    Parameters
    ----------
    root : Path
        The course's folder.
    out : Path
        A notebook goes to ``out/<part>/<chapter>.ipynb``.
    framework : {"numpy", "pytorch", "tensorflow"}
        Cells of the other two are left out.
    solutions : bool
        Keep the worked solutions and the box for teachers.
    force : bool
        Overwrite what is there.

    Raises
    ------
    ValueError
        Unknown framework; or files that are there already, and then nothing is written.
    """
    if framework not in FRAMEWORKS:
        raise ValueError(f"framework must be one of {', '.join(FRAMEWORKS)}, got {framework!r}")
    book, files = Book(root, _numbered_pages(root)), {}
    for chapter in chapters(root):
        folder = out / chapter.part
        notebook = nbformat.read(chapter.path, as_version=4)
        converted = class_notebook(notebook, chapter.path, book, framework, solutions)
        files[folder / chapter.path.name] = nbformat.writes(converted).encode()
        files |= {folder / name: data for name, data in _files_of(converted, chapter.path).items()}
    there = sorted(str(path) for path in files if path.exists())
    if there and not force:
        raise ValueError(f"already there: {', '.join(there)}; use --force to overwrite")
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(files)


def class_notebook(
    notebook: nbformat.NotebookNode,
    path: Path,
    book: Book,
    framework: str,
    solutions: bool = True,
) -> nbformat.NotebookNode:
    """One chapter for one framework; ``path`` is where it lies in the book."""
    converter = Converter(book, path, framework)
    cells = [cell for cell in notebook.cells if framework in _frameworks_of(cell)]
    if not solutions:
        cells = _without_solutions(cells)
    made = [_code(c) if c.cell_type == "code" else _text(c, converter, path) for c in cells]
    if converter.cited:
        works = "\n".join(f"- {book.reference(key)}" for key in sorted(converter.cited))
        made.append(nbformat.v4.new_markdown_cell(f"## References\n\n{works}"))
    made = [cell for cell in made if cell.source.strip()]
    for i, cell in enumerate(made):
        cell.id = f"c{i:03d}"
    return nbformat.v4.new_notebook(cells=made, metadata=METADATA)


def _numbered_pages(root):
    """Each page of ``_toc.yml`` without its suffix, and its number where its part has one."""
    table = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    pages = {root / table["root"]: ""}
    for part in table.get("parts", [table]):
        number = re.match(r"\d+", part.get("caption", "")) if part.get("numbered") else None
        for i, entry in enumerate(part.get("chapters", []), start=1):
            page = (root / entry["file"]).with_suffix("")
            pages[page] = f"{number[0]}.{i}" if number else ""
    return pages


def _tags(cell):
    return cell.metadata.get("tags", [])


def _frameworks_of(cell):
    """The frameworks a cell is for: those of its tags ``tab:NAME``, or all."""
    return [tag[4:] for tag in _tags(cell) if tag.startswith("tab:")] or FRAMEWORKS


def _without_solutions(cells):
    """Drop cells tagged ``solution``, solutions in the text, and what is for teachers."""
    kept, inside = [], False
    for cell in cells:
        if cell.cell_type != "markdown":
            if not inside and "solution" not in _tags(cell):
                kept.append(cell)
            continue
        text, inside = _cut(cell.source, inside)
        kept.append(nbformat.v4.new_markdown_cell(text))
    return kept


def _cut(text, inside):
    """The text that students get, and whether a solution is open at its end."""
    lines, kept = text.splitlines(), []
    while lines:
        line = lines.pop(0)
        gate = GATE.match(line)
        if gate:
            while lines and not _closes(lines.pop(0), gate[1]):
                pass
            inside = gate[2] == "solution-start"
        elif not inside:
            kept.append(line)
    return "\n".join(kept), inside


def _closes(line, fence):
    mark = line.strip()
    return len(mark) >= len(fence) and set(mark) == {fence[0]}


def _code(cell):
    tags = [t for t in _tags(cell) if not t.startswith(("tab:", "hide-", "remove-", "nbval-"))]
    return nbformat.v4.new_code_cell(cell.source, metadata={"tags": tags} if tags else {})


def _text(cell, converter, path):
    """The text in plain Markdown, its pictures inside the cell."""
    text, attachments = converter.convert(cell.source), {}

    def attach(match):
        file = converter.page.file(unquote(match[2]))
        if not file.is_file():
            return match[0]
        kind = mimetypes.guess_type(file.name)[0] or "image/png"
        attachments[file.name] = {kind: base64.b64encode(file.read_bytes()).decode()}
        return f"![{match[1]}](attachment:{file.name})"

    made = nbformat.v4.new_markdown_cell(PICTURE.sub(attach, text))
    if attachments:
        made.attachments = attachments
    return made


def _files_of(notebook, path):
    """Files beside the chapter that its code names in a string: name to content."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for name in _strings(cell.source):
                found |= _beside(path.parent, name)
    return found


def _strings(source):
    with suppress(SyntaxError):  # a cell with magic commands is not Python
        constants = [n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant)]
        return [value for value in constants if isinstance(value, str)]
    return []


def _beside(folder, name):
    if not 0 < len(name) < 200 or "\n" in name or "\0" in name:
        return {}
    file = folder / name
    inside = file.resolve().is_relative_to(folder.resolve())
    return {name: file.read_bytes()} if inside and file.is_file() else {}

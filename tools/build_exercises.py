"""Build exercises: python tools/build_exercises.py [NAME ...] (all, when no name is given).

The master ``book/<part>/exercises/NAME.md`` becomes, in ``dist/exercises/NAME``:

NAME.ipynb               the student's notebook: no solutions, visible checks and their data inside
instructor/NAME.ipynb    the same with the solutions
NAME-autograder.zip      all checks, for ``medai grade`` and for what else reads otter's format

A build happens only when the master, otter or this file has changed, and gives the same bytes each
time.  It fails unless the solutions earn every point and the untouched notebook none.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import jupytext
import nbformat

from medai_course.teaching.grading import Exercise, grade_cells
from medai_course.teaching.student import Limits
from medai_course.teaching.submissions import read_code_cells

ROOT = Path(__file__).resolve().parents[1]
STAMP = "build.json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
INIT = """\
# Run this cell first. It finds the checks, which are stored in this notebook.
import os

import otter

opened = os.path.basename(os.environ.get("JPY_SESSION_NAME", ""))
grader = otter.Notebook(opened if os.path.isfile(opened) else "{name}.ipynb")"""


def masters(root: Path = ROOT) -> dict[str, Path]:
    """Name to path of every exercise master."""
    return {path.stem: path for path in sorted((root / "book").glob("*/exercises/*.md"))}


def build(master: Path, out: Path) -> bool:
    """Build ``master`` into the folder ``out``; False where nothing had changed."""
    name, digest = master.stem, _digest(master)
    if _is_built(out, digest):
        return False
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=out.parent) as folder:
        made, result = _assign(master, Path(folder)), Path(folder) / "result"
        _write_notebook(made / "student" / f"{name}.ipynb", result / f"{name}.ipynb")
        solved = result / "instructor" / f"{name}.ipynb"
        _write_notebook(made / "autograder" / f"{name}.ipynb", solved)
        (archive,) = (made / "autograder").glob("*.zip")
        _write_archive(archive, result / f"{name}-autograder.zip")
        _prove(result, name)
        (result / STAMP).write_text(json.dumps({"digest": digest}) + "\n", "utf-8")
        _put(result, out, digest)
    return True


def _is_built(out, digest):
    stamp = out / STAMP
    return stamp.is_file() and json.loads(stamp.read_text("utf-8"))["digest"] == digest


def _put(result, out, digest):
    """Move ``result`` to ``out``; a second builder of the same exercise may have been faster."""
    shutil.rmtree(out, ignore_errors=True)
    try:
        result.replace(out)
    except OSError:
        if not _is_built(out, digest):
            raise


def _digest(master):
    parts = [master.read_bytes(), Path(__file__).read_bytes()]
    parts.append(importlib.metadata.version("otter-grader").encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _assign(master, folder):
    """Let otter split the master; returns the folder with its two versions."""
    import otter.assign

    notebook = jupytext.read(master, fmt="md:myst")
    notebook.metadata = METADATA
    source = folder / "source" / f"{master.stem}.ipynb"
    source.parent.mkdir()
    nbformat.write(notebook, source)
    otter.assign.main(str(source), str(folder / "made"), no_pdfs=True, no_run_tests=True)
    return folder / "made"


def _write_notebook(made, path):
    """``made`` with cell names that do not change, and a first cell that survives renaming."""
    notebook = nbformat.read(made, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    for i, cell in enumerate(notebook.cells):
        cell.id = f"c{i:03d}"
        if "otter.Notebook(" in cell.source:
            cell.source = INIT.format(name=path.stem)
        cell.source = cell.source.removesuffix("\n\n_Points:_ 0")  # marked by nobody
    notebook.metadata.update(METADATA)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def _write_archive(made, path):
    """``made`` with sorted members and without the time of the build."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for member in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), old.read(member))


def _prove(folder, name):
    """Grade the solutions and the untouched notebook."""
    exercise = Exercise.from_zip(folder / f"{name}-autograder.zip", name)
    solved = _grade(folder / "instructor" / f"{name}.ipynb", exercise)
    if solved.points != exercise.possible():
        raise RuntimeError(f"{name}: the solutions earn {solved.points} ({solved.remark})")
    untouched = _grade(folder / f"{name}.ipynb", exercise)
    if untouched.total:
        raise RuntimeError(f"{name}: the untouched notebook earns {untouched.points}")


def _grade(path, exercise):
    return grade_cells(read_code_cells(path), exercise, Limits())


def main() -> None:
    """Build what the command line names."""
    parser = argparse.ArgumentParser(description="Build student notebooks and autograders.")
    parser.add_argument("names", nargs="*", help="exercises; all when none is given")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "exercises")
    options = parser.parse_args()
    known = masters()
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        sys.exit(f"no such exercise: {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in options.names or known:
        fresh = build(known[name], options.out / name)
        print(f"{options.out / name}: {'built' if fresh else 'up to date'}")


if __name__ == "__main__":
    main()

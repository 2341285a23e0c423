"""Whose notebooks are in a folder, however the learning platform has named them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_MB = 200
IGNORED = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Submission:
    """One file of one student, or the reason why there is none.

    Parameters
    ----------
    student : str
        As far as the file or folder name tells.
    path : Path or None
        The notebook.
    remark : str
        What the teacher should know: a wrong name, no notebook, two of them.
    """

    student: str
    path: Path | None
    remark: str = ""


def find_submissions(folder: Path, exercise: str) -> list[Submission]:
    """All submissions below ``folder``, sorted by student.

    Found are ``student.ipynb``, ``student_123_EXERCISE.ipynb`` as platforms name them, and
    ``student/EXERCISE.ipynb``.  Anything else gives a submission without a path and with a remark.

    Raises ValueError where ``folder`` is no folder or holds nothing.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder: give the folder that holds the submissions")
    entries = sorted(p for p in folder.iterdir() if not _is_ignored(p))
    if not entries:
        raise ValueError(f"there are no submissions in {folder}")
    found = [_in_folder(p, exercise) if p.is_dir() else _file(p, exercise) for p in entries]
    found.sort(key=lambda s: (s.student.casefold(), s.student, str(s.path)))
    return _mark_doubles(found)


def read_code_cells(path: Path) -> list[str]:
    """The sources of the code cells of the notebook ``path``.

    Raises ValueError, with a reason fit for a remark, where the file cannot be read as a notebook.
    """
    import nbformat

    size = path.stat().st_size / 1e6
    if size > MAX_FILE_MB:
        raise ValueError(f"the file has {size:.0f} MB; clear its outputs")
    try:
        notebook = nbformat.read(path, as_version=4)
        cells = [str(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    except Exception as error:  # whatever a damaged file can make a reader raise
        raise ValueError(f"not a readable notebook ({type(error).__name__})") from None
    return cells


def _is_ignored(path):
    return path.name.startswith(".") or path.name in IGNORED


def _file(path, exercise):
    if path.suffix != ".ipynb":
        return Submission(_student(path.name, exercise), None, "not a notebook (.ipynb)")
    return Submission(_student(path.stem, exercise), path)


def _student(stem, exercise):
    """`meyer_123_heart_rate-1` -> `meyer_123`: without the exercise and the number of a copy."""
    name = re.sub(rf"[\s_-]*{re.escape(exercise)}([-_ ]?\(?\d+\)?)?$", "", stem)
    return name or stem


def _in_folder(folder, exercise):
    notebooks = [p for p in sorted(folder.rglob("*.ipynb")) if not _below_ignored(p, folder)]
    named = [p for p in notebooks if p.name == f"{exercise}.ipynb"]
    if len(named) == 1:
        return Submission(folder.name, named[0])
    if len(notebooks) == 1:
        return Submission(folder.name, notebooks[0], f"the notebook is named {notebooks[0].name}")
    problem = "more than one notebook" if notebooks else "no notebook"
    return Submission(folder.name, None, f"{problem} in the folder")


def _below_ignored(path, folder):
    return any(_is_ignored(Path(part)) for part in path.relative_to(folder).parts)


def _mark_doubles(found):
    students = [s.student for s in found]
    return [
        Submission(s.student, s.path, "; ".join(filter(None, [s.remark, _double(s)])))
        if students.count(s.student) > 1
        else s
        for s in found
    ]


def _double(submission):
    name = submission.path.name if submission.path else "one of them"
    return f"more than one file of this student: this row is {name}"

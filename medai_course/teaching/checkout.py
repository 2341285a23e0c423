"""Where the course's own files are: its folder, its chapters, its exercises."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import medai_course

MARKS = ("_toc.yml", "pyproject.toml", "book")


class NoCheckout(ValueError):
    """The package is installed without the course around it."""


@dataclass(frozen=True)
class Chapter:
    """One executed notebook of the book, such as ``book/partnership/heart_rate.ipynb``."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name without its suffix: ``heart_rate``."""
        return self.path.stem

    @property
    def part(self) -> str:
        """The folder it is in: ``partnership``."""
        return self.path.parent.name


def find_root() -> Path:
    """The folder of the course: around the package, or the current folder or one above it.

    Raises NoCheckout where there is none.
    """
    around = Path(medai_course.__file__).resolve().parents[1]
    here = Path.cwd()
    for folder in (around, here, *here.parents):
        if all((folder / mark).exists() for mark in MARKS):
            return folder
    raise NoCheckout(
        "the chapters are not installed with the package: get the course's folder "
        "(git clone, or its zip file), and run this command in it"
    )


def chapters(root: Path) -> list[Chapter]:
    """The notebooks that ``_toc.yml`` lists, in its order."""
    import yaml

    table = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    files = [root / name for name in _files(table) if name.endswith(".ipynb")]
    return [Chapter(path) for path in files]


def find_chapter(root: Path, name: str) -> Chapter:
    """The chapter ``name``, or ``part/name`` where two parts have a chapter of that name.

    Raises ValueError, with the chapters there are, for a name that is unknown or not unique.
    """
    wanted = name.removesuffix(".ipynb").removesuffix(".md").replace("-", "_").lower()
    known = chapters(root)
    found = [c for c in known if wanted in (c.name, f"{c.part}/{c.name}")]
    if len(found) == 1:
        return found[0]
    if found:
        both = " or ".join(f"{c.part}/{c.name}" for c in found)
        raise ValueError(f"there is more than one chapter {name!r}: say {both}")
    raise ValueError(f"no chapter {name!r}{did_you_mean(wanted, [c.name for c in known])}")


def autograder(root: Path, exercise: str) -> Path:
    """Where ``tools/build_exercises.py`` puts the checks of an exercise.

    Raises ValueError, with the exercises there are, for an unknown name.
    """
    known = [path.stem for path in sorted((root / "book").glob("*/exercises/*.md"))]
    if exercise not in known:
        raise ValueError(f"no exercise {exercise!r}{did_you_mean(exercise, known)}")
    return root / "dist" / "exercises" / exercise / f"{exercise}-autograder.zip"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A suggestion and the names there are, to end an error message with."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1)
    guess = f"; did you mean {close[0]!r}?" if close else "."
    return f"{guess} There are: {', '.join(known) or 'none'}"


def _files(table):
    """All values of the key ``file`` (and of ``root``), however deep, in order."""
    if isinstance(table, dict):
        for key, value in table.items():
            if key in ("file", "root"):
                yield value
            else:
                yield from _files(value)
    elif isinstance(table, list):
        for item in table:
            yield from _files(item)

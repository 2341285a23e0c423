"""The catalogue of the course's data sets, read from ``registry.toml``."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files as package_files
from pathlib import Path

from .base import DataStatement

_STATEMENT = ("title", "kind", "source", "licence", "consent", "population", "known_bias")
_STATEMENT += ("citation",)


@dataclass(frozen=True)
class Fingerprint:
    """What tells the right bytes of a file from any others.

    Parameters
    ----------
    algorithm : {"sha256", "md5"}
        md5 only where the source publishes nothing better.
    digest : str
        Hexadecimal.
    bytes : int or None
        Size, where it is known.
    note : str
        For an accepted copy that is not the source's own file: what differs.
    """

    algorithm: str
    digest: str
    bytes: int | None = None
    note: str = ""


@dataclass(frozen=True)
class DataFile:
    """A file of a public data set: its name, where it is served, and the copies accepted."""

    name: str
    urls: tuple[str, ...]
    fingerprints: tuple[Fingerprint, ...]
    about_bytes: int | None = None

    @property
    def bytes(self) -> int:
        """Size of the source's own file or of an accepted copy; rounded where neither is known."""
        known = (copy.bytes for copy in self.fingerprints if copy.bytes is not None)
        return next(known, self.about_bytes)


@dataclass(frozen=True)
class Entry:
    """A data set in the catalogue.

    Parameters
    ----------
    statement : DataStatement
    loader : str
        The function of :mod:`medai_course.data` that returns it; empty if there is none yet.
    files : tuple of DataFile
        Empty unless the data set is public.
    default_files : tuple of str
        Names of the files that are fetched when nothing else is asked for.
    by_hand : str
        What to do where no address serves the file.
    """

    statement: DataStatement
    loader: str = ""
    files: tuple[DataFile, ...] = ()
    default_files: tuple[str, ...] = ()
    by_hand: str = ""

    def select(self, files: Iterable[str] | str | None = None) -> tuple[DataFile, ...]:
        """The files of these names, those of the default, or with ``"all"`` every one."""
        by_name = {file.name: file for file in self.files}
        if files is None:
            files = self.default_files
        elif isinstance(files, str):
            files = by_name if files == "all" else [files]
        chosen = list(files)
        for name in chosen:
            if name not in by_name:
                what = f"files: {self.statement.name!r} has no file {name!r}"
                raise ValueError(what + _did_you_mean(name, by_name))
        return tuple(by_name[name] for name in chosen)


def names(kind: str | None = None) -> list[str]:
    """Names of all data sets, or of those that are "installed", "simulated" or "public"."""
    kinds = ("installed", "simulated", "public")
    if kind is not None and kind not in kinds:
        raise ValueError(f"kind must be one of {', '.join(kinds)}, got {kind!r}")
    return [name for name, e in _catalogue().items() if kind in (None, e.statement.kind)]


def entry(name: str) -> Entry:
    """Everything the catalogue holds on the data set ``name``.

    Raises
    ------
    ValueError
        If there is no such data set; the message lists those that exist.
    """
    if name not in _catalogue():
        raise ValueError(f"name: no data set {name!r}" + _did_you_mean(name, _catalogue()))
    return _catalogue()[name]


def statement(name: str) -> DataStatement:
    """The data statement of the data set ``name``: where it comes from and what it cannot say."""
    return entry(name).statement


def data_dir() -> Path:
    """The folder that holds the files of public data sets, as ``<data set>/<file>``.

    The environment variable ``MEDAI_DATA_DIR`` names it.  Without that it is the user's cache
    folder.  Give an absolute path: a relative one is read from the current folder.
    """
    chosen = os.environ.get("MEDAI_DATA_DIR")
    if chosen:
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("medai_course"))


def available(name: str, files: Iterable[str] | str | None = None) -> bool:
    """True if the data set can be loaded now, without a network.

    Looks at names and sizes only; checksums are verified when the data are loaded.
    """
    folder = data_dir() / name
    return all(_looks_right(folder / file.name, file) for file in entry(name).select(files))


def _looks_right(path: Path, file: DataFile) -> bool:
    sizes = {copy.bytes for copy in file.fingerprints}
    return path.is_file() and (None in sizes or path.stat().st_size in sizes)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(str(name), known, n=1)
    guess = f"; did you mean {close[0]!r}?" if close else "."
    return f"{guess} There are: {', '.join(known) or 'none'}"


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Entry]:
    text = package_files(__package__).joinpath("registry.toml").read_text("utf-8")
    return {name: _read_entry(name, table) for name, table in tomllib.loads(text).items()}


def _read_entry(name: str, table: dict) -> Entry:
    files = tuple(
        _read_file(file, facts, table["urls"]) for file, facts in table.get("files", {}).items()
    )
    return Entry(
        statement=DataStatement(name=name, **{key: table[key] for key in _STATEMENT}),
        loader=table.get("loader", ""),
        files=files,
        default_files=tuple(table.get("default_files", [file.name for file in files])),
        by_hand=table.get("by_hand", ""),
    )


def _read_file(name: str, facts: dict, urls: list[str]) -> DataFile:
    return DataFile(
        name=name,
        urls=tuple(url.replace("{file}", name) for url in facts.get("urls", urls)),
        fingerprints=tuple(_read_fingerprint(copy) for copy in [facts, *facts.get("also", [])]),
        about_bytes=facts.get("about_bytes"),
    )


def _read_fingerprint(facts: dict) -> Fingerprint:
    algorithm = "sha256" if "sha256" in facts else "md5"
    return Fingerprint(algorithm, facts[algorithm], facts.get("bytes"), facts.get("note", ""))

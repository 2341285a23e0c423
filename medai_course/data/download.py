"""Getting the files of public data sets: said aloud, checked, and never half done."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from .registry import DataFile, Entry, Fingerprint, data_dir, entry

SCHEMES = ("https",)
_PLAIN = {  # exceptions of requests whose own words help nobody
    "ConnectionError": "no connection",
    "ConnectTimeout": "no answer",
    "ReadTimeout": "no answer",
}


def fetch(name: str, files: Iterable[str] | str | None = None, progress: bool = True) -> list[Path]:
    """Paths of the files of a public data set, downloaded if they are not there yet.

    Files lie in ``<data folder>/<name>/`` (see :func:`~medai_course.data.registry.data_dir`).  A
    file that is there is verified and used; nothing is written then, so the folder may be
    read-only.  Before a download it is printed what comes, how large, under which licence and from
    where.  Addresses are tried in order, over https only.  A file is written under another name
    beside its place and moved there once its checksum is right.

    Parameters
    ----------
    name : str
        A public data set, see :func:`~medai_course.data.registry.names`.
    files : iterable of str, or "all", optional
        File names; by default the data set's default files.
    progress : bool
        Show a progress bar for each download.

    Returns
    -------
    list of pathlib.Path
        One path a file, in the order asked for.

    Raises
    ------
    ValueError
        Unknown name or file; a data set that has no files; or a file that is there and is not the
        one described.  Such a file is left as it is: it may be the user's own.
    FileNotFoundError
        A file that is neither there nor to be had, with what to do.
    PermissionError
        A file is missing and the data folder cannot be written.
    """
    described = entry(name)
    if described.statement.kind != "public":
        raise ValueError(
            f"name: {name!r} is {described.statement.kind} and has no files to fetch; "
            f"call medai_course.data.{described.loader}()"
        )
    wanted = described.select(files)
    folder = data_dir() / name
    missing = [file for file in wanted if not (folder / file.name).exists()]
    for file in wanted:
        if file not in missing:
            _accept(folder / file.name, file, name)
    if missing:
        _announce(described, missing, folder)
        _make_writable(folder, [file.name for file in missing if file.urls])
        for file in missing:
            _download(described, file, folder, progress)
    return [folder / file.name for file in wanted]


def problem_with(path: Path, file: DataFile) -> str:
    """What is wrong with the bytes at ``path``; empty if they are an accepted copy."""
    if _matching(path, file):
        return ""
    size, known = path.stat().st_size, {copy.bytes for copy in file.fingerprints}
    if None not in known and size not in known:
        cut = ", so it was cut short" if size < min(known) else ""
        right = " or ".join(f"{n:,}" for n in sorted(known))
        return f"it has {size:,} bytes instead of {right}{cut}"
    return f"its {file.fingerprints[0].algorithm} checksum is not the registered one"


def _matching(path: Path, file: DataFile) -> Fingerprint | None:
    import pooch

    for copy in file.fingerprints:
        if copy.bytes in (None, path.stat().st_size):
            if pooch.file_hash(path, alg=copy.algorithm) == copy.digest:
                return copy
    return None


def _accept(path: Path, file: DataFile, name: str) -> None:
    copy = _matching(path, file)
    if copy is None:
        raise ValueError(
            f"{path} is not the file {file.name} of the data set {name!r}: "
            f"{problem_with(path, file)}. It was left as it is. Move or delete it, then call "
            f"medai_course.data.fetch({name!r})"
        )
    if copy.note:
        print(f"{name}/{file.name} is {copy.note}.")


def _announce(described: Entry, files: list[DataFile], folder: Path) -> None:
    statement = described.statement
    count = f"{len(files)} files" if len(files) > 1 else files[0].name
    hosts = dict.fromkeys(urlsplit(file.urls[0]).hostname for file in files if file.urls)
    print(f"{statement.name}: {statement.title}")
    print(f"  what     {count}, {format_size(sum(file.bytes for file in files))}")
    print(f"  licence  {statement.licence}")
    print(f"  from     {', '.join(hosts) or 'no address: to be put there by hand'}")
    print(f"  into     {folder}", flush=True)


def format_size(size: int) -> str:
    """``size`` bytes for a reader: 5856520 is "5.9 MB", 119035 is "119 kB"."""
    for unit, step in (("MB", 1e6), ("kB", 1e3)):
        if size >= step:
            return f"{size / step:.{0 if size >= 100 * step else 1}f} {unit}"
    return f"{size} bytes"


def _make_writable(folder: Path, missing: list[str]) -> None:
    probe = folder / f".{uuid.uuid4().hex}.part"
    try:
        if missing:
            folder.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
    except OSError as error:
        raise PermissionError(
            f"{', '.join(missing)} must be downloaded, but {folder} cannot be written ({error}). "
            f"Set MEDAI_DATA_DIR to a folder that can"
        ) from error


def _download(described: Entry, file: DataFile, folder: Path, progress: bool) -> None:
    reasons = []
    for url in file.urls:
        try:
            return _download_from(url, file, folder / file.name, progress)
        except (OSError, ValueError) as error:  # a network error is an OSError
            reasons.append(f"{url}\n    {_PLAIN.get(type(error).__name__, error)}")
    name = described.statement.name
    raise FileNotFoundError(
        f"{file.name} of the data set {name!r} could not be had:\n  "
        + "\n  ".join(reasons or [described.by_hand])
        + f"\nWith a network, try again. Without one, bring the files from another machine "
        f"(medai data fetch {name}, or the addresses above)\nto {folder}\n"
        f"or to <folder>/{name}, and set MEDAI_DATA_DIR to <folder>"
    )


def _download_from(url: str, file: DataFile, path: Path, progress: bool) -> None:
    import pooch

    _check_scheme(url)
    # not tempfile: its files can be read by one user only, and a class may share the folder
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    download = pooch.HTTPDownloader(
        progressbar=progress,
        chunk_size=1 << 16,
        hooks={"response": lambda response, **_: _check_scheme(response.url)},
    )
    try:
        with part.open("xb") as stream:
            download(url, _Capped(stream, 2 * file.bytes), None)
        problem = problem_with(part, file)
        if problem:
            raise ValueError(f"what was served is not the file: {problem}")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _check_scheme(url: str) -> None:
    if urlsplit(url).scheme not in SCHEMES:
        raise ValueError(f"refused: not an address that begins with {SCHEMES[0]}://: {url}")


class _Capped:
    """A stream that refuses to fill the disk with what cannot be the file."""

    def __init__(self, stream, limit):
        self.stream, self.left = stream, limit

    def write(self, chunk):
        self.left -= len(chunk)
        if self.left < 0:
            raise ValueError("what was served is more than twice as large as the file")
        return self.stream.write(chunk)

    def flush(self):
        self.stream.flush()

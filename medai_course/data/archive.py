"""Reading zip archives in memory: nothing is unpacked onto the disk."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath


def read_zip(
    path: str | Path, suffix: str = "", max_bytes: int = 1 << 30
) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in the archive whose name ends with ``suffix``, in order.

    The whole archive is looked through before anything is read from it.

    Parameters
    ----------
    path : path of a zip archive
    suffix : str
        Such as ".png"; empty for every file.
    max_bytes : int
        Refuse an archive that would be larger than this when unpacked.

    Raises
    ------
    ValueError
        Not a zip archive, damaged, encrypted, too large, or with a name that leaves its folder (an
        absolute path, ``..``, a drive or a backslash), a link, or one name twice.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            _check_members(path, archive.infolist(), max_bytes)
            for info in members:
                if info.filename.endswith(suffix):
                    yield info.filename, archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is not a zip archive that can be read: {error}") from error


def _check_members(path, members, max_bytes):
    seen = set()
    for info in members:
        problem = _problem_with(info) or ("a name twice" if info.filename in seen else "")
        if problem:
            raise ValueError(f"{path} is refused: it holds {problem}: {info.filename!r}")
        seen.add(info.filename)
    total = sum(info.file_size for info in members)
    if total > max_bytes:
        raise ValueError(f"{path} is refused: unpacked it has {total:,} bytes, over {max_bytes:,}")


def _problem_with(info):
    raw = info.orig_filename
    path = PureWindowsPath(raw)  # knows drives and both slashes, wherever this runs
    if path.anchor or ".." in path.parts or "\\" in raw or "\0" in raw:
        return "a path that leaves the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link"
    return "an encrypted file" if info.flag_bits & 1 else ""

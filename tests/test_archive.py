"""Zip archives: read in memory, hostile ones refused."""

import stat
import zipfile

import pytest

from medai_course.data.archive import read_zip

NOISE = bytes(range(256)) * 40


def zipped(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            archive.writestr(info, content)
    return path


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_members_are_read_in_memory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = zipped(
        "a.zip", ("d/", b""), ("d/1.txt", b"one"), ("d/2.png", b"two"), ("d/..3.txt", b"3")
    )
    assert list(read_zip(path, ".txt")) == [("d/1.txt", b"one"), ("d/..3.txt", b"3")]
    assert len(list(read_zip(path))) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "d/../../a",
        "/etc/passwd",
        "..",
        "C:/a",
        "C:a",
        "..\\a",
        "d\\a",
        "\\\\host\\share",
        "//h/s/a",
    ],
)
def test_a_name_that_leaves_the_archive_is_refused(tmp_path, name):
    path = zipped(tmp_path / "a.zip", ("fine.txt", b"fine"), (name, b"hostile"))
    with pytest.raises(ValueError, match="refused: it holds a path that leaves the archive"):
        next(read_zip(path))


def test_links_doubles_and_bombs_are_refused(tmp_path):
    path = zipped(tmp_path / "l.zip", ("fine.txt", b"fine"), (link("a"), b"/etc/passwd"))
    with pytest.raises(ValueError, match="a link: 'a'"):
        next(read_zip(path))
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "d.zip", ("a", b"1"), ("a", b"2"))
    with pytest.raises(ValueError, match="a name twice: 'a'"):
        next(read_zip(path))
    path = zipped(tmp_path / "b.zip", ("a", bytes(10**6)), ("b", bytes(10**6)))
    with pytest.raises(ValueError, match="unpacked it has 2,000,000 bytes, over 1,500,000"):
        next(read_zip(path, max_bytes=1_500_000))


def test_what_is_no_sound_archive_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(NOISE)
    with pytest.raises(ValueError, match="not a zip archive"):
        next(read_zip(tmp_path / "a.zip"))
    path = zipped(tmp_path / "b.zip", ("a", NOISE))
    damaged = bytearray(path.read_bytes())
    damaged[60] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match="not a zip archive that can be read"):
        list(read_zip(path))
    encrypted = bytearray(zipped(tmp_path / "c.zip", ("a", b"secret")).read_bytes())
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "c.zip").write_bytes(encrypted)
    with pytest.raises(ValueError, match="an encrypted file"):
        next(read_zip(tmp_path / "c.zip"))

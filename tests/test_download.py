"""Downloads: checked, atomic, said aloud, and with no network an error that helps."""

import hashlib
import stat
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pooch
import pytest

from medai_course.data import download, fetch, registry

CONTENT = bytes(range(256)) * 40
OTHER = CONTENT[::-1]


class Handler(BaseHTTPRequestHandler):
    """Serves what a test put into the server's ``pages``: path -> (status, headers, body)."""

    def do_GET(self):
        self.server.asked.append(self.path)
        status, headers, body = self.server.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for key, value in ({"Content-Length": len(body)} | headers).items():
            self.send_header(key, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    """A web server on this machine; plain http is allowed for it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pages, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    monkeypatch.setattr(download, "SCHEMES", ("http",))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of the data set "toy"; it does not exist yet."""
    monkeypatch.setenv("MEDAI_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "toy"


@pytest.fixture
def register(monkeypatch):
    """Puts one data set, "toy" with the file "a.bin", into the catalogue."""

    def register(*urls, **facts):
        facts = facts or {"bytes": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
        words = dict.fromkeys(("source", "consent", "population", "known_bias", "citation"), "-")
        table = words | {"title": "Toy", "kind": "public", "licence": "CC0", "urls": list(urls)}
        table |= {"files": {"a.bin": facts}, "by_hand": "Write to the author."}
        entry = registry._read_entry("toy", table)
        monkeypatch.setattr(registry, "_catalogue", lambda: {"toy": entry})

    return register


def put(folder, content):
    folder.mkdir(parents=True)
    (folder / "a.bin").write_bytes(content)


def test_a_file_is_fetched_once_and_said_aloud(server, folder, register, capsys):
    register(f"{server.url}/{{file}}")
    server.pages["/a.bin"] = (200, {}, CONTENT)
    assert not registry.available("toy")
    assert fetch("toy", progress=False) == [folder / "a.bin"]
    assert (folder / "a.bin").read_bytes() == CONTENT
    said = capsys.readouterr()
    for words in ("toy: Toy", "a.bin, 10.2 kB", "CC0", "127.0.0.1", str(folder)):
        assert words in said.out
    assert not said.err
    assert list(folder.iterdir()) == [folder / "a.bin"] and registry.available("toy")
    fetch("toy")
    assert server.asked == ["/a.bin"] and capsys.readouterr().out == ""


def test_a_progress_bar_is_shown_unless_declined(server, folder, register, capsys):
    register(f"{server.url}/a.bin")
    server.pages["/a.bin"] = (200, {}, CONTENT)
    fetch("toy")
    assert "100%" in capsys.readouterr().err


def test_others_may_read_a_fetched_file_as_the_umask_says(server, folder, register):
    register(f"{server.url}/a.bin")
    server.pages["/a.bin"] = (200, {}, CONTENT)
    (path,) = fetch("toy", progress=False)
    beside = folder / "b"
    beside.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(beside.stat().st_mode)


def test_a_right_file_is_used_and_nothing_is_written(folder, register):
    register("https://example.invalid/a.bin")
    put(folder, CONTENT)
    before = [(p, p.stat().st_mtime_ns) for p in (folder, folder / "a.bin")]
    assert fetch("toy") == [folder / "a.bin"]
    assert before == [(p, p.stat().st_mtime_ns) for p in (folder, folder / "a.bin")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (OTHER, "its sha256 checksum is not the registered one"),
        (CONTENT[:-1], "10,239 bytes instead of 10,240, so it was cut short"),
        (b"", "0 bytes instead of 10,240"),
        (CONTENT + b"!", "10,241 bytes instead of 10,240"),
    ],
)
def test_a_wrong_file_is_named_and_left_alone(server, folder, register, content, words):
    register(f"{server.url}/a.bin")
    server.pages["/a.bin"] = (200, {}, CONTENT)
    put(folder, content)
    assert registry.available("toy") is (len(content) == len(CONTENT))
    with pytest.raises(
        ValueError, match=f"{folder}/a.bin is not the file.*{words}.*Move or delete"
    ):
        fetch("toy")
    assert (folder / "a.bin").read_bytes() == content and server.asked == []


def test_a_file_appears_only_when_it_is_whole(server, folder, register, monkeypatch):
    moves = []
    monkeypatch.setattr(download.os, "replace", lambda *paths: moves.append(paths))
    register(f"{server.url}/a.bin")
    server.pages["/a.bin"] = (200, {}, CONTENT)
    fetch("toy", progress=False)
    ((part, path),) = moves
    assert part.parent == path.parent == folder and part != path == folder / "a.bin"
    assert not path.exists()


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ((200, {}, OTHER), "what was served is not the file: its sha256"),
        ((200, {}, b"<html>Please log in</html>"), "it has 26 bytes instead of 10,240"),
        ((200, {}, CONTENT * 5), "more than twice as large"),
        ((200, {"Content-Length": len(CONTENT)}, CONTENT[:5000]), "5240 more expected"),
        ((404, {}, b""), "404"),
    ],
)
def test_a_bad_download_leaves_nothing(server, folder, register, page, words):
    register(f"{server.url}/a.bin")
    server.pages["/a.bin"] = page
    with pytest.raises(FileNotFoundError, match=words):
        fetch("toy", progress=False)
    assert list(folder.iterdir()) == []


def test_the_next_address_is_tried(server, folder, register):
    register(f"{server.url}/gone", f"{server.url}/wrong", f"{server.url}/right", f"{server.url}/no")
    server.pages |= {"/wrong": (200, {}, OTHER), "/right": (200, {}, CONTENT)}
    fetch("toy", progress=False)
    assert (folder / "a.bin").read_bytes() == CONTENT
    assert server.asked == ["/gone", "/wrong", "/right"]


def test_an_interrupted_download_leaves_nothing(folder, register, monkeypatch):
    def stop_half_way(_, url, stream, __):
        stream.write(CONTENT[:5000])
        raise KeyboardInterrupt

    register("https://example.invalid/a.bin")
    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", stop_half_way)
    with pytest.raises(KeyboardInterrupt):
        fetch("toy")
    assert list(folder.iterdir()) == []


def test_without_a_network_the_error_says_what_to_do(server, folder, register):
    server.shutdown()
    server.server_close()
    register(f"{server.url}/a.bin")
    with pytest.raises(FileNotFoundError) as caught:
        fetch("toy", progress=False)
    for words in (
        f"{server.url}/a.bin",
        "no connection",
        str(folder),
        "MEDAI_DATA_DIR",
        "fetch toy",
    ):
        assert words in str(caught.value)


def test_a_file_without_an_address_says_how_to_get_it(folder, register):
    register()
    with pytest.raises(FileNotFoundError, match="Write to the author"):
        fetch("toy")
    assert not folder.exists()


def test_only_https_is_spoken(server, folder, register, monkeypatch):
    monkeypatch.setattr(download, "SCHEMES", ("https",))
    register(f"{server.url}/a.bin", "file:///etc/passwd")
    with pytest.raises(FileNotFoundError, match="refused: not an address that begins with https"):
        fetch("toy", progress=False)
    assert server.asked == []


def test_every_redirection_is_checked(server, folder, register, monkeypatch):
    def refuse_elsewhere(url):
        if "elsewhere" in url:
            raise ValueError(f"refused {url}")

    monkeypatch.setattr(download, "_check_scheme", refuse_elsewhere)
    register(f"{server.url}/a.bin")
    server.pages["/a.bin"] = (302, {"Location": "/elsewhere"}, b"")
    server.pages["/elsewhere"] = (200, {}, CONTENT)
    with pytest.raises(FileNotFoundError, match=f"refused {server.url}/elsewhere"):
        fetch("toy", progress=False)
    assert list(folder.iterdir()) == []


def test_an_accepted_copy_is_accepted_and_named(folder, register, capsys):
    also = {
        "bytes": len(OTHER),
        "sha256": hashlib.sha256(OTHER).hexdigest(),
        "note": "a rebuilt copy",
    }
    register(md5=hashlib.md5(CONTENT).hexdigest(), also=[also])
    put(folder, OTHER)
    assert fetch("toy") == [folder / "a.bin"] and registry.available("toy")
    assert capsys.readouterr().out == "toy/a.bin is a rebuilt copy.\n"
    (folder / "a.bin").write_bytes(CONTENT)
    assert fetch("toy") == [folder / "a.bin"]
    assert capsys.readouterr().out == ""
    (folder / "a.bin").write_bytes(CONTENT[1:])
    with pytest.raises(ValueError, match="its md5 checksum is not the registered one"):
        fetch("toy")


def test_a_folder_that_cannot_be_written_is_named(folder, register):
    register("https://example.invalid/a.bin")
    folder.parent.write_text("a file where the folder should be")
    with pytest.raises(PermissionError, match="Set MEDAI_DATA_DIR to a folder that can"):
        fetch("toy")

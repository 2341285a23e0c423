"""The catalogue of data sets and the page that the book makes of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import medai_course.data as data
from medai_course.data import registry
from medai_course.data.download import format_size

ROOT = Path(__file__).parents[1]
NAMES = registry.names()
PUBLIC = registry.names("public")


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_answers_every_question(name):
    statement = registry.statement(name)
    assert statement.name == name and statement.kind in ("installed", "simulated", "public")
    shown = " ".join(str(statement).split())
    for field in ("title", "source", "licence", "consent", "population", "known_bias", "citation"):
        text = getattr(statement, field)
        assert len(text) >= 3 and text == text.strip() and " ".join(text.split()) in shown
    assert (
        statement.consent.startswith(("Not stated", "None needed")) or len(statement.consent) > 40
    )
    assert len(statement.population) > 40 and len(statement.known_bias) > 60
    assert re.search(r"doi:10\.\d{4,}/\S+|ISBN [\d-]{17}", statement.citation)
    if "Unclear" in statement.licence:
        assert "not redistributed" in statement.licence


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_file_is_pinned(name):
    entry = registry.entry(name)
    assert entry.files and set(entry.default_files) <= {file.name for file in entry.files}
    for file in entry.files:
        assert re.fullmatch(r"[\w.-]+", file.name) and file.name != ".." and file.bytes > 0
        assert all(url.startswith("https://") and "{" not in url for url in file.urls)
        assert file.urls or entry.by_hand
        official, *others = file.fingerprints
        assert re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{32}", official.digest) and not official.note
        for copy in others:
            assert re.fullmatch(r"[0-9a-f]{64}", copy.digest) and copy.bytes and copy.note


def test_all_48_records_of_mitdb_are_pinned():
    files = registry.entry("mitdb").files
    assert len(files) == 144 and len({file.fingerprints[0].digest for file in files}) == 144
    assert {file.bytes for file in files if file.name.endswith(".dat")} == {650_000 * 2 * 12 // 8}
    records = data.mitdb_records()
    assert len(records) == 48 and sum(name < "200" for name in records) == 23


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"no data set 'mitbd'; did you mean 'mitdb'\?.*wdbc"):
        registry.entry("mitbd")
    with pytest.raises(ValueError, match=r"'surch' has no file 'segment.csv'.*'segments.csv'"):
        registry.entry("surch").select(["segment.csv"])
    with pytest.raises(ValueError, match="kind must be one of installed, simulated, public"):
        registry.names("private")
    with pytest.raises(AttributeError, match="load_nothing"):
        _ = data.load_nothing


def test_select_takes_a_name_many_or_all():
    entry = registry.entry("mitdb")
    assert [file.name for file in entry.select("207.atr")] == ["207.atr"]
    assert len(entry.select("all")) == 144 and len(entry.select()) == 9


@pytest.mark.parametrize("name", data.__all__)
def test_what_the_package_offers_exists(name):
    assert getattr(data, name) is not None and name in dir(data)


def test_every_loader_named_in_the_catalogue_exists():
    loaders = {registry.entry(name).loader for name in NAMES} - {""}
    assert loaders <= set(data.__all__) and len(loaders) == 22


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, medai_course.data; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"numpy", "pandas", "sklearn", "wfdb", "pooch"} & set(loaded.stdout.split())


def test_data_sets_without_files_say_how_to_load_them():
    with pytest.raises(ValueError, match=r"is installed .* call medai_course.data.load_wdbc\(\)"):
        data.fetch("wdbc")
    with pytest.raises(
        ValueError, match=r"is simulated .* call medai_course.data.simulate_ecg\(\)"
    ):
        data.fetch("simulated_ecg")
    assert registry.available("wdbc") and registry.available("simulated_ecg")


def test_the_cache_folder_is_the_users_own_unless_one_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDAI_DATA_DIR", "")
    assert registry.data_dir().name == "medai_course"
    monkeypatch.setenv("MEDAI_DATA_DIR", "~/medical")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert registry.data_dir() == tmp_path / "medical"


@pytest.mark.parametrize(
    ("size", "text"),
    [(157, "157 bytes"), (3768, "3.8 kB"), (119_035, "119 kB"), (5_856_520, "5.9 MB")],
)
def test_sizes_are_written_for_readers(size, text):
    assert format_size(size) == text


def test_the_page_of_data_sets_builds_without_a_warning(tmp_path):
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT / 'book' / '_ext')!r})\nextensions=['data_sets']"
    )
    page = "Data\n====\n\n.. data-sets::\n\nSee :ref:`data-mitdb`, :ref:`data-simulated_ecg`.\n"
    (tmp_path / "index.rst").write_text(page)
    command = [sys.executable, "-m", "sphinx", "-qWn", str(tmp_path), str(tmp_path / "html")]
    built = subprocess.run(command, capture_output=True, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    html = (tmp_path / "html" / "index.html").read_text("utf-8")
    for name in NAMES:
        assert html.count(f'id="data-{name}"') == 1 and f'href="#data-{name}"' in html
    assert 'href="https://doi.org/10.1021/ci049714%2B"' in html
    assert 'href="https://doi.org/10.1016/0002-9149(89)90524-9"' in html

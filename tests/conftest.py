"""The sample book of ``tests/sample``, executed and built once for all tests that plant faults."""

import copy
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from medai_course.data import registry
from tools.execute import execute

from . import book_check
from .site_check import cut_off_browser, find_browser
from .tiny_chapter import chapter

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def sample_project(tmp_path_factory):
    """A project with the book's own configuration and one executed chapter that has everything."""
    project = tmp_path_factory.mktemp("book") / "project"
    shutil.copytree(ROOT / "tests" / "sample", project)
    for name in ("_ext", "_templates", "contents.toml"):
        source = ROOT / "book" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, project / "book" / name)
    shutil.copy(ROOT / "_config.yml", project)
    for name in ("assets", "medai_course"):
        (project / name).symlink_to(ROOT / name)
    execute(project / "book" / "partnership" / "sample.md")
    return project


@pytest.fixture(scope="session")
def sample(sample_project):
    """The executed sample chapter and the text of its source."""
    path = sample_project / "book" / "partnership" / "sample.ipynb"
    return nbformat.read(path, 4), path.with_suffix(".md").read_text("utf8")


@pytest.fixture
def notebook(sample):
    """A copy of the sample chapter, to plant in."""
    return copy.deepcopy(sample[0])


@pytest.fixture
def source(sample):
    return sample[1]


@pytest.fixture
def text(sample):
    return book_check.markdown(sample[0])


@pytest.fixture(scope="session")
def bibliography(sample_project):
    return (sample_project / "book" / "references.bib").read_text("utf8")


def cell_with(notebook, words):
    """The first code cell that holds these words."""
    return next(c for c in book_check.code_cells(notebook) if words in c.source)


@pytest.fixture(scope="session")
def sample_site(sample_project):
    """The built site of the sample book; the build itself must be clean."""
    done = build(sample_project)
    warnings = [line for line in done.stdout.splitlines() if "WARNING" in line]
    assert done.returncode == 0, "\n".join(warnings) or done.stdout[-2000:]
    return sample_project / "_build" / "html"


def build(project):
    """Run Jupyter Book as ``make book`` does; output and errors together in ``stdout``."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", "."]
    command += ["-W", "-n", "--keep-going"]
    return subprocess.run(
        command, cwd=project, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.fixture(scope="session")
def reader():
    """A browser that reaches files only; without a browser the test is skipped, with the reason."""
    if find_browser() is None:
        pytest.skip("NO BROWSER: the site was not opened. On Debian: apt-get install chromium")
    with cut_off_browser() as opened:
        yield opened


@pytest.fixture
def needs_ecg(tmp_path, monkeypatch):
    """A chapter that needs ecg_scipy, and the folder where a stand-in of its size can be put."""
    monkeypatch.setenv("MEDAI_DATA_DIR", str(tmp_path / "data"))
    source = chapter(tmp_path, "1 + 1", ("needs-data:ecg_scipy", "print('from the data')"), "2 + 2")
    return source, tmp_path / "data" / "ecg_scipy"


def put_data(folder):
    """Files of the right names and sizes."""
    folder.mkdir(parents=True)
    for file in registry.entry("ecg_scipy").files:
        with open(folder / file.name, "wb") as out:
            out.truncate(file.bytes)

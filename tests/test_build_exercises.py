"""Building exercises: reproducible, proved before it is handed out, and offered on the page."""

import filecmp
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from sphinx.application import Sphinx

from medai_course.teaching.submissions import read_code_cells

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "tools/build_exercises.py"
MASTER = ROOT / "book/partnership/exercises/heart_rate.md"


def build(*arguments, tool=TOOL, check=True):
    run = [sys.executable, str(tool), *arguments]
    return subprocess.run(run, check=check, capture_output=True, text=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("exercises")
    build("heart_rate", "--out", str(out))
    return out / "heart_rate"


def test_the_build_is_reproducible_and_skipped_when_nothing_changed(built, tmp_path):
    assert "up to date" in build("heart_rate", "--out", str(built.parent)).stdout
    assert "built" in build("heart_rate", "--out", str(tmp_path)).stdout
    names = [str(p.relative_to(built)) for p in built.rglob("*") if p.is_file()]
    assert len(names) == 4
    same, _, _ = filecmp.cmpfiles(built, tmp_path / "heart_rate", names, shallow=False)
    assert sorted(same) == sorted(names)


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ("# Exercises: heart rate", "# Exercises on heart rate", ""),
        ("std(ddof=1)", "std(ddof=0)", "the solutions earn"),
        (
            "def one_beat_a_second(beats_per_minute):\n",
            "def one_beat_a_second(beats_per_minute):\n    return\n",
            "the untouched notebook earns",
        ),
    ],
    ids=["another title", "a wrong solution", "a check that accepts anything"],
)
def test_a_master_with_a_planted_fault_is_not_built(tmp_path, old, new, complaint):
    for part in ("tools", "book/partnership/exercises"):
        (tmp_path / part).mkdir(parents=True)
    tool = tmp_path / "tools/build_exercises.py"
    tool.write_text(TOOL.read_text("utf-8"), "utf-8")
    text = MASTER.read_text("utf-8")
    assert old in text
    copy = tmp_path / "book/partnership/exercises/heart_rate.md"
    copy.write_text(text.replace(old, new), "utf-8")
    done = build("heart_rate", tool=tool, check=False)
    assert (done.returncode == 0) == (complaint == "")
    assert complaint in done.stderr
    made = tmp_path / "dist/exercises"
    assert (made / "heart_rate/heart_rate.ipynb").exists() == (complaint == "")
    assert [p.name for p in made.iterdir()] == ([] if complaint else ["heart_rate"])


def test_an_unknown_exercise_is_named_with_those_there_are():
    done = build("hart_rate", check=False)
    assert done.returncode == 1
    assert "hart_rate" in done.stderr and "heart_rate" in done.stderr


NO_NETWORK = """
import socket
connect = socket.socket.connect
def local_only(self, address):
    internet = self.family in (socket.AF_INET, socket.AF_INET6)
    assert not internet or address[0] in ("127.0.0.1", "::1"), address
    return connect(self, address)
socket.socket.connect = local_only
"""


def test_the_notebook_checks_itself_under_another_name_and_without_a_network(
    built, tmp_path, monkeypatch
):
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/my answers.ipynb")  # as JupyterLab sets it
    notebook = nbformat.read(built / "heart_rate.ipynb", as_version=4)
    nbformat.write(notebook, tmp_path / "my answers.ipynb")
    solved = read_code_cells(built / "instructor/heart_rate.ipynb")
    for cell in notebook.cells:
        if cell.source.startswith("def beats_per_minute"):
            cell.source = next(s for s in solved if s.startswith("def beats_per_minute"))
    notebook.cells.insert(0, nbformat.v4.new_code_cell(NO_NETWORK))
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, timeout=120).execute()
    checks = [c for c in notebook.cells if c.source.startswith("grader.check(")]
    shown = {c.source: c.outputs[0].data["text/plain"] for c in checks}
    assert "All test cases passed" in shown['grader.check("q1")']
    assert "Hint: by pencil" in shown['grader.check("q2")']


def test_the_role_offers_the_notebook(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    page = "# Page\n\n{exercise-notebook}`heart_rate` and {exercise-notebook}`it <heart_rate>`\n"
    html, warnings = sphinx_build(tmp_path, page)
    assert not warnings
    (copy,) = (tmp_path / "out/_downloads").rglob("heart_rate.ipynb")
    assert copy.read_bytes() == (ROOT / "dist/exercises/heart_rate/heart_rate.ipynb").read_bytes()
    link = os.path.relpath(copy, tmp_path / "out")
    assert html.count(f'href="{link}"') == 2
    assert ">heart_rate.ipynb<" in html and ">it<" in html


def test_the_role_warns_of_an_unknown_exercise(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    _, warnings = sphinx_build(tmp_path, "# Page\n\n{exercise-notebook}`hart_rate`\n")
    complaint, _, known = warnings.partition("no exercise 'hart_rate'; there are: ")
    assert complaint != warnings and "heart_rate" in known


def sphinx_build(folder, page):
    source = folder / "source"
    source.mkdir()
    (source / "index.md").write_text(page, "utf-8")
    settings = {"extensions": ["myst_parser", "exercise_downloads"], "html_theme": "basic"}
    settings["suppress_warnings"] = ["app"]  # of a second Sphinx in one process
    folders = [str(source), None, str(folder / "out"), str(folder / "doctrees")]
    with (folder / "warnings.txt").open("w+") as warnings:
        Sphinx(*folders, "html", settings, status=None, warning=warnings).build()
    html = (folder / "out/index.html").read_text("utf-8")
    return html, (folder / "warnings.txt").read_text("utf-8")

"""The command ``medai``, as its users call it."""

import csv
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from medai_course import cli
from medai_course.data import registry
from medai_course.teaching import checkout
from tests.submissions import RIGHT, TEST_FILE, write_notebook

ROOT = Path(__file__).resolve().parents[1]
RUNNER = CliRunner()


def medai(*arguments):
    return RUNNER.invoke(cli.app, [str(argument) for argument in arguments])


def test_importing_the_command_imports_neither_framework_nor_scientific_package():
    code = "import sys, medai_course.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "tensorflow", "numpy", "pandas", "sklearn", "matplotlib", "otter", "IPython"}
    assert not heavy & set(done.stdout.split())


def test_help_names_every_command_and_the_installed_script_is_this_one():
    result = medai("--help")
    assert result.exit_code == 0
    for command in ("doctor", "data", "lab", "notebooks", "grade"):
        assert command in result.output
    (script,) = metadata.entry_points(group="console_scripts", name="medai")
    assert script.value == "medai_course.cli:app"


# ---- data ----


def test_data_list_shows_every_data_set(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDAI_DATA_DIR", str(tmp_path))
    result = medai("data", "list")
    assert result.exit_code == 0
    rows = {line.split()[0]: line for line in result.output.splitlines() if line.strip()}
    assert set(registry.names()) <= set(rows)
    assert rows["mitdb"].split()[1:5] == ["public", "5.9", "MB", "no"]
    assert rows["wdbc"].split()[1:4] == ["installed", "-", "yes"]
    assert "ODC-By" in rows["mitdb"] and str(tmp_path) in result.output


def test_an_unknown_data_set_is_told_before_anything_is_fetched(monkeypatch):
    monkeypatch.setattr("medai_course.data.download.fetch", lambda *a, **k: pytest.fail("fetched"))
    result = medai("data", "fetch", "ecg_scipy", "mitbd")
    assert result.exit_code == 2
    assert "did you mean 'mitdb'?" in result.stderr


def test_fetching_several_goes_on_after_one_fails(monkeypatch, tmp_path):
    asked = []

    def fetch(name, files, progress):
        asked.append((name, files, progress))
        if name == "mitdb":
            raise FileNotFoundError("100.dat could not be had")
        return [tmp_path / "ecg.dat"]

    monkeypatch.setattr("medai_course.data.download.fetch", fetch)
    result = medai("data", "fetch", "mitdb", "ecg_scipy", "--all-files", "--no-progress")
    assert asked == [("mitdb", "all", False), ("ecg_scipy", "all", False)]
    assert result.exit_code == 1
    assert "100.dat could not be had" in result.stderr and "not fetched: mitdb" in result.stderr
    assert f"ecg_scipy: 1 files in {tmp_path}" in result.output


# ---- lab ----


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course: two parts that share a name, and a page without code."""
    for part, name in (("one", "heart"), ("one", "faq"), ("two", "faq")):
        write_notebook(tmp_path / "book" / part / f"{name}.ipynb", [f"{name} = 1"])
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nparts:\n- caption: 1 One\n  numbered: 1\n  chapters:\n"
        "  - file: book/one/heart.ipynb\n  - file: book/one/faq.ipynb\n"
        "- caption: Two\n  chapters:\n  - file: book/two/faq.ipynb\n  - file: book/two/prose\n"
    )
    monkeypatch.setattr(checkout, "find_root", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name, opened",
    [
        (None, []),
        ("heart", ["one/heart.ipynb"]),
        ("Heart.ipynb", ["one/heart.ipynb"]),
        ("two/faq", ["two/faq.ipynb"]),
    ],
)
def test_lab_opens_jupyterlab_at_the_chapter(course, monkeypatch, name, opened):
    started = []
    done = subprocess.CompletedProcess([], 3)
    monkeypatch.setattr(cli.subprocess, "run", lambda command: started.append(command) or done)
    result = medai("lab", *filter(None, [name]))
    assert result.exit_code == 3  # JupyterLab's own
    book = course / "book"
    jupyter = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={book}"]
    assert started == [[*jupyter, *(str(book / path) for path in opened)]]


@pytest.mark.parametrize(
    "name, says",
    [("hart", "did you mean 'heart'? There are: heart, faq, faq"), ("faq", "one/faq or two/faq")],
)
def test_lab_lists_the_chapters_for_an_unknown_one(course, name, says):
    result = medai("lab", name)
    assert result.exit_code == 2 and says in result.stderr


def test_outside_the_course_the_message_says_where_to_go(monkeypatch, tmp_path):
    monkeypatch.setattr(
        checkout.medai_course, "__file__", str(tmp_path / "a" / "b" / "__init__.py")
    )
    monkeypatch.chdir(tmp_path)
    result = medai("lab")
    assert result.exit_code == 2 and "git clone" in result.stderr
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "_toc.yml").touch()
    (tmp_path / "book" / "part").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "book" / "part")
    assert checkout.find_root() == tmp_path


def test_a_missing_package_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setattr(cli.importlib.util, "find_spec", lambda name: None)
    result = medai("lab")
    assert result.exit_code == 1 and "jupyterlab" in result.stderr and "'.[book]'" in result.stderr


# ---- notebooks ----


def test_notebooks_writes_one_framework_and_overwrites_only_when_told(course, tmp_path):
    out = tmp_path / "class"
    result = medai("notebooks", "--framework", "pytorch", "--out", out)
    assert result.exit_code == 0 and "3 files for pytorch" in result.output
    paths = [out / "one/heart.ipynb", out / "one/faq.ipynb", out / "two/faq.ipynb"]
    assert sorted(out.rglob("*.ipynb")) == sorted(paths)
    nbformat.validate(nbformat.read(paths[0], as_version=4))
    paths[0].write_text("my notes")
    result = medai("notebooks", "--framework", "pytorch", "--out", out)
    assert result.exit_code == 2 and "--force" in result.stderr
    assert paths[0].read_text() == "my notes"
    result = medai("notebooks", "--framework", "pytorch", "--out", out, "--force", "--no-solutions")
    assert result.exit_code == 0 and paths[0].read_text() != "my notes"


def test_notebooks_refuses_another_framework(course, tmp_path):
    result = medai("notebooks", "--framework", "jax", "--out", tmp_path / "class")
    assert result.exit_code == 2 and "tensorflow" in result.stderr


# ---- grade ----


@pytest.fixture
def autograder(tmp_path):
    path = tmp_path / "doubles.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for i in (1, 2):
            archive.writestr(f"tests/q{i}.py", TEST_FILE.format(name=f"f{i}"))
    return path


def test_grade_writes_the_table(tmp_path, autograder):
    write_notebook(tmp_path / "in" / "ann.ipynb", RIGHT)
    write_notebook(tmp_path / "in" / "bob_doubles.ipynb", ["while True: pass", RIGHT[0]])
    out = tmp_path / "grades.csv"
    options = ["--out", out, "--autograder", autograder, "-j", 2, "--time-limit", 5]
    options += ["--feedback", tmp_path / "back"]
    result = medai("grade", tmp_path / "in", "--exercise", "doubles", *options)
    assert result.exit_code == 0, result.output
    assert "ann: 4" in result.output and "2 submissions, 4 points possible" in result.output
    with out.open(newline="") as file:
        rows = list(csv.reader(file))
    remark = "code cell 1 ran for more than 5 s; f2 is not defined"
    assert rows == [
        ["student", "q1", "q2", "total", "possible", "remark"],
        ["ann", "2", "2", "4", "4", ""],
        ["bob", "2", "0", "2", "4", remark],
    ]
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == ["ann.txt", "bob.txt"]
    assert "Hint: f2 returns twice its argument." in (tmp_path / "back/bob.txt").read_text()


def test_grade_builds_the_exercise_of_the_book(tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "find_root", lambda: ROOT)
    write_notebook(tmp_path / "in" / "ann.ipynb", ["def beats_per_minute(r, f): return 60"])
    out = tmp_path / "grades.csv"
    result = medai("grade", tmp_path / "in", "--exercise", "heart_rate", "--out", out)
    assert result.exit_code == 0, result.output
    with out.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["q1"] == row["total"] == "1"


def test_grade_says_what_is_wrong_before_it_starts(tmp_path, autograder, monkeypatch):
    monkeypatch.setattr(checkout, "find_root", lambda: ROOT)
    result = medai("grade", tmp_path, "--exercise", "hart_rate")
    assert result.exit_code == 2 and "did you mean 'heart_rate'?" in result.stderr
    ask = ["grade", tmp_path / "none", "--exercise", "doubles", "--autograder", autograder]
    result = medai(*ask, "--out", tmp_path / "grades.csv")
    assert result.exit_code == 2 and "is not a folder" in result.stderr
    result = medai(*ask, "--out", tmp_path / "no" / "grades.csv")
    assert result.exit_code == 2 and "there is no folder" in result.stderr


def test_grade_tells_why_an_exercise_cannot_be_built(tmp_path, monkeypatch):
    (tmp_path / "book/one/exercises").mkdir(parents=True)
    (tmp_path / "book/one/exercises/sums.md").touch()
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/build_exercises.py").write_text("raise SystemExit('the master is broken')")
    monkeypatch.setattr(checkout, "find_root", lambda: tmp_path)
    result = medai("grade", tmp_path, "--exercise", "sums", "--out", tmp_path / "g.csv")
    assert result.exit_code == 2 and "the master is broken" in result.stderr

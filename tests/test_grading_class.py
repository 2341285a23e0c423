"""A class: one row each in a stable order, whatever the folder holds."""

import csv
import json
import os
import zipfile

import pytest

from medai_course.teaching import grading
from medai_course.teaching.grading import (
    Exercise,
    Grade,
    grade_cells,
    grade_class,
    write_feedback,
    write_grades,
)
from medai_course.teaching.student import Limits
from medai_course.teaching.submissions import find_submissions, read_code_cells
from tests.submissions import EXERCISE, QUICK, RIGHT, TEST_FILE, write_notebook


@pytest.fixture
def handed_in(tmp_path):
    """A folder as platforms and people leave it."""
    folder = tmp_path / "submissions"
    write_notebook(folder / "zoe.ipynb", RIGHT)
    write_notebook(folder / "meyer_123_doubles.ipynb", RIGHT)
    write_notebook(folder / "kim_77_doubles-1.ipynb", [RIGHT[0]])
    write_notebook(folder / "Anna" / "doubles.ipynb", RIGHT)
    write_notebook(folder / "Anna" / ".ipynb_checkpoints" / "doubles.ipynb", [])
    write_notebook(folder / "bob" / "my homework.ipynb", RIGHT)
    write_notebook(folder / "carl" / "a.ipynb", RIGHT)
    write_notebook(folder / "carl" / "b.ipynb", RIGHT)
    (folder / "dora").mkdir()
    write_notebook(folder / "eve" / "first" / "doubles.ipynb", RIGHT)
    write_notebook(folder / "eve" / "second" / "doubles.ipynb", RIGHT)
    (folder / "essay.pdf").write_bytes(b"%PDF")
    (folder / "broken.ipynb").write_text("{ not json")
    (folder / "list.ipynb").write_text("[1, 2]")
    (folder / "binary.ipynb").write_bytes(bytes(range(256)))
    (folder / "empty.ipynb").write_text("")
    write_notebook(folder / "=cmd.ipynb", RIGHT)
    write_notebook(folder / "loop.ipynb", ["while True: pass", *RIGHT])
    (folder / ".DS_Store").write_text("")
    (folder / "__MACOSX").mkdir()
    return folder


EXPECTED = {
    "'=cmd": ("4", ""),
    "Anna": ("4", ""),
    "binary": ("0", "not a readable notebook"),
    "bob": ("4", "the notebook is named my homework.ipynb"),
    "broken": ("0", "not a readable notebook"),
    "carl": ("0", "more than one notebook in the folder"),
    "dora": ("0", "no notebook in the folder"),
    "empty": ("0", "not a readable notebook"),
    "essay.pdf": ("0", "not a notebook (.ipynb)"),
    "eve": ("0", "more than one notebook in the folder"),
    "kim_77": ("2", "f2 is not defined"),
    "list": ("0", "not a readable notebook"),
    "loop": ("4", "code cell 1 ran for more than 3 s"),
    "meyer_123": ("4", ""),
    "zoe": ("4", ""),
}


def test_a_class_gets_one_row_each_in_order(handed_in, tmp_path):
    seen = []
    grades = grade_class(handed_in, EXERCISE, Limits(step=3), jobs=2, report=seen.append)
    assert seen == grades
    write_grades(grades, EXERCISE.possible(), tmp_path / "grades.csv")
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["student", "q1", "q2", "total", "possible", "remark"]
    assert [row["student"] for row in rows] == list(EXPECTED)
    for row in rows:
        total, remark = EXPECTED[row["student"]]
        assert (row["total"], row["possible"]) == (total, "4")
        assert row["remark"].startswith(remark) and bool(row["remark"]) == bool(remark)
        assert float(row["q1"]) + float(row["q2"]) == float(row["total"])


def test_two_files_of_one_student_are_both_graded_and_marked(tmp_path):
    write_notebook(tmp_path / "kim_doubles.ipynb", RIGHT)
    write_notebook(tmp_path / "kim_doubles-1.ipynb", [])
    found = find_submissions(tmp_path, "doubles")
    assert [s.student for s in found] == ["kim", "kim"]
    assert all("more than one file of this student" in s.remark for s in found)


def test_a_fault_of_the_grader_costs_one_row_only(tmp_path, monkeypatch):
    write_notebook(tmp_path / "a.ipynb", RIGHT)
    write_notebook(tmp_path / "b.ipynb", RIGHT)
    real = grading.grade_cells

    def faulty(cells, exercise, limits, student):
        if student == "a":
            raise RuntimeError("out of file handles")
        return real(cells, exercise, limits, student)

    monkeypatch.setattr(grading, "grade_cells", faulty)
    first, second = grade_class(tmp_path, EXERCISE, QUICK)
    assert first.total == 0 and "could not be graded" in first.remark
    assert second.total == 4 and not second.remark


def test_a_folder_that_is_none_or_empty_and_too_few_jobs(tmp_path):
    with pytest.raises(ValueError, match="is not a folder"):
        find_submissions(tmp_path / "nothing", "doubles")
    with pytest.raises(ValueError, match="there are no submissions"):
        find_submissions(tmp_path, "doubles")
    with pytest.raises(ValueError, match="jobs must be at least 1"):
        grade_class(tmp_path, EXERCISE, QUICK, jobs=0)


def test_a_very_large_file_is_not_read(tmp_path, monkeypatch):
    write_notebook(tmp_path / "a.ipynb", RIGHT)
    monkeypatch.setattr("medai_course.teaching.submissions.MAX_FILE_MB", 0)
    with pytest.raises(ValueError, match="clear its outputs"):
        read_code_cells(tmp_path / "a.ipynb")


def test_the_table_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "grades.csv"
    grades = [Grade("a", {"q1": 1.5}, ["=HYPERLINK()"])]
    write_grades(grades, {"q1": 2.0}, path)
    before = path.read_text()
    assert before == "student,q1,total,possible,remark\na,1.5,1.5,2,'=HYPERLINK()\n"

    def fail(source, target):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_grades([], {"q1": 2.0}, path)
    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == ["grades.csv"]


def test_an_autograder_must_be_one(tmp_path):
    path = tmp_path / "a.zip"
    path.write_text("no zip")
    with pytest.raises(ValueError, match="is not an autograder"):
        Exercise.from_zip(path, "doubles")
    for name, text in (("other.txt", ""), ("tests/q1.py", "OK_FORMAT = True\ntest = {}")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, text)
        with pytest.raises(ValueError, match="no exception-based tests"):
            Exercise.from_zip(path, "doubles")


def test_all_or_nothing_and_what_the_tests_import():
    source = TEST_FILE.format(name="f1").replace("points = 2", "points = 2\nall_or_nothing = True")
    exercise = Exercise("one", {"q1": source + "\nfrom os.path import join\nimport json\n"})
    assert exercise.modules == ["json", "numpy", "os.path"]
    assert grade_cells(["def f1(x):\n    return x ** 2"], exercise, QUICK).total == 0
    assert grade_cells([RIGHT[0]], exercise, QUICK).total == 2


def test_the_tests_inside_a_submission_are_not_used(tmp_path):
    """A student's copy of the checks may say anything."""
    write_notebook(tmp_path / "in" / "sly.ipynb", ["def f1(x): return 5"])
    path = tmp_path / "in" / "sly.ipynb"
    notebook = json.loads(path.read_text())
    notebook["metadata"]["otter"] = {"OK_FORMAT": False, "tests": {"q1": "points = 100"}}
    path.write_text(json.dumps(notebook))
    (grade,) = grade_class(tmp_path / "in", EXERCISE, QUICK)
    assert grade.total == 0


def test_each_student_gets_points_remarks_and_hints(tmp_path):
    hints = {"q1": ["Hint: count intervals."], "q2": []}
    ann = Grade("ann", {"q1": 0.5, "q2": 2.0}, ["code cell 1: SyntaxError"], hints)
    write_feedback([ann, Grade("ann", {"q1": 0.0, "q2": 0.0})], {"q1": 1, "q2": 2}, tmp_path / "f")
    first, second = tmp_path / "f" / "ann.txt", tmp_path / "f" / "ann (2).txt"
    assert first.read_text() == (
        "ann: 2.5 of 3 points\n\nq1: 0.5 of 1\n  Hint: count intervals.\nq2: 2 of 2\n\n"
        "Remark: code cell 1: SyntaxError\n"
    )
    assert second.read_text() == "ann: 0 of 3 points\n\nq1: 0 of 1\nq2: 0 of 2\n"

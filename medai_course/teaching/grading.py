"""Grade a class: every notebook in a process of its own, judged by the instructor's tests.

The tests are those of the built autograder and run in *this* process.  The student's process only
answers what a function returned, in plain values, so a submission can neither alter a test, nor
replace what the tests compare with, nor write a score.  What it still can do is told in
`grade_class`.
"""

from __future__ import annotations

import ast
import csv
import io
import os
import tempfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .student import Limits, Student
from .submissions import Submission, find_submissions, read_code_cells

MAX_REMARKS = 5
MAX_REMARK_LENGTH = 200


@dataclass(frozen=True)
class Exercise:
    """The instructor's tests of one exercise.

    Parameters
    ----------
    name : str
        Name of the exercise.
    tests : dict of str to str
        Question to the source of its otter test file (exception-based format).
    """

    name: str
    tests: dict[str, str]

    @classmethod
    def from_zip(cls, path: Path, name: str) -> Exercise:
        """Read the autograder that ``tools/build_exercises.py`` made.

        Raises ValueError where ``path`` is no autograder with exception-based tests.
        """
        if not zipfile.is_zipfile(path):
            raise ValueError(f"{path} is not an autograder: build it with tools/build_exercises.py")
        with zipfile.ZipFile(path) as archive:
            members = sorted(n for n in archive.namelist() if n.startswith("tests/"))
            tests = {Path(n).stem: archive.read(n).decode() for n in members if n.endswith(".py")}
        if not tests or any("OK_FORMAT = True" in source for source in tests.values()):
            raise ValueError(f"{path} holds no exception-based tests (otter: ok_format: false)")
        return cls(name, tests)

    @property
    def modules(self) -> list[str]:
        """What the tests import: the same is loaded for a student before the clock starts."""
        names = set()
        for source in self.tests.values():
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    names.add(node.module)
        return sorted(name for name in names if not name.startswith("otter"))

    def possible(self) -> dict[str, float]:
        """The points of each question."""
        return {question: float(_load(s).possible) for question, s in self.tests.items()}


@dataclass
class Grade:
    """What one submission earned, by question, and what the teacher should know."""

    student: str
    points: dict[str, float]
    remarks: list[str] = field(default_factory=list)
    hints: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """The sum of the points."""
        return sum(self.points.values())

    @property
    def remark(self) -> str:
        """The first few remarks on one line."""
        lines = [" ".join(text.split())[:MAX_REMARK_LENGTH] for text in self.remarks]
        more = [f"and {len(lines) - MAX_REMARKS} more"] if len(lines) > MAX_REMARKS else []
        return "; ".join(lines[:MAX_REMARKS] + more)


def grade_cells(cells: list[str], exercise: Exercise, limits: Limits, student: str = "") -> Grade:
    """Run one notebook's code ``cells`` and every test of ``exercise`` against them."""
    grade = Grade(student, {})
    with Student(cells, limits, exercise.modules) as process:
        for question, source in exercise.tests.items():
            grade.points[question], grade.hints[question] = _judge(_load(source), process)
    grade.remarks = process.remarks
    return grade


def grade_submission(submission: Submission, exercise: Exercise, limits: Limits) -> Grade:
    """Grade one submission; whatever goes wrong ends in the remark, never in an exception."""
    nothing = dict.fromkeys(exercise.tests, 0.0)
    remarks = [submission.remark] if submission.remark else []
    if submission.path is None:
        return Grade(submission.student, nothing, remarks)
    try:
        cells = read_code_cells(submission.path)
        grade = grade_cells(cells, exercise, limits, submission.student)
    except ValueError as error:
        return Grade(submission.student, nothing, [*remarks, str(error)])
    except Exception as error:  # one submission must not cost the others their grades
        return Grade(submission.student, nothing, [*remarks, f"could not be graded: {error!r}"])
    grade.remarks = remarks + grade.remarks
    return grade


def grade_class(
    folder: Path,
    exercise: Exercise,
    limits: Limits,
    jobs: int = 1,
    report: Callable[[Grade], None] = lambda grade: None,
) -> list[Grade]:
    """Grade every submission in ``folder``, ``jobs`` at a time; the result is sorted by student.

    This is no sandbox.  A submission runs with the rights of whoever grades: it can read and
    delete that person's files, use the network, start processes that outlive it, and look for the
    tests on the disk.  Grade what strangers hand in inside a container or under an account of its
    own.  Since only values come back, a function that changes its arguments in place is not seen to
    do so.

    Parameters
    ----------
    folder : Path
        See `find_submissions`.
    exercise : Exercise
    limits : Limits
    jobs : int ≥ 1
        Submissions at a time.
    report : callable
        Called with each grade as it is ready, in the order of the result.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs}")
    submissions = find_submissions(folder, exercise.name)
    grades = []
    with ThreadPoolExecutor(jobs) as pool:
        for grade in pool.map(lambda s: grade_submission(s, exercise, limits), submissions):
            report(grade)
            grades.append(grade)
    return grades


def write_grades(grades: list[Grade], possible: dict[str, float], path: Path) -> None:
    """Write the table to ``path``: all of it, or the file is left as it was."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["student", *possible, "total", "possible", "remark"])
    for g in grades:
        points = [_number(g.points[question]) for question in possible]
        total = [_number(g.total), _number(sum(possible.values()))]
        writer.writerow([_no_formula(g.student), *points, *total, _no_formula(g.remark)])
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(table.getvalue())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def write_feedback(grades: list[Grade], possible: dict[str, float], folder: Path) -> None:
    """Write one text per submission to ``folder``: its points, its remarks, its hints."""
    folder.mkdir(parents=True, exist_ok=True)
    used: list[str] = []
    for g in grades:
        used.append(g.student)
        again = used.count(g.student)
        lines = [f"{g.student}: {_number(g.total)} of {_number(sum(possible.values()))} points", ""]
        for question, most in possible.items():
            lines.append(f"{question}: {_number(g.points[question])} of {_number(most)}")
            lines += [f"  {hint}" for hint in g.hints.get(question, [])]
        lines += ["", *(f"Remark: {remark}" for remark in g.remarks)]
        name = f"{g.student}.txt" if again == 1 else f"{g.student} ({again}).txt"
        (folder / name).write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _judge(test, process):
    """(points, hints of the failed public cases) of one question."""
    passed, hints = [], []
    for case in test.test_cases:
        try:
            case.body.call_func(process)
            passed.append(case)
        except Exception:  # a failed assertion, or whatever the student's answer led to
            if case.failure_message and not case.hidden:
                hints.append(case.failure_message)
    if test.all_or_nothing and len(passed) < len(test.test_cases):
        return 0.0, hints
    return float(sum(case.points for case in passed)), hints


def _load(source):
    from otter.test_files.exception_test import ExceptionTestFile

    return ExceptionTestFile.from_string(source)


def _number(points):
    return f"{round(points, 4):g}"


def _no_formula(text):
    """A spreadsheet runs a cell that begins like a formula; an apostrophe makes it text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

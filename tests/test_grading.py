"""One submission: a bad cell costs its author at most his own points, and no cell can cheat."""

import signal
import sys
import time
from pathlib import Path

import pytest

from medai_course.teaching.grading import grade_cells
from medai_course.teaching.student import Limits, Student, StudentError
from tests.submissions import EXERCISE, QUICK, RIGHT

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="process groups and limits")


def graded(*cells, limits=QUICK):
    return grade_cells(list(cells), EXERCISE, limits)


def points(grade):
    return [grade.points["q1"], grade.points["q2"]]


# ---- one submission ----


def test_right_answers_earn_every_point_without_a_remark():
    grade = graded(*RIGHT)
    assert points(grade) == [2, 2] and grade.total == 4 and grade.remark == ""
    assert EXERCISE.possible() == {"q1": 2, "q2": 2}


def test_a_wrong_answer_loses_its_points_only_and_gets_its_hint():
    grade = graded(RIGHT[0], "def f2(x):\n    return x ** 2")
    assert points(grade) == [2, 1]  # 2 * 2 = 2 ** 2: the hidden check knows better
    assert grade.hints == {"q1": [], "q2": []}
    grade = graded(RIGHT[0], "def f2(x):\n    return 3 * x")
    assert points(grade) == [2, 0]
    assert grade.hints["q2"] == ["Hint: f2 returns twice its argument."]


@pytest.mark.parametrize(
    "bad, remark",
    [
        ("1 / 0", "code cell 1: ZeroDivisionError: division by zero"),
        ("def f1(x:\n    return", "code cell 1: SyntaxError: "),
        ("import sys\nsys.exit()", "code cell 1: SystemExit"),
        ("raise KeyboardInterrupt", "code cell 1: KeyboardInterrupt"),
        ("input('name? ')", "code cell 1: "),
        ("import no_such_module", "code cell 1: ModuleNotFoundError"),
        ("import os\nos._exit(0)", "code cell 1 ended the process (exit code 0)"),
        ("!pip install something", ""),
        ("%matplotlib inline\nprint('x' * 10**8)", ""),
        ("import otter\ngrader = otter.Notebook('f.ipynb')\ngrader.check('q1')", ""),
        (
            "from IPython.display import display\ndisplay(1)\nawait __import__('asyncio').sleep(0)",
            "",
        ),
    ],
)
def test_a_bad_cell_does_not_cost_the_points_of_the_others(bad, remark):
    grade = graded(bad, *RIGHT)
    assert points(grade) == [2, 2]
    assert grade.remark.startswith(remark) and bool(grade.remark) == bool(remark)


@needs_posix
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGKILL"])
def test_a_crash_is_named(name):
    grade = graded(f"import os\nos.kill(os.getpid(), {signal.Signals[name].value})", *RIGHT)
    assert points(grade) == [2, 2]
    assert grade.remark == f"code cell 1 ended the process ({name})"


def test_an_endless_loop_in_a_cell_is_stopped_and_the_other_cells_count():
    start = time.monotonic()
    grade = graded("while True:\n    pass", *RIGHT, limits=Limits(step=5, total=40))
    assert points(grade) == [2, 2]
    assert grade.remark == "code cell 1 ran for more than 5 s"
    assert 5 <= time.monotonic() - start < 35


def test_an_endless_loop_in_a_function_is_stopped_once_and_the_others_count():
    loop = "def f1(x):\n  while True:\n    try:\n      pass\n    except:\n      pass"
    start = time.monotonic()
    grade = graded(loop, RIGHT[1], limits=Limits(step=2, total=40))
    assert points(grade) == [0, 2]
    assert grade.remark == "f1 ran for more than 2 s"
    assert time.monotonic() - start < 30


def test_a_function_that_ends_the_process_keeps_what_it_earned_before():
    source = "def f1(x):\n    import os\n    return 4 if isinstance(x, int) else os._exit(7)"
    grade = graded(source, RIGHT[1])
    assert points(grade) == [1, 2]
    assert grade.remark == "f1 ended the process (exit code 7)"


def test_the_time_of_a_whole_submission_is_limited():
    cells = ["import time\ntime.sleep(1.5)"] * 8
    start = time.monotonic()
    grade = graded(RIGHT[0], *cells, RIGHT[1], limits=Limits(step=4, total=5))
    assert points(grade) == [0, 0]
    assert "the 5 s for a submission were used up" in grade.remark
    assert time.monotonic() - start < 25


@needs_posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit memory")
def test_memory_is_limited():
    grade = graded("x = bytearray(3 * 10**9)", *RIGHT, limits=Limits(memory_mb=1500))
    assert points(grade) == [2, 2]
    assert grade.remark == "code cell 1: MemoryError"


def test_renamed_and_missing_functions_are_named():
    grade = graded(RIGHT[0].replace("f1", "twice"))
    assert points(grade) == [0, 0]
    assert grade.remark == "f1 is not defined; f2 is not defined"


def test_an_empty_notebook_earns_nothing():
    assert graded().total == 0


def test_a_function_that_is_no_function_and_one_that_returns_too_much():
    grade = graded("f1 = 3", "def f2(x):\n    return 'x' * 10**8")
    assert points(grade) == [0, 0]


def test_remarks_are_short():
    grade = graded(
        *[f"raise ValueError('{i}' * 10000 + chr(10) + 'more')" for i in range(8)], *RIGHT
    )
    assert points(grade) == [2, 2]
    assert grade.remark.endswith("and 3 more") and len(grade.remark) < 1200
    assert "\n" not in grade.remark


def test_an_error_that_cannot_be_printed():
    grade = graded(
        "class Mute(Exception):\n    def __str__(self):\n        raise ValueError\nraise Mute",
        *RIGHT,
    )
    assert points(grade) == [2, 2]
    assert grade.remark == "code cell 1: Mute: (its message cannot be read)"


# ---- a submission that would rather write its own score ----


@pytest.mark.parametrize(
    "cheat",
    [
        # equal to everything
        "class Yes:\n    def __eq__(self, other): return True\n"
        "    def __array__(self, *a, **k): raise TypeError\n"
        "def f1(x): return Yes()\ndef f2(x): return Yes()",
        # comparisons that always hold
        "import numpy as np\nnp.allclose = np.isclose = lambda *a, **k: True\n"
        "def f1(x): return 5\ndef f2(x): return 5",
        # otter's own classes, replaced before the checks run
        "import otter.test_files.exception_test as t\n"
        "t.ExceptionTestFile.run = lambda *a: None\ndef f1(x): return 5\ndef f2(x): return 5",
        # a score on standard output
        'print(\'{"q1": 2, "q2": 2}\')\ndef f1(x): return 5\ndef f2(x): return 5',
        # tests in the notebook, or on the disk beside it
        "import os\nos.makedirs('tests', exist_ok=True)\n"
        "open('tests/q1.py', 'w').write('points = 9')\n"
        "def f1(x): return 5\ndef f2(x): return 5",
        # the builtins of its own process
        "import builtins\nbuiltins.AssertionError = type('A', (BaseException,), {})\n"
        "def f1(x): return 5\ndef f2(x): return 5",
    ],
)
def test_a_submission_cannot_change_what_it_is_judged_by(cheat):
    assert points(graded(cheat)) == [0, 0]
    assert points(graded(*RIGHT)) == [2, 2]


def test_noise_on_the_line_to_the_grader_earns_nothing():
    noise = (
        "import os, json, struct\n"
        "reply = json.dumps({'value': 4}).encode()\n"
        "for fd in range(3, 20):\n"
        "    try:\n"
        "        os.write(fd, struct.pack('<I', 2**31) + reply)\n"
        "    except OSError:\n"
        "        pass\n"
    )
    grade = graded(noise, "def f1(x): return 5", "def f2(x): return 5")
    assert points(grade) == [0, 0]
    assert grade.remark


@needs_posix
def test_children_are_ended_with_the_submission(tmp_path):
    note = tmp_path / "pid"
    child = "import subprocess\nchild = subprocess.Popen(['sleep', '300'])\n"
    save = f"open({str(note)!r}, 'w').write(str(child.pid))"
    assert points(graded(child + save, *RIGHT)) == [2, 2]
    deadline = time.monotonic() + 5  # a killed process takes a moment to go
    while _is_alive(int(note.read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(int(note.read_text()))


def _is_alive(pid):
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


@needs_posix
def test_a_child_that_leaves_the_session_does_not_hold_the_grader_up():
    leave = "import os, time\nif os.fork() == 0:\n  os.setsid()\n  time.sleep(20)\n  os._exit(0)\n"
    orphan = leave + "while True:\n  pass"
    start = time.monotonic()
    assert points(graded(orphan, *RIGHT, limits=Limits(step=2, total=30))) == [2, 2]
    assert time.monotonic() - start < 18


def test_the_folder_of_a_submission_is_its_own_and_is_removed(tmp_path, monkeypatch):
    monkeypatch.setenv("MY_SECRET_TOKEN", "hush")
    with Student(["import os\nplace = os.getcwd()\nnames = sorted(os.environ)"], QUICK) as student:
        place, names = student.get("place"), student.get("names")
        assert Path(place).is_dir() and not list(Path(place).glob("*.py"))
    assert not Path(place).exists()
    assert "MY_SECRET_TOKEN" not in names and "HOME" in names


def test_a_killed_function_is_not_called_again_and_values_travel():
    with Student(
        ["a = [1, (2.5, None), {'k': True}]", "def g(x):\n    raise ValueError(x)"], QUICK
    ) as s:
        assert s.get("a") == [1, (2.5, None), {"k": True}]
        with pytest.raises(StudentError, match="ValueError: why"):
            s.get("g")("why")
        with pytest.raises(StudentError, match="no_such is not defined"):
            s.get("no_such")(1)
        with pytest.raises(ValueError, match="cannot be checked"):
            s.get("g")(object())

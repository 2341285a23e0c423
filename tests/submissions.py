"""A small exercise to grade with, and notebooks to hand in."""

import nbformat

from medai_course.teaching.grading import Exercise
from medai_course.teaching.student import Limits

TEST_FILE = """
from otter.test_files import test_case

OK_FORMAT = False

name = "{name}"
points = 2

@test_case(points=1, hidden=False, failure_message="Hint: {name} returns twice its argument.")
def visible({name}):
    assert {name}(2) == 4

@test_case(points=1, hidden=True, failure_message="Not for students.")
def hidden({name}):
    import numpy as np
    assert np.allclose({name}(np.array([1.5, -3.0])), [3, -6])
"""
EXERCISE = Exercise("doubles", {f"q{i}": TEST_FILE.format(name=f"f{i}") for i in (1, 2)})
RIGHT = ["def f1(x):\n    return 2 * x", "def f2(x):\n    return x + x"]
QUICK = Limits(step=10, total=60, memory_mb=2000)


def write_notebook(path, cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)

"""Every exercise: the model solution passes, typical wrong answers fail and are shown a hint.

An exercise is a master ``book/<part>/exercises/NAME.md``; its wrong answers are in
``tests/wrong_answers/NAME.py``.  A master without wrong answers does not get past this file.
"""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from otter.test_files.exception_test import ExceptionTestFile

from medai_course.teaching.grading import Exercise
from medai_course.teaching.submissions import read_code_cells

ROOT = Path(__file__).resolve().parents[1]
MASTERS = {path.stem: path for path in sorted((ROOT / "book").glob("*/exercises/*.md"))}
ANSWERS = {name: importlib.import_module(f"tests.wrong_answers.{name}") for name in MASTERS}
QUESTIONS = [(name, q) for name, answers in ANSWERS.items() for q in answers.FUNCTIONS]
CASES = [(name, q, case) for name, q in QUESTIONS for case in ANSWERS[name].WRONG[q]]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder that tools/build_exercises.py fills."""
    out = tmp_path_factory.mktemp("exercises")
    tool = [sys.executable, str(ROOT / "tools/build_exercises.py"), "--out", str(out)]
    subprocess.run(tool, check=True)
    return out


def visible_tests(built, name):
    """What the student's notebook holds."""
    return nbformat.read(built / name / f"{name}.ipynb", as_version=4).metadata.otter.tests


def all_tests(built, name):
    """What the autograder holds."""
    return Exercise.from_zip(built / name / f"{name}-autograder.zip", name).tests


def judged(source, function_name, function):
    """otter's verdict on one function."""
    test = ExceptionTestFile.from_string(source)
    test.run({function_name: function})
    return test


def solutions(built, name):
    """What the instructor's notebook defines."""
    space = {}
    for source in read_code_cells(built / name / "instructor" / f"{name}.ipynb"):
        if "otter." not in source and "grader." not in source:
            exec(source, space)
    return space


def functions_between(path, begin, end):
    """Name to definition of the functions in the code cells between two marks."""
    found, inside = {}, False
    for cell in jupytext.read(path, fmt="md:myst").cells:
        if cell.cell_type == "code" and inside:
            nodes = ast.parse(cell.source).body
            found |= {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
        elif cell.cell_type != "code":
            marks = [line for line in cell.source.splitlines() if begin in line or end in line]
            inside = begin in marks[-1] if marks else inside
    return found


def chapter(name):
    """The page whose exercises the master holds."""
    return MASTERS[name].parents[1] / f"{name}.md"


def test_there_are_exercises():
    assert "heart_rate" in MASTERS


@pytest.mark.parametrize("name, question", QUESTIONS)
def test_the_model_solution_earns_every_point(built, name, question):
    function_name = ANSWERS[name].FUNCTIONS[question]
    source = all_tests(built, name)[question]
    verdict = judged(source, function_name, solutions(built, name)[function_name])
    assert verdict.score == verdict.possible > 0, verdict.summary()


@pytest.mark.parametrize("name, question, case", CASES)
def test_a_wrong_answer_loses_points_and_is_shown_a_hint(built, name, question, case):
    function_name = ANSWERS[name].FUNCTIONS[question]
    function, hint = ANSWERS[name].WRONG[question][case]
    verdict = judged(all_tests(built, name)[question], function_name, function)
    assert verdict.score < verdict.possible
    shown = judged(visible_tests(built, name)[question], function_name, function)
    failed = [case.test_case.failure_message for case in shown.test_case_results if not case.passed]
    assert any(hint in message for message in failed), failed
    assert hint in shown.summary() and hint in shown._repr_html_()


@pytest.mark.parametrize("name", MASTERS)
def test_every_question_has_visible_and_hidden_checks_and_three_wrong_answers(built, name):
    tests, answers = all_tests(built, name), ANSWERS[name]
    assert set(tests) == set(answers.FUNCTIONS) == set(answers.WRONG)
    for question, source in tests.items():
        cases = ExceptionTestFile.from_string(source).test_cases
        assert {case.hidden for case in cases} == {True, False}
        assert all(case.failure_message for case in cases if not case.hidden)
        assert len(answers.WRONG[question]) >= 3


@pytest.mark.parametrize("name", MASTERS)
def test_the_students_notebook_holds_neither_solutions_nor_hidden_checks(built, name):
    student = (built / name / f"{name}.ipynb").read_text("utf-8")
    for source in all_tests(built, name).values():
        hidden = [c for c in ExceptionTestFile.from_string(source).test_cases if c.hidden]
        assert all(case.body.test_func.__name__ not in student for case in hidden)
    cells = read_code_cells(built / name / f"{name}.ipynb")
    definitions = [ast.unparse(ast.parse(source)) for source in cells]
    for solution in functions_between(MASTERS[name], "# BEGIN SOLUTION", "# END SOLUTION").values():
        assert not any(ast.unparse(solution) in text for text in definitions)
    assert "SOLUTION" not in student
    assert "url_prefix" not in student and "http" not in student


def test_an_error_of_another_kind_is_found_by_a_hidden_check(built):
    """Everything mended, but the root of the mean square instead of the mean absolute error."""
    wrong = ANSWERS["heart_rate"].with_fault(rmse=True)
    assert judged(visible_tests(built, "heart_rate")["q3"], "forecast_error", wrong).passed_all
    verdict = judged(all_tests(built, "heart_rate")["q3"], "forecast_error", wrong)
    assert verdict.score == verdict.possible - 1


@pytest.mark.parametrize("name, question", QUESTIONS)
def test_the_page_shows_the_solution_of_the_master(name, question):
    master = functions_between(MASTERS[name], "# BEGIN SOLUTION", "# END SOLUTION")
    page = functions_between(chapter(name), "{solution-start} ex-", "{solution-end}")
    function_name = ANSWERS[name].FUNCTIONS[question]
    assert function_name in page, f"{chapter(name)} has no worked solution of {function_name}"
    assert ast.dump(page[function_name]) == ast.dump(master[function_name])


@pytest.mark.parametrize("name", MASTERS)
def test_the_page_shows_the_faulty_functions_of_the_master(name):
    faulty = functions_between(MASTERS[name], "# BEGIN PROMPT", "# END PROMPT")
    blocks = chapter(name).read_text("utf-8").split("```python\n")[1:]
    shown = [ast.dump(node) for b in blocks for node in ast.parse(b.split("```")[0]).body]
    for function_name, node in faulty.items():
        assert ast.dump(node) in shown, f"{chapter(name)} does not show {function_name} as it is"


@pytest.mark.parametrize("name", MASTERS)
def test_the_page_offers_the_notebook(name):
    assert f"{{exercise-notebook}}`{name}`" in chapter(name).read_text("utf-8")

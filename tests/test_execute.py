"""Executing a chapter: the same bytes each time, nothing of the machine, clear errors."""

import sys

import nbformat
import pytest

from tools.execute import ExecutionError, execute, main, sources
from tools.stable_outputs import stabilise

from .conftest import put_data
from .tiny_chapter import ANIMATION, FIGURE, chapter


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A chapter with everything that differs from run to run, executed twice; both results."""
    source = chapter(
        tmp_path_factory.mktemp("twice"),
        "import random, sys, time, warnings\nimport pandas as pd\nprint('to the reader')",
        "print('a', flush=True); print('b', file=sys.stderr, flush=True); print('c')",
        "warnings.warn('careful')",
        "pd.DataFrame({'a': [1.0]}).style.format('{:.1f}')",
        "from medai_course.teaching.quiz import choice, quiz\n"
        "quiz(choice('Is $x$ so?', ('Yes', 'It is.'), {'No': 'Why?'}))",
        FIGURE.format(end=1),
        ANIMATION,
        ("nbval-ignore-output", "time.perf_counter(), random.random()"),
    )
    first = execute(source)[0].read_bytes()
    return first, execute(source)[0].read_bytes()


def test_executing_again_gives_the_same_bytes(executed):
    assert executed[0] == executed[1]


def test_nothing_stored_reaches_for_the_net(executed):
    assert b"cdn" not in executed[0] and b"https://" not in executed[0]


def test_ids_are_counted_and_streams_are_whole(executed):
    cells = nbformat.reads(executed[0].decode(), 4).cells
    assert [c.id for c in cells] == [f"c{i:03d}" for i in range(len(cells))]
    assert [(o.name, o.text) for o in cells[2].outputs] == [("stdout", "a\nc\n"), ("stderr", "b\n")]
    assert cells[3].outputs[0].text.startswith("cell.py:1: UserWarning: careful")
    assert '<div id="quiz_c005_0"' in cells[5].outputs[0].data["text/html"]
    assert 'id="_anim_imgc007_0"' in cells[7].outputs[0].data["text/html"]


def test_a_change_renews_the_times_too(tmp_path):
    timed = ("nbval-ignore-output", "import time; time.perf_counter()")
    first = execute(chapter(tmp_path, "1 + 1", timed))[0].read_text()
    again = execute(chapter(tmp_path, "1 + 2", timed))[0].read_text()
    old, new = (nbformat.reads(text, 4).cells[2].outputs[0].data for text in (first, again))
    assert old != new


def test_log_lines_of_tensorflow_are_not_stored(tmp_path):
    code = "import tensorflow as tf\nprint(float(tf.reduce_sum(tf.ones((2, 2)))))"
    [output] = nbformat.read(execute(chapter(tmp_path, code))[0], 4).cells[1].outputs
    assert output.text == "4.0\n"


def test_time_and_memory_are_those_of_the_kernel(tmp_path):
    code = "import time\nblock = bytearray(300_000_000)\ntime.sleep(1)"
    _, seconds, megabytes = execute(chapter(tmp_path, code))
    assert 1 < seconds < 60 and 300 < megabytes < 1000


def test_an_error_names_the_cell_and_stores_nothing(tmp_path):
    source = chapter(tmp_path, "1 + 1", "undefined_name")
    with pytest.raises(ExecutionError, match=r"chapter\.md, cell 2:[\s\S]*undefined_name"):
        execute(source)
    assert not source.with_suffix(".ipynb").exists()


def test_chapters_are_found_by_name_and_exercises_are_not_chapters(tmp_path):
    (tmp_path / "exercises").mkdir()
    first, second = chapter(tmp_path, name="one"), chapter(tmp_path, name="two")
    chapter(tmp_path / "exercises", name="three")
    (tmp_path / "prose.md").write_text("# Prose")
    assert sources([], tmp_path) == [first, second]
    assert sources(["two"], tmp_path) == [second]
    with pytest.raises(ExecutionError, match="no chapter 'tow'; there are: one, two"):
        sources(["tow"], tmp_path)


# ---- public data ----


def test_execution_without_the_data_says_what_to_do(needs_ecg, monkeypatch):
    source, _ = needs_ecg
    with pytest.raises(ExecutionError, match="medai data fetch ecg_scipy"):
        execute(source)
    with pytest.raises(ExecutionError, match="has no stored output to keep"):
        execute(source, allow_missing_data=True)
    monkeypatch.setattr(sys, "argv", ["execute.py", str(source)])
    with pytest.raises(SystemExit, match="Not executed: chapter needs data"):
        main()


def test_stored_outputs_stay_without_the_data(needs_ecg):
    source, folder = needs_ecg
    put_data(folder)
    before = execute(source)[0].read_bytes()
    for file in folder.iterdir():
        file.unlink()
    assert execute(source, allow_missing_data=True)[0].read_bytes() == before
    source.write_text(source.read_text().replace("from the data", "from other data"))
    with pytest.raises(ExecutionError, match="new or was edited"):
        execute(source, allow_missing_data=True)


def test_an_animation_gets_its_text_alternative():
    html = '<img id="_anim_img0123456789abcdef0123456789abcdef"><img alt="own">'
    output = nbformat.v4.new_output("display_data", {"text/html": html})
    stabilise([output], "c001", alt='A "line" rises')
    expected = '<img alt="A &quot;line&quot; rises" id="_anim_imgc001_0"><img alt="own">'
    assert output.data["text/html"] == expected

"""The checks of a chapter's anatomy catch what is planted; the sample chapter is whole."""

import pytest

from . import book_check, chapter_check
from .conftest import cell_with


def replace_markdown(notebook, old, new):
    changed = [c for c in notebook.cells if c.cell_type == "markdown" and old in c.source]
    assert changed
    for cell in changed:
        cell.source = cell.source.replace(old, new)
    return notebook


def test_the_sample_chapter_is_whole(notebook, text):
    assert chapter_check.missing_sections(text) == []
    assert chapter_check.missing_facts(text) == []
    assert chapter_check.opening_problems(text) == []
    assert chapter_check.missing_parts(notebook) == []
    assert chapter_check.exercise_problems(notebook) == []
    assert chapter_check.summary_problems(text) == []


@pytest.mark.parametrize("title", chapter_check.SECTIONS)
def test_a_missing_section(text, title):
    assert chapter_check.missing_sections(text.replace(f"## {title}\n", "## Something else\n"))


def test_sections_in_another_order(text):
    swapped = text.replace("## Summary", "## @").replace("## Exercises", "## Summary")
    assert chapter_check.missing_sections(swapped.replace("## @", "## Exercises"))


@pytest.mark.parametrize("fact", ["40 min", "5 s", "200 MB", "data:", "level:"])
def test_a_missing_fact(text, fact):
    assert len(chapter_check.missing_facts(text.replace(fact, "soon", 1))) == 1


@pytest.mark.parametrize(("old", "new"), [("You need", "Needed"), ("may skip", "may read")])
def test_an_opening_without_doors(text, old, new):
    assert chapter_check.opening_problems(text.replace(old, new))


def test_too_many_promises_and_points(text):
    many = "- fit a line by hand,\n" * 5
    assert chapter_check.opening_problems(text.replace("- fit a line by hand,\n", many))
    assert chapter_check.summary_problems(
        text.replace("- A slope has", "- One.\n" * 6 + "- A slope")
    )
    assert chapter_check.summary_problems(text.replace("{cite:t}", "{term}"))


@pytest.mark.parametrize(
    "part",
    ["{prf:algorithm}", ":label: eq-slope", ":pyobject:", "{dropdown} For teachers"],
)
def test_a_missing_part(notebook, part):
    assert len(chapter_check.missing_parts(replace_markdown(notebook, part, "{note}"))) == 1


def test_missing_tabs_parity_table_and_figures(notebook):
    notebook.cells = [
        c
        for c in notebook.cells
        if not (book_check.tags(c) or "parity_table" in c.source or "ax.bar" in c.source)
    ]
    problems = chapter_check.missing_parts(notebook)
    assert [p.split()[0] for p in problems] == ["missing"] * 4 + ["1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{dropdown} Hint", "{dropdown} Aside"),
        ("{solution} ex-bug", "{note}"),
        ("{solution} ex-bug\n:class: dropdown", "{solution} ex-bug"),
        ("{solution} ex-bug", "{solution} ex-other"),
        ("{solution-start} ex-slope", "{note} ex-slope"),
        ("{exercise}", "{note}"),
    ],
)
def test_an_exercise_without_hint_or_solution(notebook, old, new):
    assert chapter_check.exercise_problems(replace_markdown(notebook, old, new))


def test_too_few_quick_questions(notebook):
    cell_with(notebook, "display_quiz").outputs = []
    assert "0 quick questions" in chapter_check.exercise_problems(notebook)[0]


def test_the_length_of_a_sitting(text):
    assert chapter_check.wrong_length(text)  # the sample is short
    words = chapter_check.number_of_words(text)
    longer = text.replace("Three patients are few.", "Many more words are here. " * 400)
    assert chapter_check.number_of_words(longer) == words + 2000 - 4
    assert chapter_check.wrong_length(longer) == []
    assert chapter_check.wrong_length(longer * 3)


def test_words_are_those_that_are_read():
    read = "Three words {term}`here <there>`\n\n# A title"
    unread = (
        "```python\ncode = 1\n```\n$x$ and $$\ny = 2\n$$\n"
        "```{math}\nz\n```\n:::{dropdown} Hint\nnot now\n:::\n"
        "```{solution-start} ex\n:class: dropdown\n```\nnor this\n```{solution-end}\n```\n"
    )
    assert chapter_check.number_of_words(read) == 5
    assert chapter_check.number_of_words(f"{read}\n\n{unread}") == 6  # "and"

"""The checks of notebooks, citations and text catch planted faults; the sample has none."""

import nbformat
import pytest

from . import book_check, citation_check
from .conftest import cell_with
from .myst_blocks import blocks, prose


def test_the_sample_notebook_is_sound(notebook, source, text, bibliography):
    assert book_check.differs_from_source(notebook, source) == []
    for check in (book_check.not_run_in_order, book_check.errors, book_check.leaks):
        assert check(notebook) == []
    assert book_check.unknown_tags(notebook) == []
    assert book_check.too_many_ignored(notebook, 1) == []
    assert book_check.figures_without_alt(notebook) == []
    assert citation_check.unknown_citations(text, bibliography) == []
    assert citation_check.incomplete_entries(bibliography) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.0, 4.1, 5.9", "2.0, 4.2, 5.9"),
        ("Three patients are few.", "Three patients are many."),
        (":tags: [tab:pytorch]", ":tags: [tab:pytorch, hide-input]"),
        ("almost on a line", "nearly on a line"),
    ],
)
def test_a_source_edited_without_execution(notebook, source, old, new):
    assert old in source
    assert book_check.differs_from_source(notebook, source.replace(old, new, 1))


def test_a_notebook_never_run(notebook):
    for cell in book_check.code_cells(notebook):
        cell.execution_count, cell.outputs = None, []
    assert book_check.not_run_in_order(notebook)


def test_cells_run_out_of_order(notebook):
    first, second = book_check.code_cells(notebook)[:2]
    first.execution_count, second.execution_count = second.execution_count, first.execution_count
    assert book_check.not_run_in_order(notebook)


def test_an_error_that_was_not_meant(notebook):
    cell_with(notebook, "1 / 0").metadata["tags"] = []
    assert "ZeroDivisionError" in book_check.errors(notebook)[0]


@pytest.mark.parametrize(
    "leak",
    [
        "/home/anna/course/data.csv",
        "saved to /root/x",
        "in /work/course/book",
        "C:\\Users\\anna",
        "<object at 0x7f3a9c0b1d90>",
        "/tmp/ipykernel_421/1.py:1: UserWarning",
        "2026-11-21 03:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN",
        "I0000 00:00:1795230968.577199   11986 port.cc:153] oneDNN custom operations are on.",
        "WARNING: I0000 00:00:1795230968.577199   11986 cpu_feature_guard.cc:227] This",
    ],
)
def test_a_leak_of_the_machine(notebook, leak):
    output = nbformat.v4.new_output("stream", name="stdout", text=f"fine\n{leak}\n")
    cell_with(notebook, "polyfit").outputs.append(output)
    assert len(book_check.leaks(notebook)) >= 1


def test_a_leak_in_a_table_and_in_an_error(notebook):
    table = cell_with(notebook, "dose (mg)").outputs[0]
    table.data["text/html"] = table.data["text/html"].replace("2.0", "/home/anna/2.0")
    cell_with(notebook, "1 / 0").outputs[0].evalue = "no file /root/data"
    assert len(book_check.leaks(notebook)) == 2


def test_a_misspelt_tag(notebook):
    cell_with(notebook, "polyfit").metadata["tags"] = ["tabs:numpy"]
    assert "tabs:numpy" in book_check.unknown_tags(notebook)[0]


def test_one_ignored_output_too_many(notebook):
    cell_with(notebook, "parity_table(x, x)").metadata["tags"] = ["nbval-ignore-output"]
    assert book_check.too_many_ignored(notebook, 1)


@pytest.mark.parametrize("alt", [None, "", "figure", "map.png", "_images/a figure of the line.png"])
def test_an_executed_figure_without_alt(notebook, alt):
    cell_with(notebook, "ax.bar").metadata["mystnb"] = {"image": {"alt": alt} if alt else {}}
    assert len(book_check.figures_without_alt(notebook)) == 1


@pytest.mark.parametrize(
    "image",
    [
        "```{figure} map.svg\nFrom data to decision.\n```",
        "```{figure} map.svg\n:alt: map\n```",
        "::::{grid}\n:::{grid-item}\n```{image} map.svg\n```\n:::\n::::",
        "![](map.svg)",
        "![map](map.svg)",
    ],
)
def test_an_image_without_alt(image):
    assert len(book_check.images_without_alt(f"Text.\n\n{image}\n\nMore.")) == 1


def test_a_wrong_citation_key(text, bibliography):
    wrong = text.replace("`pan1985`", "`pan1985,pan1958`", 1)
    assert citation_check.unknown_citations(wrong, bibliography) == [
        "'pan1958' is cited and is not in references.bib"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  doi     = {10.1109/TBME.1985.325532},\n", ""),
        ("10.1109/TBME.1985.325532", "https://doi.org/10.1109/TBME.1985.325532"),
        ("  journal = {Numerische Mathematik},\n", ""),
        ("  author  = {Golub, Gene},\n", ""),
        ("@article{golub1965", "@paper{golub1965"),
    ],
)
def test_an_incomplete_entry(bibliography, old, new):
    assert old in bibliography
    assert citation_check.incomplete_entries(bibliography.replace(old, new))


def test_blocks_are_read_with_their_options():
    text = (
        "::::{grid} 1 2\n:gutter: 3\n\n:::{card} One\nIn `code`.\n:::\n::::\nafter\n```\n{x}\n```"
    )
    grid, plain = blocks(text)
    assert (grid.name, grid.argument, grid.options) == ("grid", "1 2", {"gutter": "3"})
    assert (grid.inner[0].argument, plain.name) == ("One", "")
    assert prose(text).split() == ["after", "In", "`code`."]

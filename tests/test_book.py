"""The book as it stands: sources and notebooks agree, chapters are whole, citations resolve."""

from pathlib import Path

import nbformat
import pytest
import yaml

from tools.execute import ROOT, is_source

from . import book_check, chapter_check, citation_check

BOOK = ROOT / "book"
PAGES = sorted(p for p in BOOK.glob("**/*.md") if p.parent.name != "exercises")
SOURCES = [p for p in PAGES if is_source(p)]
NOTEBOOKS = [p.with_suffix(".ipynb") for p in SOURCES]
# pages that run code and teach no algorithm: they have no anatomy
OPENINGS = {"set_up", "what_ai_does"}
CHAPTERS = [p for p in NOTEBOOKS if p.stem not in OPENINGS]
# cells tagged nbval-ignore-output: outputs that differ at every run, such as times
IGNORED = {
    "course_of_disease": 2,
    "heart_rate": 1,
    "logistic_regression": 1,
    "many_dimensions": 1,
    "medical_images": 2,
    "patient_groups": 1,
    "support_vector_machines": 2,
    "survival": 1,
    "trees_and_forests": 1,
    "virtual_cases": 1,
}
MOST_BYTES = 3_000_000
MASTERS = sorted(BOOK.glob("*/exercises/*.md"))


def name(path):
    return path.relative_to(BOOK).as_posix() if isinstance(path, Path) else None


def text_of(path):
    return path.read_text("utf8")


def notebook(path):
    assert path.exists(), f"never executed: run python tools/execute.py {path.stem}"
    return nbformat.read(path, 4)


def toc_files(entry):
    """The files that _toc.yml names, in order."""
    if isinstance(entry, dict):
        own = [entry[key] for key in ("root", "file") if key in entry]
        return own + [file for value in entry.values() for file in toc_files(value)]
    return [file for item in entry for file in toc_files(item)] if isinstance(entry, list) else []


def test_toc_names_every_page_and_executed_chapters_with_their_suffix():
    pages = [p.with_suffix(".ipynb" if p in SOURCES else "") for p in PAGES]
    named = toc_files(yaml.safe_load(text_of(ROOT / "_toc.yml")))
    assert sorted(named) == sorted(p.relative_to(ROOT).as_posix() for p in pages)


def test_every_notebook_has_a_source():
    found = {p for p in BOOK.glob("**/*.ipynb") if ".ipynb_checkpoints" not in p.parts}
    assert found <= set(NOTEBOOKS)


def test_every_package_with_modules_is_in_the_reference():
    reference = "".join(text_of(p) for p in BOOK.glob("back/api*.md"))
    packages = [p.parent for p in (ROOT / "medai_course").glob("*/__init__.py")]
    with_modules = [p for p in packages if list(p.glob("[a-z]*.py"))]
    absent = [
        p.name for p in with_modules if f"api-package:: medai_course.{p.name}" not in reference
    ]
    assert not absent


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook_is_its_source_executed(path):
    nb = notebook(path)
    assert book_check.differs_from_source(nb, text_of(path.with_suffix(".md"))) == []
    assert book_check.not_run_in_order(nb) == []
    assert book_check.errors(nb) == []
    assert book_check.leaks(nb) == []
    assert book_check.unknown_tags(nb) == []
    assert book_check.too_many_ignored(nb, IGNORED.get(path.stem, 0)) == []
    assert path.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_every_figure_of_a_notebook_is_told(path):
    assert book_check.figures_without_alt(notebook(path)) == []


@pytest.mark.parametrize("path", [*PAGES, *MASTERS], ids=name)
def test_every_image_of_a_page_is_told(path):
    assert book_check.images_without_alt(text_of(path)) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_chapter_has_its_parts_in_their_order(path):
    nb = notebook(path)
    text = book_check.markdown(nb)
    assert chapter_check.missing_sections(text) == []
    assert chapter_check.missing_facts(text) == []
    assert chapter_check.opening_problems(text) == []
    assert chapter_check.missing_parts(nb) == []
    assert chapter_check.exercise_problems(nb) == []
    assert chapter_check.summary_problems(text) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_chapter_is_one_sitting(path):
    assert chapter_check.wrong_length(book_check.markdown(notebook(path))) == []


@pytest.mark.parametrize("path", [*PAGES, *MASTERS], ids=name)
def test_citations_resolve(path):
    assert citation_check.unknown_citations(text_of(path), text_of(BOOK / "references.bib")) == []


def test_the_bibliography_is_complete():
    assert citation_check.incomplete_entries(text_of(BOOK / "references.bib")) == []

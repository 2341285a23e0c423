"""The pages "Challenges and FAQ" quote in bold only what a chapter beside the quotation prints."""

import re
from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).resolve().parents[1] / "book"
PAGES = sorted(BOOK.glob("*/challenges.md"))
CHAPTER = re.compile(r"\{chapter\}`([\w/]+)`")
NUMBER = re.compile(r"\*\*([-+]?[\d.].*?)\*\*")


def printed(chapter):
    """All that the stored notebook of ``chapter`` printed, tables included."""
    cells = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells
    outputs = [o for cell in cells if cell.cell_type == "code" for o in cell.outputs]
    texts = [o.get("text", "") + str(o.get("data", {}).get("text/plain", "")) for o in outputs]
    return re.sub(r"\s+", " ", " ".join(texts).replace("(", " ").replace(")", " "))


def unprinted(page, printed=printed):
    """The numbers in bold that no chapter named in the same paragraph has printed."""
    found = []
    for paragraph in page.split("\n\n"):
        chapters = [c for c in CHAPTER.findall(paragraph) if (BOOK / f"{c}.ipynb").exists()]
        outputs = [printed(chapter) for chapter in chapters]
        for number in NUMBER.findall(paragraph):
            alone = re.compile(rf"(?<![\d.]){re.escape(number.lstrip('+-'))}(?!\d|\.\d)")
            if not any(alone.search(output) for output in outputs):
                found.append((number, chapters))
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_every_number_in_bold_was_printed_by_a_chapter_beside_it(path):
    page = path.read_text("utf-8")
    assert len(NUMBER.findall(page)) >= 10
    assert unprinted(page) == []


def test_a_number_that_no_chapter_printed_is_found():
    outputs = lambda chapter: "AUC 0.955 with 120 patients"
    page = "{chapter}`partnership/heart_rate`: **%s** patients"
    assert unprinted(page % "0.955", outputs) == unprinted(page % "120", outputs) == []
    assert len(unprinted(page % "0.95", outputs)) == len(unprinted(page % "12", outputs)) == 1
    assert unprinted("**0.955** and no chapter", outputs) == [("0.955", [])]

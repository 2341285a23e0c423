"""The table of the course, the links and marks made from it, and the two pages that count on it."""

import re
import tomllib
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError
from sphinx.testing.util import SphinxTestApp

BOOK = Path(__file__).parents[1] / "book"
TABLE = tomllib.loads((BOOK / "contents.toml").read_text("utf-8"))
KEYS = [f"{part['folder']}/{name}" for part in TABLE["parts"] for name, _ in part["chapters"]]


def test_no_chapter_is_listed_twice():
    assert sorted(KEYS) == sorted(set(KEYS))


def test_every_chapter_that_stands_is_in_the_table():
    folders = [part["folder"] for part in TABLE["parts"]]
    pages = {f"{f}/{p.stem}" for f in folders for p in (BOOK / f).glob("*.md")}
    assert pages <= set(KEYS)


def test_the_map_asks_about_chapters_and_partners_that_are_known():
    for row in TABLE["map"]:
        assert row["chapter"] in KEYS
        assert row["serves"] and set(row["serves"]) <= set("drvs")


def test_the_errata_are_numbered_without_a_gap():
    numbers = re.findall(
        r"^\*\*(\d+)\.\*\*", (BOOK / "back" / "errata.md").read_text("utf-8"), re.M
    )
    assert [int(n) for n in numbers] == list(range(1, 31))


def build(folder, text, pages=()):
    """The HTML of an index page with ``text``, in a book of that page and ``pages``."""
    (folder / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(BOOK / '_ext')!r})\n"
        "extensions = ['myst_parser', 'course_map']\n"
    )
    listed = "\n".join(pages)
    (folder / "index.md").write_text(f"# Index\n\n{text}\n\n```{{toctree}}\n{listed}\n```\n")
    for page in pages:
        path = folder / f"{page}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(f"# {page}\n")
    app = SphinxTestApp("html", srcdir=folder)
    app.build()
    app.cleanup()
    assert app.warning.getvalue() == ""
    return (folder / "_build" / "html" / "index.html").read_text("utf-8")


def test_a_chapter_that_stands_is_linked_and_another_is_marked(tmp_path):
    text = "{chapter}`partnership/heart_rate` and {chapter}`trust/fairness`"
    html = build(tmp_path, text, ["book/partnership/heart_rate"])
    assert 'href="book/partnership/heart_rate.html"><span class="doc">Heart rate' in html
    assert "fairness.html" not in html
    assert 'Fairness <span class="preparation-mark">in preparation</span>' in html


def test_a_page_is_read_again_when_a_chapter_of_its_comes(tmp_path):
    (tmp_path / "about.md").write_text("# About\n\n{chapter}`trust/fairness`\n")
    build(tmp_path, "", ["about"])
    about = tmp_path / "_build" / "html" / "about.html"
    assert "in preparation" in about.read_text("utf-8")
    build(tmp_path, "", ["about", "book/trust/fairness"])
    assert "in preparation" not in about.read_text("utf-8")


def test_a_card_links_what_stands_and_names_the_rest(tmp_path):
    html = build(tmp_path, "```{part-chapters} trust\n```", ["book/trust/privacy"])
    card = re.search(r'<ul class="part-chapters.*?</ul>', html, re.S)[0]
    assert card.count("<li>") == card.count('href="book/trust/privacy.html"') == 1
    assert "Explanations · Fairness" in html


def test_the_map_links_partners_and_chapters(tmp_path):
    labels = ["diagnosis", "drugs", "devices", "services"]
    sections = "\n\n".join(f"(partner-{name})=\n## {name}" for name in labels)
    html = build(tmp_path, f"{sections}\n\n```{{course-map}}\n```", ["book/partnership/heart_rate"])
    assert html.count("map-question ") == len(TABLE["map"])
    assert html.count("map-link") == 1
    assert all(f'href="#partner-{name}"' in html for name in labels)
    curves = sum(len(row["serves"]) for row in TABLE["map"])
    assert html.count("<path ") == curves


def test_an_unknown_chapter_stops_the_build(tmp_path):
    with pytest.raises(ExtensionError, match=r"no chapter 'trust/nothing'"):
        build(tmp_path, "{chapter}`trust/nothing`")

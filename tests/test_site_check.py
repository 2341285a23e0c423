"""The sample book builds as it should, and the checks of the site catch faults planted in it."""

import os
import re
import shutil
from pathlib import Path

import pytest

from .site_check import check_page, remembered_tabs, search
from .site_files import Page, check_files, pages, style_problems

CHAPTER = "book/partnership/sample.html"
OPENING = "book/partnership/opening.html"


@pytest.fixture(scope="session")
def chapter(sample_site):
    return Page(sample_site / CHAPTER, sample_site)


@pytest.fixture
def site(sample_site, tmp_path):
    """A copy of the site to plant in; its files are links, so a changed one is written anew."""
    return Path(shutil.copytree(sample_site, tmp_path / "site", copy_function=os.link))


def plant(site, old, new, name=CHAPTER, count=1):
    path = site / name
    text = path.read_text("utf8")
    assert old in text
    path.unlink()
    path.write_text(text.replace(old, new, count), "utf8")
    return path


def add(site, html):
    """Plant something at the end of the chapter's article."""
    return plant(site, "</article>", f"{html}</article>")


# ---- what the build makes ----


def test_the_sample_site_is_sound(sample_site, reader):
    found = pages(sample_site)
    assert [p for page in found.values() for p in check_files(page, found)] == []
    assert style_problems(sample_site) == []
    for path, page in found.items():
        if str(page).startswith("book/"):
            assert check_page(reader, path, sample_site) == []
    tabbed = [(sample_site / page).as_uri() for page in (CHAPTER, OPENING)]
    assert remembered_tabs(reader, *tabbed) == []
    assert search(reader, (sample_site / "search.html").as_uri(), "patients") == []


def test_chapters_equations_and_exercises_are_numbered_within_their_part(chapter):
    assert (
        chapter.soup.select_one("article h1")
        .get_text()
        .startswith("1.2. A line through three patients")
    )
    assert not chapter.soup.select("h2 .section-number")
    assert [e.get_text()[:7] for e in chapter.soup.select(".eqno")] == ["(1.2.1)", "(1.2.2)"]
    numbers = [e.get_text(strip=True) for e in chapter.soup.select(".caption-number")]
    assert numbers[:2] == ["Algorithm 1.2.1", "Exercise 1.2.1"]


def test_tagged_cells_are_one_tab_set_with_their_outputs(chapter):
    first, second = chapter.soup.select(".framework-tabs")
    assert [x.get_text(strip=True) for x in first.select("label")] == [
        "NumPy",
        "PyTorch",
        "TensorFlow",
    ]
    assert [x.get_text(strip=True) for x in second.select("label")] == ["NumPy", "PyTorch"]
    shown = [x.get_text(" ", strip=True) for x in first.select(".output")]
    assert shown[1] == "PyTorch would say the same"
    assert second.select(
        ".sd-tab-content img[alt='The three points with the fitted line through them.']"
    )


def test_code_comes_from_the_package_and_links_lead_to_it(chapter):
    assert "def _normal" in chapter.soup.find(id="from-scratch-then-in-the-frameworks").get_text()
    link = chapter.soup.select_one("a.reference[href*='LinearRegression'] code").parent
    path, anchor = chapter.target(link["href"])
    assert anchor in Page(path, chapter.root).anchors
    assert "[source]" in path.read_text()


def test_readers_get_the_notebook_and_no_button_that_needs_a_network(chapter):
    downloads = [a["href"] for a in chapter.soup.select(".dropdown-download-buttons a")]
    assert downloads == ["../../_sources/book/partnership/sample.ipynb"]
    assert chapter.target(downloads[0])[0].exists()
    assert not re.search("thebe|binder|colab|jupyterhub|launch-button", chapter.html, re.I)


def test_works_are_listed_with_links_to_their_doi(sample_site):
    listed = Page(sample_site / "book/back/bibliography.html", sample_site).soup
    links = [a["href"] for a in listed.select(".citation a[href^=http]")]
    assert "https://doi.org/10.1109/TBME.1985.325532" in links


# ---- faults in the files of the site ----


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ('<a href="nowhere.html">x</a>', "dead link to nowhere.html"),
        ('<a href="#nowhere">x</a>', "dead link to #nowhere: no such place"),
        ('<a href="opening.html#nowhere">x</a>', "dead link to opening.html#nowhere"),
        (
            '<script src="https://example.org/x.js"></script>',
            "external resource https://example.org",
        ),
        ('<script src="//example.org/x.js"></script>', "external resource //example.org"),
        ('<link rel="stylesheet" href="https://example.org/x.css">', "external resource https"),
        ("<style>@import url(https://example.org/x.css);</style>", "external resource https"),
        ("<script>load('https://example.org/x.js')</script>", "external resource https"),
        ('<img src="x.png" alt="A picture of what is not there.">', "missing file x.png"),
        ('<img src="map.svg">', "says nothing"),
        ('<img src="map.svg" alt="map.svg">', "says nothing"),
        ('<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>', "neither title nor aria-hidden"),
    ],
)
def test_a_fault_in_a_page(site, html, problem):
    site = site.resolve()
    path = add(site, html)
    found = check_files(Page(path, site), pages(site))
    assert any(problem in p for p in found), found


def test_an_executed_figure_that_lost_its_alternative(site):
    path = plant(site, 'alt="Three points that rise almost on a line, rate against dose."', "")
    assert any("says nothing" in p for p in check_files(Page(path, site), pages(site)))


def test_a_style_that_loads_from_elsewhere(site):
    (site / "_static" / "extra.css").write_text("@font-face{src:url(https://example.org/x.woff)}")
    assert style_problems(site) == ["extra.css asks for https://example.org/x.woff"]


# ---- faults that a browser shows ----


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        (r'<span class="math">\(\frac{1}\)</span>', "formula: Missing argument for \\frac"),
        (r'<span class="math">\(\frac{1}{\)</span>', "formula: raw: "),
        (r'<span class="math">\(\nosuchmacro{x}\)</span>', "formula: unknown: "),
        ('<span class="math">x</span>', "formula: raw: x"),
        ("<script>throw new Error('planted')</script>", "script error: planted"),
        ("<script>console.error('planted')</script>", "error in the console: planted"),
        ("<script>fetch('ht'+'tps://example.org')</script>", "request to the outside: https"),
        ('<script src="planted.js"></script>', "missing file file:///"),
        ('<img src="broken.svg" alt="What is not there.">', "image does not show"),
        ("<style>.toggle-button{top:3em!important}</style>", "no button to open: Solution"),
        ('<div style="width:1500px">planted</div>', "wider than 1280 pixels: div planted"),
        ('<div style="width:500px">planted</div>', "wider than 390 pixels: div planted"),
        ('<p style="color:#999;background:#eee">planted</p>', "light: contrast 2."),
        ('<p style="background:#fff">planted</p>', "dark: contrast 1."),
        (f"<script>/*{'x' * 300_000}*/</script>", "MB without figures"),
        ('<div data-numquestions="1"></div>', "2 quizzes, 1 of them shown"),
    ],
)
def test_a_fault_in_the_browser(site, reader, html, problem):
    found = check_page(reader, add(site, html), site)
    assert any(problem in p for p in found), found


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('onclick="animc', 'data-onclick="animc', None),
        ("_static/design-tabs.js", "_static/doctools.js", "do not follow the choice"),
        ("fb.innerHTML = jaxify(label.dataset.feedback)", "fb.innerHTML = ''", "is silent"),
    ],
)
def test_something_that_does_not_react(site, reader, old, new, problem):
    path = plant(site, old, new, count=-1)
    found = check_page(reader, path, site)
    assert any((problem or "an animation does not move") in p for p in found), found


def test_a_choice_that_is_forgotten(site, reader):
    broken = plant(site, "_static/design-tabs.js", "_static/doctools.js", OPENING)
    found = remembered_tabs(reader, (site / CHAPTER).as_uri(), broken.as_uri())
    assert found == [
        "the next page has ['numpy'], not pytorch",
        "?framework=tensorflow gives ['numpy'], not tensorflow",
    ]


def test_a_choice_goes_with_the_link_where_the_browser_forgets(site, reader):
    with reader.profile() as context, reader.page(context, (site / CHAPTER).as_uri()) as page:
        page.evaluate("siteCheck.choose('pytorch')")
        page.evaluate("localStorage.clear()")
        page.click("article a[href='opening.html']")
        page.wait_for_url("**/opening.html?framework=pytorch")
        assert page.evaluate("siteCheck.chosen()") == ["pytorch"]


def test_a_search_that_finds_nothing(sample_site, reader):
    url = (sample_site / "search.html").as_uri()
    assert search(reader, url, "xylophone") == ["the search for 'xylophone' finds nothing"]

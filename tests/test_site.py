"""Every page of the built site, in a browser without a network: run ``make book`` first."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools.execute import ROOT

from .site_check import Reader, check_page, remembered_tabs, search
from .site_files import check_files, pages, style_problems

SITE = ROOT / "_build" / "html"
PAGES = pages(SITE)
OPENED = [path for path, page in PAGES.items() if not page.is_redirect]
WITH_TABS = [
    str(path.as_uri()) for path in OPENED if 'data-sync-group="framework"' in PAGES[path].html
]
MATHJAX_BYTES = 3_000_000


def name(path):
    return path.relative_to(SITE).as_posix()


def test_the_book_is_built():
    assert OPENED, "no site to check: run make book"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_files_of_a_page(path):
    assert check_files(PAGES[path], PAGES) == []


def test_styles_load_nothing_from_elsewhere():
    assert style_problems(SITE) == []


def test_mathjax_is_pruned_and_only_where_there_are_formulas():
    files = [p for p in (SITE / "_static" / "mathjax").rglob("*") if p.is_file()]
    assert 0 < sum(p.stat().st_size for p in files) <= MATHJAX_BYTES
    for path in OPENED:
        page = PAGES[path]
        has_formulas = bool(page.soup.select("article .math"))
        assert ("mathjax/startup.js" in page.html) == has_formulas, str(page)


@pytest.mark.parametrize("path", OPENED, ids=name)
def test_page_in_the_browser(reader, path):
    assert check_page(reader, path, SITE) == []


def test_a_choice_of_framework_is_remembered(reader):
    assert len(WITH_TABS) >= 2, "two pages with framework tabs are needed"
    assert remembered_tabs(reader, *WITH_TABS[:2]) == []


def test_search_finds_a_word_from_disk(reader):
    assert search(reader, (SITE / "search.html").as_uri(), "regression") == []


@pytest.fixture(scope="module")
def server():
    """The site on a port of this machine."""
    handler = partial(SimpleHTTPRequestHandler, directory=SITE)
    handler.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_search_and_formulas_work_from_a_server(reader, server):
    visitor = Reader(reader.browser, allowed=server)
    assert search(visitor, f"{server}/search.html", "regression") == []
    formulas = next(p for p in OPENED if PAGES[p].soup.select("article .math"))
    with visitor.profile() as context, visitor.page(context, f"{server}/{name(formulas)}") as page:
        assert page.evaluate("siteCheck.formulas()") == []
        assert page.problems == []

"""A built site in a browser that has no network: what a reader would see go wrong.

Every function returns problems, in words; [] if nothing is wrong.  A page is opened from disk as a
reader would, at two widths and in the light and the dark.
"""

import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
WIDE, NARROW = 1280, 390
WEIGHT = 1_500_000  # bytes of a page with its scripts, styles and fonts, without its figures
SCRIPTS = Path(__file__).with_name("site_check.js").read_text("utf8")
AT_REST = "* { transition: none !important; }"  # else a colour is caught half way
FIGURES = (".png", ".svg", ".jpg", ".jpeg", ".gif")


def find_browser():
    """Path of the system's Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def cut_off_browser(allowed="file:"):
    """A Chromium that can reach nothing whose address does not start with ``allowed``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield Reader(browser, allowed)
        browser.close()


class Reader:
    """Opens pages in fresh profiles and notes what goes wrong meanwhile."""

    def __init__(self, browser, allowed="file:"):
        self.browser, self.allowed = browser, allowed

    @contextmanager
    def profile(self, width=WIDE, scheme="light"):
        """A browser without memory: no choice of framework, no theme."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        context.route(lambda url: not self.may_load(url), lambda route: route.abort())
        context.add_init_script(SCRIPTS)
        yield context
        context.close()

    def may_load(self, url):
        return url.startswith((self.allowed, "data:", "blob:", "about:"))

    @contextmanager
    def page(self, context, url):
        """The page, ready: scripts run, formulas set; its ``problems`` and ``requests`` grow."""
        page = context.new_page()
        page.problems, page.requests = [], []
        page.on("request", lambda r: self.note_request(page, r.url))
        page.on("requestfailed", lambda r: page.problems.append(f"missing file {r.url}"))
        page.on("pageerror", lambda e: page.problems.append(f"script error: {e}"))
        page.on("console", lambda m: self.note_message(page, m))
        page.goto(url, wait_until="load")
        page.evaluate("window.MathJax?.startup?.promise.then(() => true)")
        page.add_style_tag(content=AT_REST)
        yield page
        page.close()

    def note_request(self, page, url):
        page.requests.append(url)
        if not self.may_load(url):
            page.problems.append(f"request to the outside: {url}")

    def note_message(self, page, message):
        if message.type == "error" and "ERR_FAILED" not in message.text:
            page.problems.append(f"error in the console: {message.text}")


def check_page(reader, path, root):
    """Open one page wide and narrow, light and dark; return what is wrong.

    Listings of source code are all alike: they are opened narrow only.
    """
    name, found = Path(path).relative_to(root).as_posix(), []
    views = ((WIDE, "light", "dark"), (NARROW, "dark", "light"))
    for width, scheme, other in views[name.startswith("_modules/") :]:
        with (
            reader.profile(width, scheme) as context,
            reader.page(context, Path(path).as_uri()) as page,
        ):
            found += looks(page, width, scheme)
            page.emulate_media(color_scheme=other)
            found += [f"{other}: {p}" for p in page.evaluate("siteCheck.contrast()")]
            if width == WIDE:
                found += too_heavy(page) + animations(page) + quizzes(page) + tabs(page)
            found += page.problems
    return [f"{name}: {what}" for what in dict.fromkeys(found)]


def looks(page, width, scheme):
    """Formulas, images, folded boxes, width and contrast of a page that is open."""
    theme = page.evaluate("document.documentElement.dataset.theme")
    wide = page.evaluate("siteCheck.tooWide()")
    return (
        [f"the theme is {theme} where the device asks for {scheme}"] * (theme != scheme)
        + [f"formula: {what}" for what in page.evaluate("siteCheck.formulas()")]
        + [f"image does not show: {src}" for src in page.evaluate("siteCheck.brokenImages()")]
        + [f"no button to open: {what}" for what in page.evaluate("siteCheck.lostButtons()")]
        + [f"wider than {width} pixels: {what}" for what in wide]
        + [f"{scheme}: {what}" for what in page.evaluate("siteCheck.contrast()")]
    )


def weight(page):
    """Bytes that an open page has loaded from disk, figures left out."""
    files = {unquote(urlsplit(url).path) for url in page.requests if url.startswith("file:")}
    html = Path(unquote(urlsplit(page.url).path))
    inline = re.findall(r"data:image/[^\"']*", html.read_text("utf8"))
    others = [f for f in files if not f.endswith(FIGURES) and os.path.exists(f)]
    return sum(map(os.path.getsize, others)) - sum(map(len, inline))


def too_heavy(page):
    bytes_ = weight(page)
    return [f"weighs {bytes_ / 1e6:.2f} MB without figures"] * (bytes_ > WEIGHT)


def animations(page):
    """Each animation shows another frame when its button is pressed."""
    problems = []
    for player in page.query_selector_all(".animation"):
        player.evaluate("openAround => siteCheck.reveal(openAround)")
        before = player.eval_on_selector("img", "image => image.src")
        player.eval_on_selector("button[title='Next frame']", "button => button.click()")
        if player.eval_on_selector("img", "image => image.src") == before:
            problems.append("an animation does not move")
    return problems


def quizzes(page):
    """Each quick question answers: every choice and a number get a word of feedback."""
    problems = []
    for question in page.query_selector_all(".Quiz[data-qnum]"):
        answers = question.query_selector_all(".MCButton")
        for answer in answers:
            answer.evaluate("button => button.click()")
            if not question.eval_on_selector(".Feedback", "e => e.textContent"):
                problems.append(f"a quick question is silent: {question.inner_text()[:50]!r}")
        for field in question.query_selector_all("input.Input-text"):
            field.evaluate("siteCheck.answer")
            if not question.eval_on_selector(".Feedback", "e => e.textContent"):
                problems.append(f"a quick question is silent: {question.inner_text()[:50]!r}")
    asked = page.locator("[data-numquestions]").count()
    shown = page.evaluate("siteCheck.quizzesShown()")
    return problems + [f"{asked} quizzes, {shown} of them shown"] * (asked != shown)


def tabs(page):
    """A choice in one tab set holds in all of the page."""
    problems = []
    for name in page.evaluate("siteCheck.frameworks()"):
        page.evaluate("name => siteCheck.choose(name)", name)
        others = page.evaluate("name => siteCheck.notFollowing(name)", name)
        problems += [f"{others} tab sets do not follow the choice of {name}"] * bool(others)
    return problems


def remembered_tabs(reader, first, second):
    """A choice by keyboard in one page holds in the next, and ``?framework=`` makes one."""
    problems = []
    with reader.profile() as context:
        with reader.page(context, first) as page:
            page.locator("input:has(+ .sd-tab-label[data-sync-id=numpy])").first.focus()
            page.keyboard.press("ArrowRight")
            problems += wrong_choice(page, "pytorch", "the arrow key chose")
        with reader.page(context, second) as page:
            problems += wrong_choice(page, "pytorch", "the next page has")
        with reader.page(context, f"{second}?framework=tensorflow") as page:
            problems += wrong_choice(page, "tensorflow", "?framework=tensorflow gives")
    return problems


def wrong_choice(page, name, words):
    chosen = page.evaluate("siteCheck.chosen()")
    return [f"{words} {chosen}, not {name}"] * (chosen != [name])


def search(reader, url, word):
    """The search page finds ``word``."""
    with reader.profile() as context, reader.page(context, f"{url}?q={word}") as page:
        page.wait_for_function("siteCheck.searched()")
        found = page.locator("#search-results li a").count()
        return page.problems + [f"the search for {word!r} finds nothing"] * (found == 0)

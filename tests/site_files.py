"""The files of a built site: its pages, their links, images and scripts; no browser is needed.

Every function returns what is wrong, in words; [] if nothing is.
"""

import re
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from .book_check import is_telling

LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}
NAMES = r"https?://(www\.w3\.org|purl\.org|schema\.org)/"  # of vocabularies: nothing is loaded


class Page:
    """One page of the site in ``root``."""

    def __init__(self, path, root):
        self.path, self.root = Path(path), Path(root)

    def __str__(self):
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def html(self):
        return self.path.read_text("utf8")

    @cached_property
    def soup(self):
        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def anchors(self):
        return {tag["id"] for tag in self.soup.find_all(id=True)} | {
            tag["name"] for tag in self.soup.find_all("a", attrs={"name": True})
        }

    @property
    def is_redirect(self):
        return bool(re.search(r"http-equiv=.refresh", self.html[:2000], re.I))

    def target(self, link):
        """(file, anchor) that a link of this page leads to."""
        parts = urlsplit(link)
        path = unquote(parts.path)
        return (self.path.parent / path).resolve() if path else self.path, unquote(parts.fragment)


def pages(root):
    """Every page that a reader can open, by its resolved path; the theme's templates are none."""
    found = sorted(Path(root).resolve().glob("**/*.html"))
    root = Path(root).resolve()
    return {p: Page(p, root) for p in found if "_static" not in p.relative_to(root).parts}


def dead_links(page, site):
    """Links to a file or an anchor that is not there; ``site`` is what `pages` returned."""
    problems = []
    for link in {tag["href"] for tag in page.soup.find_all("a", href=True)}:
        if urlsplit(link).scheme:
            continue
        path, anchor = page.target(link)
        if not path.exists():
            problems.append(f"dead link to {link}")
        elif anchor and path in site and anchor not in site[path].anchors:
            problems.append(f"dead link to {link}: no such place in the page")
    return sorted(problems)


def missing_files(page):
    """Scripts, styles and images that the page asks for and the site does not have."""
    asked = [tag[attribute] for tag, attribute in loaded(page)]
    return [f"missing file {url}" for url in asked if is_local(url) and not there(page, url)]


def loaded(page):
    for name, attribute in LOADS.items():
        for tag in page.soup.find_all(name, attrs={attribute: True}):
            yield tag, attribute


def is_local(url):
    return not urlsplit(url).scheme and not url.startswith("//")


def there(page, url):
    return page.target(url)[0].exists()


def external_resources(page):
    """What the page would load from elsewhere, addresses inside its scripts and styles included."""
    asked = [tag[attribute] for tag, attribute in loaded(page)]
    inline = [tag.get_text() for tag in page.soup.find_all(["script", "style"])]
    asked += [url for text in inline for url in re.findall(r"https?://[^\s\"'`)<>\\]+", text)]
    outside = [u for u in asked if re.match(r"(https?:)?//", u) and not re.match(NAMES, u)]
    return sorted({f"external resource {url}" for url in outside})


def images_without_alt(page):
    """Images whose alternative is missing; in the article it must say something, too."""
    article = page.soup.find("article")
    problems = []
    for image in page.soup.find_all("img"):
        alt, source = image.get("alt"), image.get("src", "")[:60]
        inside = article is not None and article in image.parents
        if alt is None or (inside and not is_telling(alt)):
            problems.append(f"image {source} says nothing to those who listen: alt={alt!r}")
    for drawing in article.find_all("svg") if article else []:
        named = drawing.find("title") or drawing.get("aria-label") or drawing.get("aria-labelledby")
        if not named and not drawing.find_parent(attrs={"aria-hidden": "true"}):
            if drawing.get("aria-hidden") != "true":
                problems.append(f"drawing {str(drawing)[:60]} has neither title nor aria-hidden")
    return problems


def style_problems(root):
    """Style sheets that load something from elsewhere or that is not there."""
    problems = []
    for path in sorted(Path(root).glob("_static/**/*.css")):
        urls = re.findall(
            r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)", path.read_text("utf8")
        )
        for url in (a or b for a, b in urls):
            local = path.parent / unquote(urlsplit(url).path)
            if not url.startswith(("data:", "#")) and not (is_local(url) and local.exists()):
                problems.append(f"{path.name} asks for {url}")
    return problems


def check_files(page, site):
    """Everything that is wrong with a page, as far as its files show it."""
    found = [dead_links(page, site), missing_files(page), external_resources(page)]
    return [f"{page}: {what}" for what in sum(found, images_without_alt(page))]

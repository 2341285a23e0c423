"""MyST text as plain Markdown: roles, targets, references and citations become words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from .book_labels import Book
from .plain_directives import Page, render, split

INLINE = re.compile(
    r"(?P<fence>^[ ]*(?P<f>```+|~~~+).*?^[ ]*(?P=f)[ ]*$)"
    r"|(?P<math>(?<!\\)\$\$.+?\$\$)(?P<label>[ \t]*\([\w:.-]+\))?"
    r"|(?P<formula>(?<!\\)\$[^$\n]+\$|\\begin\{(?P<e>[a-z*]+)\}.+?\\end\{(?P=e)\})"
    r"|\{(?P<role>[a-zA-Z][\w:+.-]*)\}(?P<t>`+)(?P<content>(?:(?!\n\n).)+?)(?<!`)(?P=t)(?!`)"
    r"|(?P<code>(?P<c>`+)(?:(?!\n\n).)+?(?<!`)(?P=c)(?!`))",
    re.DOTALL | re.MULTILINE,
)
TARGET = re.compile(r"^\([^()\s]+\)=[ \t]*\n?", re.MULTILINE)
COMMENT = re.compile(r"^(?:%.*|\+\+\+.*)(?:\n|\Z)", re.MULTILINE)
DEFINITION = re.compile(r"^(?![\s>|#*-])([^\n|]+)\n:[ \t]+(?=\S)", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(([^()\s]+)\)")
ATTRIBUTES = re.compile(r"(?<=[)\]])\{[^{}`\n]*\}")
EXPLICIT = re.compile(r"^(.+?)\s*<([^<>]+)>$", re.DOTALL)
CODE_ROLES = "py:class py:func py:meth py:mod py:attr py:data py:obj class func meth mod kbd code"
SIGNS = "octicon fas far fab material-regular"


class Converter:
    """Converts the cells of one notebook, and remembers the works they cite.

    Parameters
    ----------
    book : Book
        What labels, chapters and citations of the whole book say.
    path : Path
        The notebook or page.
    framework : str
        Whose tabs are kept.
    """

    def __init__(self, book: Book, path: Path, framework: str):
        self.book = book
        self.cited: list[str] = []
        self.page = Page(path, book.root, framework, book.labels, self.inline, self.convert)

    def convert(self, source: str) -> str:
        """One cell's Markdown without anything that only Sphinx understands."""
        parts = [
            self.inline(part) if isinstance(part, str) else render(part, self.page)
            for part in split(source)
        ]
        return "\n\n".join(part.strip("\n") for part in parts if part.strip())

    def inline(self, text: str) -> str:
        """A run of text without directives."""
        kept: list[str] = []

        def keep(piece):
            kept.append(piece)
            return f"\0{len(kept) - 1}\0"

        def one(match):
            if match["role"]:
                return keep(self._role(match["role"], " ".join(match["content"].split())))
            if match["label"]:
                return keep(self._numbered_formula(match["math"], match["label"].strip(" \t()")))
            return keep(match[0])

        text = INLINE.sub(one, text)
        text = COMMENT.sub("", TARGET.sub("", text))
        text = DEFINITION.sub(r"**\1:** ", text)
        text = ATTRIBUTES.sub("", LINK.sub(self._link, text))
        while "\0" in text:  # what was kept may stand in the text of a link
            text = re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], text)
        return text

    def _role(self, role: str, content: str) -> str:
        explicit = None if role in ("math", "abbr") else EXPLICIT.match(content)
        text, target = (explicit[1], explicit[2]) if explicit else ("", content)
        if role in ROLES:
            return ROLES[role](self, text, target)
        if role.startswith(("cite", "footcite")):
            return self._cite(role, content)
        if role in CODE_ROLES.split():
            return f"`{text or target.lstrip('~!')}`"
        return "" if role in SIGNS.split() else text or content

    def _cite(self, role, content):
        keys = [key.strip() for key in content.split(",")]
        self.cited += [key for key in keys if key not in self.cited]
        if role.split(":")[-1] in ("t", "ct", "alp", "cite:t"):
            return ", ".join("{} ({})".format(*self.book.author_year(key)) for key in keys)
        return f"({'; '.join(', '.join(self.book.author_year(key)) for key in keys)})"

    def _link(self, match):
        text, target = match[1], match[2]
        if target.startswith("#"):
            return text or self.book.labels.get(target[1:], target[1:])
        page = re.fullmatch(r"(.+)\.(?:md|ipynb)(?:#.*)?", target)
        if page and "://" not in target:
            return text or self.book.title(self.page.file(page[1]))
        return match[0]

    def _numbered_formula(self, formula, label):
        number = self.book.labels.get(label, "").strip("()")
        return f"{formula.removesuffix('$$').rstrip()}\n\\tag{{{number}}}\n$$"


def _label(converter, text, target):
    return text or converter.book.labels.get(target, target)


def _numbered(converter, text, target):
    said = converter.book.labels.get(target, target)
    return text.replace("%s", said).replace("{number}", said) if text else said


def _document(converter, text, target):
    return text or f"*{converter.book.title(converter.page.file(target))}*"


def _chapter(converter, text, target):
    return text or f"*{converter.book.title(converter.book.root / 'book' / target)}*"


def _exercise_notebook(converter, text, target):
    return text or f"`{target}.ipynb`"


def _in_html(tag: str) -> Callable[[Converter, str, str], str]:
    return lambda converter, text, target: f"<{tag}>{text or target}</{tag}>"


ROLES: dict[str, Callable[[Converter, str, str], str]] = {
    "abbr": lambda converter, text, target: text or target,
    "chapter": _chapter,
    "doc": _document,
    "eq": _label,
    "exercise-notebook": _exercise_notebook,
    "math": lambda converter, text, target: f"${target}$",
    "numref": _numbered,
    "prf:ref": _label,
    "ref": _label,
    "sub": _in_html("sub"),
    "sup": _in_html("sup"),
    "term": lambda converter, text, target: text or target,
}

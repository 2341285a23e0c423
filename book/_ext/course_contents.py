"""What the course has and will have: links to pages that stand, plain marks for those to come.

``{chapter}`folder/name` `` in a sentence and ``{part-chapters} folder`` in a card read the table
``book/contents.toml``.  So a page may speak of the whole course, no link is ever dead, and a new
chapter is linked everywhere as soon as ``_toc.yml`` lists it.
"""

import tomllib
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective, SphinxRole

FILE = Path(__file__).parents[1] / "contents.toml"
TABLE = tomllib.loads(FILE.read_text("utf-8"))
PARTS = {part["folder"]: part for part in TABLE["parts"]}
TITLES = {
    f"{folder}/{name}": title for folder, part in PARTS.items() for name, title in part["chapters"]
}


def title_of(key):
    """The title of the chapter ``folder/name``, or an error that lists what is known."""
    if key not in TITLES:
        raise ExtensionError(f"no chapter {key!r} in book/contents.toml; known: {sorted(TITLES)}")
    return TITLES[key]


def stands(env, key):
    """True if the chapter has a page; the asking page is then read again whenever that changes."""
    users_of(env).add(env.docname)
    env.note_dependency(str(FILE))
    return f"book/{key}" in env.found_docs


def users_of(env):
    if not hasattr(env, "course_contents_users"):
        env.course_contents_users = set()
    return env.course_contents_users


def chapter(env, key):
    """A link to the chapter, or its title and the words "in preparation"."""
    title = title_of(key)
    if not stands(env, key):
        mark = nodes.inline("", "in preparation", classes=["preparation-mark"])
        return nodes.inline("", "", nodes.Text(f"{title} "), mark, classes=["in-preparation"])
    return addnodes.pending_xref(
        "",
        nodes.inline("", title, classes=["doc"]),
        refdomain="std",
        reftype="doc",
        refdoc=env.docname,
        reftarget=f"/book/{key}",
        refexplicit=True,
        refwarn=True,
    )


class ChapterRole(SphinxRole):
    """``{chapter}`partnership/heart_rate` ``."""

    def run(self):
        return [chapter(self.env, self.text)], []


class PartChapters(SphinxDirective):
    """``{part-chapters} partnership``: the chapters that stand, then the others, in short."""

    required_arguments = 1

    def run(self):
        folder = self.arguments[0]
        if folder not in PARTS:
            raise self.error(f"no part {folder!r} in book/contents.toml; known: {list(PARTS)}")
        keys = [f"{folder}/{name}" for name, _ in PARTS[folder]["chapters"]]
        there = [key for key in keys if stands(self.env, key)]
        to_come = [TITLES[key].partition(":")[0] for key in keys if key not in there]
        out = []
        if there:
            items = [
                nodes.list_item("", nodes.paragraph("", "", chapter(self.env, key)))
                for key in there
            ]
            out.append(nodes.bullet_list("", *items, classes=["part-chapters"]))
        if to_come:
            mark = nodes.inline("", "In preparation", classes=["preparation-mark"])
            text = nodes.Text(" " + " · ".join(to_come))
            out.append(nodes.paragraph("", "", mark, text, classes=["in-preparation"]))
        return out


def outdated(app, env, added, changed, removed):
    """The pages that speak of chapters, if a page has come or gone."""
    return users_of(env) & env.found_docs if added or removed else []


def purge(app, env, docname):
    users_of(env).discard(docname)


def merge(app, env, docnames, other):
    users_of(env).update(users_of(other) & set(docnames))


def setup(app):
    app.add_role("chapter", ChapterRole())
    app.add_directive("part-chapters", PartChapters)
    app.connect("env-get-outdated", outdated)
    app.connect("env-purge-doc", purge)
    app.connect("env-merge-info", merge)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

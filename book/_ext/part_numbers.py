"""Chapters are numbered within their part: "1.2" is the second chapter of "1 The partnership".

A part of _toc.yml with ``numbered: 1`` and a caption that starts with a number numbers its pages;
so equations, figures, algorithms and exercises are 1.2.1, 1.2.2, ... (numfig_secnum_depth 2).
The sections of a chapter carry no number: they have the same titles in every chapter.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx_external_toc.collectors import TocTreeCollectorWithStyles


def assign_section_numbers(self, env):
    """Number the pages of numbered parts; return the pages whose number changed."""
    before, env.toc_secnumbers = env.toc_secnumbers, {}
    for part, pages in numbered_parts(env):
        for chapter, page in enumerate(pages, start=1):
            number_page(env, page, (part, chapter))
    return [page for page, numbers in env.toc_secnumbers.items() if numbers != before.get(page)]


def number_page(env, page, number):
    headings = list(env.tocs[page].findall(nodes.reference))
    for heading in headings:
        heading["secnumber"] = None
    headings[0]["secnumber"] = env.titles[page]["secnumber"] = number
    # an empty number, not a missing one: for a missing one Sphinx shows the page's number
    env.toc_secnumbers[page] = {h["anchorname"]: h["secnumber"] or () for h in headings}


def numbered_parts(env):
    """(number of the part, its pages), in the order of _toc.yml."""
    for docname in sorted(env.numbered_toctrees):
        for toctree in env.get_doctree(docname).findall(addnodes.toctree):
            if not toctree.get("numbered"):
                continue
            number = re.match(r"\d+", toctree.get("caption") or "")
            if number is None:
                raise ExtensionError(
                    "a numbered part in _toc.yml needs a caption that starts with its number, "
                    f"got {toctree.get('caption')!r}"
                )
            yield int(number[0]), [page for _, page in toctree["entries"]]


def setup(app):
    TocTreeCollectorWithStyles.assign_section_numbers = assign_section_numbers
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""``{course-map}``: whose work AI touches, the question they ask, the chapter that answers it.

The map is ordinary text and links, so it is read aloud, tabbed through and printed; the curves
are small inline drawings behind it (``assets/custom.css`` lays them out and hides them on a narrow
screen, where each question carries the names instead).
"""

from course_contents import TABLE, chapter, stands
from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

# letter: name, and the label of the section on the page that holds the map
PARTNERS = {
    "d": ("Diagnosis and treatment", "partner-diagnosis"),
    "r": ("Drug research", "partner-drugs"),
    "v": ("Devices", "partner-devices"),
    "s": ("Services", "partner-services"),
}
HEIGHT = 1000


class CourseMap(SphinxDirective):
    """Partners on the left, questions on the right, a curve for each pair."""

    def run(self):
        partners = [self.partner(letter) for letter in PARTNERS]
        rows = TABLE["map"]
        questions = [self.question(row, i, len(rows)) for i, row in enumerate(rows)]
        left = nodes.container("", *partners, classes=["map-partners"])
        right = nodes.container("", *questions, classes=["map-questions"])
        return [nodes.container("", left, right, classes=["course-map"])]

    def partner(self, letter):
        name, label = PARTNERS[letter]
        link = addnodes.pending_xref(
            "",
            nodes.inline("", name),
            refdomain="std",
            reftype="ref",
            refdoc=self.env.docname,
            reftarget=label,
            refexplicit=True,
            refwarn=True,
        )
        return nodes.paragraph("", "", link, classes=["map-partner", f"serves-{letter}"])

    def question(self, row, index, count):
        unknown = set(row["serves"]) - set(PARTNERS)
        if unknown:
            raise ExtensionError(f"book/contents.toml: serves = {row['serves']!r} has {unknown}")
        state = "map-link" if stands(self.env, row["chapter"]) else "map-to-come"
        names = [
            nodes.inline("", PARTNERS[s][0], classes=["map-chip", f"serves-{s}"])
            for s in row["serves"]
        ]
        children = [
            nodes.raw("", curves(row["serves"], index, count), format="html"),
            nodes.paragraph("", row["question"], classes=["map-ask"]),
            nodes.paragraph("", "", chapter(self.env, row["chapter"]), classes=["map-answer"]),
            nodes.paragraph("", "", *spaced(names), classes=["map-chips"]),
        ]
        classes = ["map-question", state, *(f"serves-{s}" for s in row["serves"])]
        return nodes.container("", *children, classes=classes)


def spaced(names):
    return [part for name in names for part in (name, nodes.Text(" "))]


def curves(serves, index, count):
    """The curves of one question; the drawing is as high as all questions together."""
    to = HEIGHT * (index + 0.5) / count
    paths = ""
    for letter in serves:
        start = HEIGHT * (list(PARTNERS).index(letter) + 0.5) / len(PARTNERS)
        d = f"M0,{start:.0f}C50,{start:.0f} 50,{to:.0f} 100,{to:.0f}"
        paths += f'<path class="serves-{letter}" d="{d}" vector-effect="non-scaling-stroke"/>'
    place = f"top:{-100 * index}%;height:{100 * count}%"
    return (
        f'<svg class="map-curves" style="{place}" viewBox="0 0 100 {HEIGHT}" '
        f'preserveAspectRatio="none" aria-hidden="true">{paths}</svg>'
    )


def setup(app):
    app.setup_extension("course_contents")
    app.add_directive("course-map", CourseMap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

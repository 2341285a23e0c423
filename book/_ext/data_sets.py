"""``{data-sets}``: every data set of the course, with its data statement, from the registry.

For each kind a table, then a section for each data set.  Its anchor is ``data-<name>``, so that
a chapter can write ``{ref}`data-mitdb` ``.  ``{data-sets} public`` shows one kind alone.
"""

import re
from urllib.parse import quote, urlsplit

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from medai_course.data import registry
from medai_course.data.download import format_size

KINDS = {
    "installed": ("Installed", "Real data that come with the course's dependencies."),
    "simulated": ("Simulated", "Made by seeded simulators. No person was measured."),
    "public": (
        "Public",
        "Real data, and a few synthetic tables, that are downloaded when they are asked for.",
    ),
}
STATEMENT = ("source", "licence", "consent", "population", "known_bias", "citation")
FEW = 5  # files of a data set that has no more are named one by one


class DataSets(SphinxDirective):
    """Tables and data statements of all kinds, or of the kind given."""

    optional_arguments = 1

    def run(self):
        kinds = self.arguments or list(KINDS)
        if kinds[0] not in KINDS:
            raise self.error(f"no kind of data {kinds[0]!r}; there are: {', '.join(KINDS)}")
        source = registry.package_files("medai_course.data").joinpath("registry.toml")
        self.env.note_dependency(str(source))
        return [self.kind(kind) for kind in kinds]

    def kind(self, kind):
        title, text = KINDS[kind]
        entries = [registry.entry(name) for name in registry.names(kind)]
        section = self.section(f"data-kind-{kind}", title)
        section += [nodes.paragraph("", text), table(entries)]
        for entry in entries:
            part = self.section(f"data-{entry.statement.name}", entry.statement.title)
            part += [*statement(entry), *how_to_get(entry)]
            section += part
        return section

    def section(self, name, title):
        section = nodes.section("", nodes.title(title, title), ids=[name], names=[name])
        self.state.document.note_explicit_target(section, section)
        return section


def table(entries):
    """Name and title, size, licence."""
    group = nodes.tgroup("", cols=3)
    group += [nodes.colspec(colwidth=width) for width in (60, 15, 25)]
    head = nodes.row("", *[cell(nodes.Text(t)) for t in ("Data set", "Size", "Licence")])
    rows = [nodes.row("", *row(entry)) for entry in entries]
    group += [nodes.thead("", head), nodes.tbody("", *rows)]
    return nodes.table("", group, classes=["data-sets"])


def row(entry):
    name = entry.statement.name
    link = nodes.reference("", "", nodes.literal("", name), internal=True, refid=f"data-{name}")
    licence = re.split(r"[;:(,]", entry.statement.licence)[0].strip()
    return [
        cell(link, nodes.Text(f" {entry.statement.title}")),
        cell(nodes.Text(size(entry))),
        cell(nodes.Text(licence)),
    ]


def cell(*parts):
    return nodes.entry("", nodes.paragraph("", "", *parts))


def size(entry):
    total = sum(file.bytes for file in entry.files)
    return format_size(total).replace(" ", "\N{NO-BREAK SPACE}") if entry.files else "–"


def statement(entry):
    """The data statement, a paragraph for each of its questions."""
    for key in STATEMENT:
        answer = with_links(getattr(entry.statement, key))
        yield answered(key.replace("_", " ").capitalize(), *answer)


def answered(question, *answer):
    """A paragraph that begins with its label: on a phone, two columns would be too narrow."""
    return nodes.paragraph("", "", nodes.strong("", f"{question}:"), nodes.Text(" "), *answer)


def with_links(text):
    """``text`` with every DOI a link."""
    for i, part in enumerate(re.split(r"doi:(10\.[^\s;]*[^\s;.,])", text)):
        if i % 2:
            url = f"https://doi.org/{quote(part, safe='/()')}"
            yield nodes.reference("", f"doi:{part}", refuri=url)
        elif part:
            yield nodes.Text(part)


def how_to_get(entry):
    """Loader, files and the command that fetches them."""
    if entry.loader:
        yield answered("Loader", nodes.literal("", f"{entry.loader}()"))
    if entry.files:
        command = nodes.literal("", f"medai data fetch {entry.statement.name}")
        yield answered("To fetch", command)
        yield from files(entry)
    if entry.by_hand:
        yield answered("By hand", nodes.Text(entry.by_hand))


def files(entry):
    if len(entry.files) <= FEW:
        items = [nodes.list_item("", nodes.paragraph("", "", *file(f))) for f in entry.files]
        return [answered("Files"), nodes.bullet_list("", *items)]
    host = urlsplit(entry.files[0].urls[0]).hostname
    text = f"{len(entry.files)} from {host}"
    if len(entry.default_files) < len(entry.files):
        text += f". Unless others are named, {len(entry.default_files)} of them are fetched: "
        text += ", ".join(entry.default_files)
    return [answered("Files", nodes.Text(f"{text}."))]


def file(described):
    name = nodes.literal("", described.name)
    if described.urls:
        name = nodes.reference("", "", name, refuri=described.urls[0])
    notes = [copy.note for copy in described.fingerprints if copy.note]
    also = f"; accepted too: {'; '.join(notes)}" if notes else ""
    return [name, nodes.Text(f", {format_size(described.bytes)}{also}")]


def setup(app):
    app.add_directive("data-sets", DataSets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

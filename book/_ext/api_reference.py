"""``.. api-package:: NAME``: the reference of every module of a package, none to be listed by hand.

With the option ``:twin-of: PACKAGE`` the classes are those of that package with their verbs
rewritten: each is named, with a link to the full entry and to its source, and nothing is imported.
A long reference is shared by pages with ``:only: NAMES`` and, on the first, ``:except: NAMES``.
"""

import ast
import pkgutil
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_id

COLON = "\ue000"


class ApiPackage(SphinxDirective):
    """A section for the package, in it one for each public module; nothing if it has none."""

    required_arguments = 1
    option_spec = {  # noqa: RUF012
        "twin-of": directives.unchanged_required,
        "only": directives.unchanged_required,
        "except": directives.unchanged_required,
    }

    def run(self):
        package = self.arguments[0]
        modules = self.chosen(public_modules(package), package)
        if not modules:
            return []
        first = "only" not in self.options
        text = f".. automodule:: {package}\n   :no-members:" if first else ""
        section = self.section(package, text)
        for module in modules:
            twin = self.options.get("twin-of")
            text = twins(module, package, twin) if twin else members(module)
            section += self.section(module.removeprefix(f"{package}."), text)
        return [section]

    def chosen(self, modules, package):
        """Those that ``:only:`` names, or those that ``:except:`` does not."""
        for option, wanted in (("only", True), ("except", False)):
            names = [f"{package}.{name}" for name in self.options.get(option, "").split()]
            if unknown := sorted(set(names) - set(modules)):
                raise self.error(f":{option}: names what is not there: {', '.join(unknown)}")
            if names:
                modules = [m for m in modules if (m in names) == wanted]
        return modules

    def section(self, title, text):
        name = f"api {title}"
        section = nodes.section(ids=[make_id(self.env, self.state.document, "", name)])
        section += nodes.title(title, title)
        lines = StringList(text.splitlines(), source=self.env.docname)
        self.state.nested_parse(lines, self.content_offset, section)
        return section


def public_modules(package):
    """Full names of the package's modules that hold a class or function of their own."""
    found = pkgutil.iter_modules(import_module(package).__path__)
    names = sorted(f"{package}.{m.name}" for m in found if not m.name.startswith("_"))
    return [name for name in names if definitions(name)]


def definitions(module):
    """(kind, name) of the public classes and functions that a module's file defines."""
    kinds = {ast.ClassDef: "class", ast.FunctionDef: "function"}
    body = ast.parse(source_of(module)).body
    found = [(kinds[type(n)], n.name) for n in body if type(n) in kinds]
    return [(kind, name) for kind, name in found if not name.startswith("_")]


def source_of(module):
    return Path(find_spec(module).origin).read_text("utf8")


def members(module):
    return f".. automodule:: {module}\n   :members:\n   :show-inheritance:"


def twins(module, package, twin):
    original = module.replace(package, twin, 1)
    known = set(definitions(original))
    lines = [f".. py:module:: {module}", ""]
    for kind, name in definitions(module):
        role = "class" if kind == "class" else "func"
        link = (
            f"As :py:{role}:`{original}.{name}`."
            if (kind, name) in known
            else "For this framework."
        )
        lines += [f".. py:{kind}:: {name}", "", f"   {link}", ""]
    return "\n".join(lines)


def source_for_viewcode(app, module):
    """The source and where its names are, read from the file: viewcode would import TensorFlow."""
    if not module.startswith("medai_course"):
        return None
    source = source_of(module)
    return source, ModuleAnalyzer.for_string(source, module).find_tags()


def skip_routing(app, what, name, obj, skip, options):
    """Leave out the metadata requests that scikit-learn adds to every estimator."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def hide_colon(app, what, name, obj, options, lines):
    """Before napoleon, which takes what is before a colon in a property's first line for a type."""
    if what in ("attribute", "data", "property") and lines:
        lines[0] = lines[0].replace(": ", COLON)


def show_colon(app, what, name, obj, options, lines):
    lines[:] = [line.replace(COLON, ": ") for line in lines]


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.viewcode")
    app.connect("autodoc-process-docstring", hide_colon, priority=400)
    app.connect("autodoc-process-docstring", show_colon, priority=600)
    app.connect("autodoc-skip-member", skip_routing)
    app.connect("viewcode-find-source", source_for_viewcode)
    app.add_directive("api-package", ApiPackage)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

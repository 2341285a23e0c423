"""Every script of the site is served by the site: MathJax from an installed package, no live code.

MathJax is copied when the build is finished, and only pages with formulas load it.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

# what startup.js loads for the configuration in _config.yml, and what a formula can call for
MATHJAX = (
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions/*.js",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "output/chtml/fonts/woff-v2/*.woff",
    "a11y/assistive-mml.js",
)
PACKAGE = "sphinx-mathjax-offline"


def drop_live_code(app):
    """Disconnect sphinx-thebe, which Jupyter Book always loads: its scripts name unpkg.com."""
    for listeners in app.events.listeners.values():
        listeners[:] = [x for x in listeners if not x.handler.__module__.startswith("sphinx_thebe")]
    styles = app.registry.css_files
    styles[:] = [style for style in styles if "thebe" not in style[0]]


def spare_mathjax(app, pagename, templatename, context, doctree):
    """Take MathJax out of a page without formulas; Sphinx looks at the pages below it, too."""
    if doctree is None or not any(doctree.findall(is_formula)):
        context["script_files"] = [s for s in context["script_files"] if not is_mathjax(s)]


def is_formula(node):
    return isinstance(node, nodes.math | nodes.math_block)


def is_mathjax(script):
    return "MathJax" in script.attributes.get("body", "") or "mathjax/" in str(script.filename)


def copy_mathjax(app, exception):
    """Copy the parts of MathJax that pages use into the site's ``_static/mathjax``."""
    if exception or app.builder.format != "html":
        return
    spec = find_spec(PACKAGE)
    if spec is None:
        raise ExtensionError(f"formulas need the package {PACKAGE}; run: pip install {PACKAGE}")
    source = Path(spec.origin).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    for pattern in MATHJAX:
        found = sorted(source.glob(pattern))
        if not found:
            raise ExtensionError(f"{PACKAGE} has no {pattern}: the layout of MathJax has changed")
        for path in found:
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def setup(app):
    app.setup_extension("sphinx_thebe")
    drop_live_code(app)
    app.connect("html-page-context", spare_mathjax, priority=900)
    app.connect("build-finished", copy_mathjax)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

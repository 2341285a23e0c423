"""Consecutive notebook cells tagged ``tab:NAME`` become one synchronised tab set, outputs included.

A name that comes back after another one starts a new set; the same name twice in a row is stacked
in one tab.  Prose can join in with ``{tab-set}`` and ``:sync-group: framework``.  sphinx-design's
script keeps all sets of the group on the same choice, remembers it, and reads ``?framework=NAME``.
"""

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx_design.shared import create_component

GROUP = "framework"
NAMES = {"numpy": "NumPy", "pytorch": "PyTorch", "tensorflow": "TensorFlow"}


class FrameworkTabs(SphinxTransform):
    """Replace each run of tagged code cells by a sphinx-design tab set."""

    default_priority = 700

    def apply(self):
        with_tabs = [n for n in self.document.findall() if any(map(self.tab_of, n.children))]
        for parent in with_tabs:
            children = []
            for run in self.runs(parent.children):
                children += [tab_set(run)] if isinstance(run, dict) else [run]
            parent.children = []
            parent += children

    def tab_of(self, node):
        """The framework that a code cell is tagged with, or None."""
        if not (isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"):
            return None
        tags = [str(t) for t in (node.get("cell_metadata") or {}).get("tags", [])]
        for tag in (t for t in tags if t.startswith("tab:")):
            name = tag.removeprefix("tab:")
            if name not in NAMES:
                raise ExtensionError(
                    f"{self.env.docname}, line {node.line}: unknown framework in the cell tag "
                    f"{tag!r}; write one of {', '.join(f'tab:{known}' for known in NAMES)}"
                )
            return name
        return None

    def runs(self, children):
        """The children in order; those of a tab set together, as {framework: [cells]}."""
        out, last = [], None
        for child in children:
            name = self.tab_of(child)
            if name is None:
                out.append(child)
            elif last is None or (name in out[-1] and name != last):
                out.append({name: [child]})
            else:
                out[-1].setdefault(name, []).append(child)
            last = name
        return out


def tab_set(cells_of):
    items = []
    for name in sorted(cells_of, key=list(NAMES).index):
        label = nodes.rubric(NAMES[name], NAMES[name], classes=["sd-tab-label"])
        label["sync_group"], label["sync_id"] = GROUP, name
        content = create_component(
            "tab-content", children=cells_of[name], classes=["sd-tab-content"]
        )
        items.append(
            create_component(
                "tab-item", children=[label, content], classes=["sd-tab-item"], selected=False
            )
        )
    return create_component("tab-set", children=items, classes=["sd-tab-set", "framework-tabs"])


def setup(app):
    app.setup_extension("sphinx_design")
    app.add_transform(FrameworkTabs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

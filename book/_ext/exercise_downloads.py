"""The student's notebook of an exercise as a download.

``{exercise-notebook}`heart_rate` `` becomes a link named "heart_rate.ipynb", and
``{exercise-notebook}`the notebook <heart_rate>` `` a link named "the notebook".  The notebook is
built from its master by ``tools/build_exercises.py`` when the page is read, unless it is there and
up to date, and Sphinx copies it into the site as it does for ``{download}``.
"""

import os
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import ReferenceRole

ROOT = Path(__file__).resolve().parents[2]


class ExerciseNotebook(ReferenceRole):
    """A link to the notebook of the exercise that is named."""

    def run(self):
        problem = self.build()
        if problem:
            message = self.inliner.reporter.error(problem, line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        notebook = ROOT / "dist" / "exercises" / self.target / f"{self.target}.ipynb"
        link = addnodes.download_reference(
            self.rawtext,
            "",
            nodes.inline("", self.title if self.has_explicit_title else notebook.name),
            refdoc=self.env.docname,
            refdomain="",
            reftype="download",
            refexplicit=self.has_explicit_title,
            refwarn=True,
            reftarget="/" + os.path.relpath(notebook, self.env.srcdir),  # / is its root
        )
        self.set_source_info(link)
        return [link], []

    def build(self):
        """Bring the notebook up to date; what went wrong, or an empty string."""
        found = sorted((ROOT / "book").glob("*/exercises/*.md"))
        masters = {path.stem: path for path in found}
        if self.target not in masters:
            return f"no exercise {self.target!r}; there are: {', '.join(masters)}"
        self.env.note_dependency(str(masters[self.target]))
        tool = [sys.executable, str(ROOT / "tools" / "build_exercises.py"), self.target]
        done = subprocess.run(tool, capture_output=True, text=True)
        return done.stderr.strip() if done.returncode else ""


def setup(app):
    app.add_role("exercise-notebook", ExerciseNotebook())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""Notebooks under nbval: figures are compared, cells never run fail, cells without data skip.

nbval compares text and tables; it ignores figures and passes a notebook that was never run.  Here
every figure, and every frame of an animation, is compared with the stored one after a blur: what
the eye sees may not change, how an edge is smoothed may.
"""

import base64
import copy
import io
import os
import re

import numpy as np
import pytest
from nbval.plugin import IPyNbCell
from PIL import Image
from scipy.ndimage import gaussian_filter

from tools.execute import KERNEL_ENVIRONMENT, missing_data, use_data_beside_the_checkout
from tools.stable_outputs import stabilise, text_alternative

BLUR = 3.0  # pixels: wider than what smoothing of edges touches, narrower than what an eye misses
TOLERANCE = 10.0  # grey levels, of 255, by which a blurred figure may differ at any place
FRAMES = re.compile(r"data:image/png;base64,([^\"']*)")
SKIPPED = pytest.StashKey[dict]()

use_data_beside_the_checkout()


def pytest_configure(config):
    config.stash[SKIPPED] = {}
    config.addinivalue_line(
        "markers", "needs_data(name): skipped, saying so, where the public data set is not there"
    )
    if config.getoption("nbval", False):
        os.environ.update(KERNEL_ENVIRONMENT)


def pytest_collection_modifyitems(config, items):
    for item in items:
        names = missing_data(item.cell) if isinstance(item, IPyNbCell) else missing_for(item)
        if names:
            reason = f"needs data: run 'medai data fetch {' '.join(names)}', or set MEDAI_DATA_DIR"
            item.add_marker(pytest.mark.skip(reason=reason))
            config.stash[SKIPPED][item.nodeid] = " ".join(names)


def missing_for(item):
    """The data sets that a test is marked to need and that are not on this machine."""
    from medai_course.data.registry import available

    names = [mark.args[0] for mark in item.iter_markers("needs_data")]
    return [name for name in names if not available(name)]


def pytest_terminal_summary(terminalreporter, config):
    for report in terminalreporter.stats.get("skipped", []):
        if "NO BROWSER" in str(report.longrepr):
            terminalreporter.write_line(report.longrepr[2], yellow=True, bold=True)
            break
    skipped = config.stash[SKIPPED]
    if skipped:
        names = ", ".join(sorted(set(skipped.values())))
        terminalreporter.write_line(
            f"{len(skipped)} tests or notebook cells skipped for want of data: {names}"
        )


def figures(outputs):
    """Every PNG of a cell's outputs, frames of animations included, as (h, w, 3) arrays."""
    found = []
    for output in outputs:
        data = output.get("data", {})
        found += [data[kind] for kind in ("image/png", "image/jpeg") if kind in data]
        found += FRAMES.findall(data.get("text/html", ""))
    return [decoded(text) for text in found]


def decoded(text):
    raw = base64.b64decode(re.sub(r"[\\\s]", "", text))
    return np.asarray(Image.open(io.BytesIO(raw)).convert("RGB"), dtype=float)


def visible_difference(old, new):
    """Largest difference, in grey levels, that is left at any place after a blur."""
    if old.shape != new.shape:
        return np.inf
    return np.abs(gaussian_filter(old - new, (BLUR, BLUR, 0))).max()


def changed_figures(old, new):
    """What is different between two lists of figures, in words."""
    if len(old) != len(new):
        return [f"{len(old)} figures stored, {len(new)} now"]
    gaps = [visible_difference(a, b) for a, b in zip(old, new)]
    return [
        f"figure {i} of {len(gaps)} has changed: {gap:.0f} grey levels at one place"
        for i, gap in enumerate(gaps, start=1)
        if gap > TOLERANCE
    ]


class CellWithFigures:
    """What is put in the place of two methods of nbval's test item."""

    by_nbval = IPyNbCell.compare_outputs
    run_by_nbval = IPyNbCell.runtest

    def compare_outputs(self, test, ref, skip_compare=None):
        test, ref = copy.deepcopy(test), copy.deepcopy(ref)
        for outputs in (test, ref):
            stabilise(outputs, self.cell.id, text_alternative(self.cell))
        if not CellWithFigures.by_nbval(self, test, ref, skip_compare):
            return False
        self.comparison_traceback += changed_figures(figures(ref), figures(test))
        return not self.comparison_traceback

    def runtest(self):
        never_run = self.cell.source.strip() and self.cell.execution_count is None
        if never_run and not self.options["skip"]:
            self.raise_cell_error("this cell was never run: run python tools/execute.py NAME")
        CellWithFigures.run_by_nbval(self)


IPyNbCell.compare_outputs = CellWithFigures.compare_outputs
IPyNbCell.runtest = CellWithFigures.runtest

"""Execute chapters: book/**/NAME.md (MyST with a kernelspec) -> NAME.ipynb beside it, with outputs.

usage: python tools/execute.py [NAME or path/to/NAME.md ...] [--allow-missing-data]

The result depends on the source, the package and the data only: running it again gives the same
bytes.  Cells tagged ``needs-data:NAME`` need the public data set NAME (``medai data fetch NAME``,
or MEDAI_DATA_DIR); with --allow-missing-data they are not run and keep their stored outputs.
Outputs tagged ``nbval-ignore-output`` (times) are renewed only where another cell has changed.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # this file is run as a script and imported by tests

from medai_course.data.registry import available, data_dir  # noqa: E402
from tools.stable_outputs import stabilise, text_alternative  # noqa: E402

KERNEL_ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MEDAI_DEVICE": "cpu",
    "CUDA_VISIBLE_DEVICES": "",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    # sums taken in another order differ in the last digit, so the number of threads is fixed
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    **dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"),
}
# ipykernel leaves the output of C and C++ alone when this is set: TensorFlow's log lines stay out
QUIET = {"PYTEST_CURRENT_TEST": "execute"}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PEAK_MEMORY = """import re, sys
if sys.platform == "linux":  # getrusage would count the process that started this one
    print(int(re.search(r"VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1]) / 1e3)
elif sys.platform == "darwin":
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""


class ExecutionError(Exception):
    """A chapter that cannot be executed, and what to do about it."""


def use_data_beside_the_checkout():
    """Let MEDAI_DATA_DIR name the folder shared/data beside the checkout, if it names none."""
    beside = ROOT.parent / "shared" / "data"
    if beside.is_dir():
        os.environ["MEDAI_DATA_DIR"] = os.environ.get("MEDAI_DATA_DIR") or str(beside)


def missing_data(cell):
    """The data sets that a cell is tagged to need and that are not on this machine."""
    tags = [str(tag) for tag in cell.metadata.get("tags", [])]
    names = [tag.removeprefix("needs-data:") for tag in tags if tag.startswith("needs-data:")]
    return [name for name in names if not available(name)]


def execute(source, allow_missing_data=False):
    """Write the executed notebook beside ``source``; return (its path, seconds, MB at the peak)."""
    source = Path(source)
    out = source.with_suffix(".ipynb")
    nb = jupytext.read(source, fmt="md:myst")
    stored = nbformat.read(out, 4) if out.exists() else nbformat.v4.new_notebook()
    keep = kept_outputs(nb, stored, out.stem, allow_missing_data)
    start = time.perf_counter()
    peak = run(nb, source, keep)
    seconds = time.perf_counter() - start
    nb.metadata.pop("jupytext", None)
    nb.metadata.update(METADATA)
    finish(nb.cells)
    if compared(nb) != compared(stored):
        nbformat.write(nb, out)
    return out, seconds, peak


def kept_outputs(nb, stored, name, allow_missing_data):
    """{index of a cell whose data are missing: its outputs, stored before}."""
    missing = {i: missing_data(cell) for i, cell in enumerate(nb.cells)}
    missing = {i: names for i, names in missing.items() if names}
    if missing and not allow_missing_data:
        names = " ".join(sorted({name for names in missing.values() for name in names}))
        raise ExecutionError(
            f"{name} needs data that are not in {data_dir()}: {names}.\n"
            f"  Run: medai data fetch {names}\n"
            "  or set MEDAI_DATA_DIR to the folder that holds them,\n"
            "  or keep the outputs stored before with --allow-missing-data."
        )
    before = {c.source: c.outputs for c in stored.cells if c.cell_type == "code"}
    for i in missing:
        if nb.cells[i].source not in before:
            raise ExecutionError(
                f"{name}: cell {i} needs {', '.join(missing[i])} and is new or was edited, so it "
                f"has no stored output to keep:\n{nb.cells[i].source}"
            )
    return {i: before[nb.cells[i].source] for i in missing}


def run(nb, source, keep):
    """Run the cells in order, except those in ``keep``; return the kernel's peak memory in MB."""
    client = NotebookClient(nb, timeout=600, kernel_name="python3", record_timing=False)
    client.resources = {"metadata": {"path": str(source.parent)}}
    environment = os.environ | KERNEL_ENVIRONMENT | QUIET
    with client.setup_kernel(env=environment, stderr=subprocess.DEVNULL):
        for i, cell in enumerate(nb.cells):
            if i in keep:
                cell.outputs = keep[i]
                continue
            try:
                client.execute_cell(cell, i)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                raise ExecutionError(f"{source}, cell {i}:\n{error}") from None
        nb.cells.append(nbformat.v4.new_code_cell(PEAK_MEMORY))
        client.execute_cell(nb.cells[-1], len(nb.cells) - 1)
    probe = nb.cells.pop()
    return float(probe.outputs[0]["text"]) if probe.outputs else float("nan")


def finish(cells):
    """Give the cells stable ids and outputs, and count those with code from 1 on."""
    count = 0
    for i, cell in enumerate(cells):
        cell.id = f"c{i:03d}"
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        count += 1
        cell.execution_count = count
        stabilise(cell.outputs, cell.id, text_alternative(cell))
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


def compared(nb):
    """The notebook without the outputs that nobody compares."""
    ignored = "nbval-ignore-output"
    cells = [
        cell | {"outputs": []} if ignored in cell.metadata.get("tags", []) else cell
        for cell in nb.cells
    ]
    return {"metadata": nb.metadata, "cells": cells}


def is_source(path):
    """Whether a file is a chapter's source; the masters of exercises are built, not executed."""
    return path.parent.name != "exercises" and "kernelspec:" in path.read_text("utf8")[:500]


def sources(names, book):
    """The sources with these names (file stems, or paths) in the folder ``book``; all if none."""
    every = sorted(path for path in book.glob("**/*.md") if is_source(path))
    chosen = [] if names else every
    for name in names:
        found = [path for path in every if path.stem == name] or [Path(name)]
        if not found[0].is_file():
            known = ", ".join(path.stem for path in every) or "none"
            raise ExecutionError(f"no chapter {name!r}; there are: {known}")
        chosen += found
    return chosen


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="file stem or path; all if none")
    parser.add_argument("--allow-missing-data", action="store_true")
    options = parser.parse_args(arguments)
    use_data_beside_the_checkout()
    try:
        for source in sources(options.names, ROOT / "book"):
            out, seconds, peak = execute(source, options.allow_missing_data)
            print(f"{os.path.relpath(out):50} {seconds:6.1f} s {peak:6.0f} MB", flush=True)
    except ExecutionError as error:
        sys.exit(f"Not executed: {error}")


if __name__ == "__main__":
    main()

"""``medai doctor``: what this machine has for the course, and what to do about what it has not."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .requirements import compared, stated

SECONDS = 180  # TensorFlow's first import from a cold disk has taken a minute
MEMORY_GB, DISK_GB = 4, 5
NARROW = {"Haswell", "Zen"}  # OpenBLAS's kernels of 256 bits, also where the processor has 512
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FIT = """
from medai_course.{backend}.linear import LinearRegression
import json, numpy
X = numpy.arange(12.0).reshape(6, 2) ** 2
model = LinearRegression().fit(X, 3 + X @ numpy.array([2.0, -1.0]))
assert numpy.allclose([model.intercept_, *model.coef_], [3, 2, -1]), model.coef_
"""
GPU = {
    "scratch": "gpus = []",
    "pytorch": "import torch; gpus = [torch.cuda.get_device_name(i) "
    "for i in range(torch.cuda.device_count())]",
    "tensorflow": "import tensorflow as tf; "
    "gpus = [d.name for d in tf.config.list_physical_devices('GPU')]",
}
NAMES = {"scratch": "NumPy", "pytorch": "PyTorch", "tensorflow": "TensorFlow"}


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Parameters
    ----------
    state : {"ok", "warning", "error"}
        An error is what stops the NumPy part of the course from working.
    what, says, do : str
        What was looked at, what was found, and what to do about it (empty if nothing).
    """

    state: str
    what: str
    says: str
    do: str = ""

    def __str__(self) -> str:
        mark = {"ok": "  ok     ", "warning": "  warning", "error": "  ERROR  "}[self.state]
        todo = f"\n{' ' * 12}-> {self.do}" if self.do else ""
        return f"{mark}  {self.what}: {self.says}{todo}"


def examine() -> Iterator[Finding]:
    """All findings, one at a time, since some take seconds."""
    yield python()
    yield from packages()
    for backend in NAMES:
        yield framework(backend)
    yield products()
    yield memory()
    yield disk()
    yield browser()
    yield from data()


def python() -> Finding:
    """Is this a Python that the course supports?"""
    from packaging.specifiers import SpecifierSet

    wanted, version = stated()["requires-python"], platform.python_version()
    if SpecifierSet(wanted).contains(version):
        return Finding("ok", "Python", f"{version} ({sys.executable})")
    do = "install a supported Python, then: make setup PYTHON=/path/to/it"
    return Finding("error", "Python", f"{version}, but the course needs {wanted}", do)


def packages() -> Iterator[Finding]:
    """Each group of packages against the ranges of pyproject.toml."""
    project = stated()
    groups = {"NumPy part": project["dependencies"]} | project["optional-dependencies"]
    for group, wanted in groups.items():
        if group == "all":
            continue
        problems, good = compared(wanted)
        extra = "" if group == "NumPy part" else f"[{group}]"
        if problems:
            state = "warning" if extra else "error"
            do = f"make setup, or: pip install -e '.{extra}' in the course's folder"
            yield Finding(state, f"packages, {group}", "; ".join(problems), do)
        else:
            yield Finding("ok", f"packages, {group}", ", ".join(good))


def framework(backend: str) -> Finding:
    """Import a backend and fit a line with it, in a process that may crash or hang."""
    code = f"{FIT.format(backend=backend)}\n{GPU[backend]}\nprint('\\n' + json.dumps(gpus))"
    name, needed = NAMES[backend], backend == "scratch"
    problem, do = "", f"pip install -e '.[{backend}]' in the course's folder, or make setup"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        )
    except subprocess.TimeoutExpired:
        problem, do = f"gave no answer in {SECONDS} s", "run medai doctor again, then " + do
    else:
        if done.returncode:
            last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            problem = f"does not work: {last}"
    if problem:
        return Finding("error" if needed else "warning", name, problem, do)
    if needed:
        return Finding("ok", name, "fits a line")
    return _gpus(name, json.loads(done.stdout.splitlines()[-1]))


def products() -> Finding:
    """Do NumPy's matrix products use the processor's widest vectors?"""
    import numpy as np
    from threadpoolctl import threadpool_info

    kernels = {i["architecture"] for i in threadpool_info() if i["internal_api"] == "openblas"}
    found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    wide = {"X86_V4", "AVX512F", "AVX512_SKX"} & set(found)  # its names in NumPy 2.4 and before
    says = f"OpenBLAS with kernels for {', '.join(sorted(kernels))}" if kernels else "no OpenBLAS"
    if not (wide and kernels & NARROW):
        return Finding("ok", "matrix products", says)
    do = "they may be faster with the environment variable OPENBLAS_CORETYPE=SkylakeX"
    return Finding("ok", "matrix products", f"{says}; the processor has AVX-512", do)


def memory() -> Finding:
    """Is there memory for a chapter in three frameworks?"""
    total = _memory_bytes() / 1e9
    if not total:
        return Finding("ok", "memory", "this system does not tell how much there is")
    if total >= MEMORY_GB:
        return Finding("ok", "memory", f"{total:.1f} GB")
    do = "open one chapter at a time, and close the others"
    return Finding("warning", "memory", f"{total:.1f} GB; {MEMORY_GB} GB are recommended", do)


def disk() -> Finding:
    """Is there room for the environment and the data?"""
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free >= DISK_GB:
        return Finding("ok", "disk", f"{free:.0f} GB free")
    do = "free some space before you set up or fetch data"
    return Finding("warning", "disk", f"{free:.1f} GB free; {DISK_GB} GB are recommended", do)


def browser() -> Finding:
    """Is there a browser for the test of the site?"""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return Finding("ok", "browser for tests", found)
    do = "only make test needs it; on Debian and Ubuntu: sudo apt install chromium"
    return Finding("warning", "browser for tests", "no Chromium was found", do)


def data() -> Iterator[Finding]:
    """The data folder, and which public data sets are in it."""
    from medai_course.data import registry

    source = "MEDAI_DATA_DIR" if os.environ.get("MEDAI_DATA_DIR") else "default"
    folder = registry.data_dir()
    if source == "MEDAI_DATA_DIR" and not folder.is_dir():
        do = "make this folder, or correct the environment variable MEDAI_DATA_DIR"
        yield Finding("warning", "data folder", f"{folder} does not exist", do)
    else:
        yield Finding("ok", "data folder", f"{folder} ({source})")
    names = registry.names("public")
    here = [name for name in names if registry.available(name)]
    yield Finding("ok", "public data sets, present", ", ".join(here) or "none")
    if missing := [name for name in names if name not in here]:
        do = "chapters run without them; to have one: medai data fetch NAME"
        yield Finding("warning", "public data sets, not here", ", ".join(missing), do)


def _gpus(name, seen):
    if seen:
        return Finding("ok", name, f"fits a line; sees {', '.join(seen)}")
    if shutil.which("nvidia-smi"):
        do = f"install the GPU build of {name} for this driver; without it the CPU is used"
        return Finding("warning", name, "fits a line; does not see the NVIDIA GPU", do)
    return Finding("ok", name, "fits a line on the CPU; there is no GPU, and none is needed")


def _memory_bytes(group: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """The machine's memory, or what its container may use; 0 where that cannot be told."""
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names:
        return 0
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = group.read_text().strip() if group.is_file() else "max"
    return min(total, int(limit)) if limit.isdigit() else total


def report(write: Callable[[str], None]) -> bool:
    """Write all findings; True if the NumPy part works."""
    found = []
    for finding in examine():
        write(str(finding))
        found.append(finding)
    errors, warnings = (sum(f.state == s for f in found) for s in ("error", "warning"))
    if errors:
        write(f"\nThe course does not run yet: {errors} to mend, marked ERROR.")
    elif warnings:
        write(
            f"\nThe NumPy part works. What is optional and missing is marked warning ({warnings})."
        )
    else:
        write("\nEverything works.")
    return not errors

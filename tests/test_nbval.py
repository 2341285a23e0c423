"""Running a stored notebook again notices every kind of planted fault, cell by cell."""

import base64
import io
import os
import subprocess
import sys

import nbformat
from PIL import Image, ImageDraw

from tools.execute import ROOT, execute

from .conftest import put_data
from .tiny_chapter import ANIMATION, FIGURE, chapter


def run_nbval(notebook, **environment):
    """{number of the cell: "passed", "failed" or "skipped"} and all that pytest printed."""
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "-rA"]
    command += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "60", "--color=no"]
    command += ["--nbval-sanitize-with", ROOT / "tests" / "sanitize.cfg", notebook.name]
    done = subprocess.run(
        command,
        cwd=notebook.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    lines = [line.split() for line in done.stdout.splitlines() if "::Cell" in line]
    results = {int(w[2].rstrip(":-")): w[0].lower() for w in lines if w[0] in ("PASSED", "FAILED")}
    return results, done.stdout


def test_planted_faults_are_found_cell_by_cell(needs_ecg, tmp_path):
    source = chapter(
        tmp_path,
        "print(round(2 / 3, 4))",
        "round(2 / 3, 4)",
        "import pandas as pd\npd.DataFrame({'a': [0.6667]})",
        FIGURE.format(end=1),
        FIGURE.format(end="1.0"),
        FIGURE.format(end="1.00"),
        ANIMATION,
        "3 + 3",
        ("needs-data:ecg_scipy", "print('from the data')"),
        ("nbval-ignore-output", "import time; time.perf_counter()"),
        ("raises-exception", "1 / 0"),
        name="faults",
    )
    put_data(needs_ecg[1])
    path = execute(source)[0]
    good, _ = run_nbval(path)
    assert good == dict.fromkeys(range(11), "passed")

    nb = nbformat.read(path, 4)
    code = [c for c in nb.cells if c.cell_type == "code"]
    code[1].outputs[0].data["text/plain"] = "0.6666"
    table = code[2].outputs[0].data
    table["text/html"] = table["text/html"].replace("0.6667", "0.6668")
    code[4].outputs[0].data["image/png"] = with_a_line(code[4].outputs[0].data["image/png"])
    del code[5].outputs[0]
    movie = code[6].outputs[0].data
    movie["text/html"] = with_another_frame(movie["text/html"])
    code[7].execution_count, code[7].outputs = None, []
    nbformat.write(nb, path)
    for file in needs_ecg[1].iterdir():
        file.unlink()
    bad, printed = run_nbval(path)
    passed, failed = (0, 3, 9, 10), (1, 2, 4, 5, 6, 7)
    assert bad == dict.fromkeys(passed, "passed") | dict.fromkeys(failed, "failed")
    assert "this cell was never run" in printed
    assert "1 tests or notebook cells skipped for want of data: ecg_scipy" in printed


def with_a_line(png):
    """The figure with one line, two pixels wide, that is not in it."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    ImageDraw.Draw(image).line([(150, 90), (200, 90)], fill="#0072B2", width=2)
    image.save(out := io.BytesIO(), "PNG")
    return base64.b64encode(out.getvalue()).decode()


def with_another_frame(html):
    frames = html.split("data:image/png;base64,")
    frames[2], frames[3] = frames[3], frames[2]
    return "data:image/png;base64,".join(frames)

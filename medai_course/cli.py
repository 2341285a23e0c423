"""The command ``medai``: check the set-up, get data, open chapters, make and grade notebooks."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import textwrap
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(
    help="AI in medicine: the course's own tools.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
data_app = typer.Typer(help="List and download the course's data sets.", no_args_is_help=True)
app.add_typer(data_app, name="data")


class Framework(StrEnum):
    """The three backends of the course."""

    numpy = "numpy"
    pytorch = "pytorch"
    tensorflow = "tensorflow"


def _stop(message: object, code: int = 2) -> NoReturn:
    typer.echo(f"medai: {message}", err=True)
    raise typer.Exit(code)


@app.command()
def doctor() -> None:
    """Check Python, packages, frameworks, GPU, memory, disk, browser and data."""
    from .doctor import report

    raise typer.Exit(0 if report(typer.echo) else 1)


@data_app.command("list")
def data_list() -> None:
    """Show every data set: kind, size, whether it is here, licence."""
    from .data import registry
    from .data.download import format_size

    rows = [("name", "kind", "size", "here", "licence")]
    for name in registry.names():
        entry = registry.entry(name)
        size = format_size(sum(file.bytes for file in entry.select())) if entry.files else "-"
        here = "yes" if registry.available(name) else "no"
        licence = textwrap.shorten(entry.statement.licence, 60, placeholder=" ...")
        rows.append((name, entry.statement.kind, size, here, licence))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        typer.echo("  ".join([*cells, row[4]]))
    typer.echo(f"\nData folder: {registry.data_dir()}")


@data_app.command("fetch")
def data_fetch(
    names: Annotated[list[str], typer.Argument(help="One or more data sets of `medai data list`.")],
    all_files: Annotated[
        bool, typer.Option("--all-files", help="Also the files that chapters do not use.")
    ] = False,
    progress: Annotated[bool, typer.Option(help="Show a progress bar.")] = True,
) -> None:
    """Download public data sets, with their licence shown and their checksums verified."""
    from .data import registry
    from .data.download import fetch

    try:
        for name in names:
            registry.entry(name)  # a misspelt name is told before anything is downloaded
    except ValueError as error:
        _stop(error)
    failed = []
    for name in names:
        try:
            paths = fetch(name, files="all" if all_files else None, progress=progress)
        except (ValueError, OSError) as error:
            typer.echo(f"medai: {error}", err=True)
            failed.append(name)
        else:
            typer.echo(f"{name}: {len(paths)} files in {paths[0].parent}")
    if failed:
        _stop(f"not fetched: {', '.join(failed)}", code=1)


@app.command()
def lab(
    chapter: Annotated[str | None, typer.Argument(help="A chapter, such as heart_rate.")] = None,
) -> None:
    """Open the chapters, or one of them, in JupyterLab."""
    from .teaching.checkout import find_chapter, find_root

    _need("jupyterlab", "yaml")
    try:
        root = find_root()
        opened = [str(find_chapter(root, chapter).path)] if chapter else []
    except ValueError as error:
        _stop(error)
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={root / 'book'}", *opened]
    raise typer.Exit(subprocess.run(command).returncode)


@app.command()
def notebooks(
    framework: Annotated[Framework, typer.Option(help="Whose cells to keep.")],
    out: Annotated[Path, typer.Option(help="Folder to write to; it is made if missing.")],
    solutions: Annotated[bool, typer.Option(help="Keep the worked solutions.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,
) -> None:
    """Write class notebooks of one framework, without outputs."""
    from .teaching.checkout import find_root

    _need("nbformat", "yaml", "pybtex")
    from .teaching.notebooks import export_notebooks

    try:
        written = export_notebooks(find_root(), out, framework.value, solutions, force)
    except (ValueError, OSError) as error:
        _stop(error)
    for path in written:
        typer.echo(path)
    typer.echo(f"{len(written)} files for {framework.value}")


@app.command()
def grade(
    submissions: Annotated[Path, typer.Argument(help="The folder of what was handed in.")],
    exercise: Annotated[str, typer.Option(help="Name of the exercise, such as heart_rate.")],
    out: Annotated[Path, typer.Option(help="The table to write.")] = Path("grades.csv"),
    feedback: Annotated[
        Path | None, typer.Option(help="A folder for one text per student, with hints.")
    ] = None,
    autograder: Annotated[
        Path | None, typer.Option(help="An autograder zip, if it is not built from the book.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Submissions at a time.")] = max(
        1, (os.cpu_count() or 2) // 2
    ),
    time_limit: Annotated[
        float,
        typer.Option(min=0.1, help="Seconds for one cell or call; five times that in all."),
    ] = 20.0,
    memory_limit: Annotated[
        int, typer.Option(min=0, help="MB for one submission; 0 for no limit. Linux only.")
    ] = 2000,
) -> None:
    """Grade a folder of notebooks into one table; this is no sandbox.

    Each notebook runs in a process of its own, with limits on time and memory, and is judged from
    outside. It still runs with your rights: grade what strangers send in a container.
    """
    _need("otter", "nbformat", "IPython")
    from .teaching.grading import Exercise, Grade, grade_class, write_feedback, write_grades
    from .teaching.student import Limits

    def report(done: Grade) -> None:
        typer.echo(
            f"{done.student}: {done.total:g}" + (f"  ({done.remark})" if done.remark else "")
        )

    try:
        if not out.parent.is_dir():
            raise ValueError(f"--out: there is no folder {out.parent}")
        asked = Exercise.from_zip(autograder or _built(exercise), exercise)
        limits = Limits(time_limit, 5 * time_limit, memory_limit)
        grades = grade_class(submissions, asked, limits, jobs, report)
        write_grades(grades, asked.possible(), out)
        if feedback:
            write_feedback(grades, asked.possible(), feedback)
    except (ValueError, OSError) as error:
        _stop(error)
    possible = sum(asked.possible().values())
    typer.echo(f"{len(grades)} submissions, {possible:g} points possible, written to {out}")


def _built(exercise: str) -> Path:
    """The autograder of an exercise of the book, built now if it is missing or out of date."""
    from .teaching.checkout import autograder, find_root

    root = find_root()
    path = autograder(root, exercise)
    tool = [sys.executable, str(root / "tools" / "build_exercises.py"), exercise]
    done = subprocess.run(tool, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"the exercise {exercise!r} could not be built:\n{done.stderr.strip()}")
    return path


def _need(*modules: str) -> None:
    """Stop with what to install where an optional package is missing."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        what = ", ".join(missing)
        _stop(f"{what} is not installed: pip install -e '.[book]' in the course's folder", code=1)


if __name__ == "__main__":
    app()

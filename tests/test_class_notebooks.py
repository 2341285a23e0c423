"""Class notebooks: one framework, no outputs, and nothing that only Sphinx understands."""

import base64

import jupytext
import nbformat
import pytest

from medai_course.teaching.book_labels import Book
from medai_course.teaching.notebooks import class_notebook, export_notebooks

OPENING = """
(ch-opening)=
# The opening

```{exercise} Warm up
:label: ex-warm
Breathe.
```
"""
CHAPTER = r"""---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

(ch-line)=
# A line

See {ref}`ch-opening`, {doc}`opening`, [there](opening.md) and {cite:t}`pan1985`,
{cite:p}`pan1985,golub1965,drew2014`.

```{math}
:label: eq-line
y = a x
```

```{code-cell} ipython3
data = open("numbers.csv").read()
secret = "../../_toc.yml"
```

```{code-cell} ipython3
:tags: [tab:numpy]
framework = "numpy"
```

```{code-cell} ipython3
:tags: [tab:pytorch, hide-input]
framework = "pytorch"
```

```{code-cell} ipython3
:tags: [tab:tensorflow, tab:pytorch]
shared = True
```

````{exercise} The slope
:label: ex-slope
Use {eq}`eq-line`.

```{dropdown} Hint
Divide.
```
````

```{solution-start} ex-slope
:class: dropdown
```

Take $y / x$.

```{code-cell} ipython3
answer = 2
```

```{solution-end}
```

Between.

````{solution} ex-slope
In words: **steep**.
````

![a map](map.svg)

````{dropdown} For teachers
They divide by y.
```{note}
Always.
```
````

```{code-cell} ipython3
:tags: [solution]
another = 3
```
"""


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "book" / "part"
    folder.mkdir(parents=True)
    (folder / "opening.md").write_text(OPENING)
    (folder / "map.svg").write_text("<svg/>")
    (folder / "numbers.csv").write_text("1,2")
    notebook = jupytext.reads(CHAPTER, fmt="md:myst")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="stored")]
            cell.execution_count = 1
    nbformat.write(notebook, folder / "line.ipynb")
    (tmp_path / "book" / "references.bib").write_text(
        "@article{pan1985, author={Pan, Jiapu and Tompkins, Willis J.}, year={1985},\n"
        "title={A real-time {QRS} detection algorithm}, journal={IEEE Trans. Biomed. Eng.},\n"
        "doi={10.1109/TBME.1985.325532}}\n@book{golub1965, author={Golub, G.}, year={1965}}\n"
        "@misc{drew2014, author={Drew, B. and others}, year={2014}, title={Alarms}}\n"
    )
    (tmp_path / "_toc.yml").write_text(
        "root: book/index\nparts:\n- caption: 3 Part\n  numbered: 1\n  chapters:\n"
        "  - file: book/part/opening\n  - file: book/part/line.ipynb\n"
    )
    return tmp_path


def exported(course, framework="pytorch", **options):
    (path, *_) = export_notebooks(course, course / "out", framework, **options)
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def text(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_only_the_framework_asked_for_without_outputs(course):
    notebook = exported(course)
    nbformat.validate(notebook)
    assert 'framework = "pytorch"' in code(notebook) and "shared = True" in code(notebook)
    assert 'framework = "numpy"' not in code(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert not {"tab:pytorch", "hide-input"} & set(cell.metadata.get("tags", []))


def test_numbers_titles_and_works_are_those_of_the_book(course):
    said = text(exported(course))
    assert "y = a x\n\\tag{3.2.1}" in said
    assert "> **Exercise 3.2.1 (The slope).**\n>\n> Use (3.2.1)." in said
    assert "See The opening, *The opening*, there and Pan and Tompkins (1985)" in said
    assert "(Pan and Tompkins, 1985; Golub, 1965; Drew et al., 2014)" in said
    assert "- Drew, et al. (2014). Alarms." in said
    assert "- Pan, Tompkins (1985). A real-time QRS detection algorithm. *IEEE Trans." in said
    assert "<https://doi.org/10.1109/TBME.1985.325532>" in said


def test_pictures_are_inside_and_data_beside_but_nothing_from_outside_the_folder(course):
    notebook = exported(course)
    (cell,) = [c for c in notebook.cells if "attachments" in c]
    assert "![a map](attachment:map.svg)" in cell.source
    assert base64.b64decode(cell.attachments["map.svg"]["image/svg+xml"]) == b"<svg/>"
    files = sorted(p.relative_to(course / "out").as_posix() for p in (course / "out").rglob("*.*"))
    assert files == ["part/line.ipynb", "part/numbers.csv"]


def test_solutions_stay_or_go_together_with_their_code(course):
    kept = exported(course)
    assert {"answer = 2", "another = 3"} <= set(code(kept))
    assert "**Solution to Exercise 3.2.1.**\n\nTake $y / x$." in text(kept)
    gone = exported(course, solutions=False, force=True)
    assert not {"answer = 2", "another = 3"} & set(code(gone))
    assert "They divide by y." in text(kept)
    for word in ("Solution", "Take", "steep", "teachers", "divide by y", "Always"):
        assert word not in text(gone)
    assert "Between." in text(gone) and "Divide." in text(gone) and "a map" in text(gone)


def test_nothing_is_overwritten_in_part(course):
    (course / "out" / "part").mkdir(parents=True)
    (course / "out" / "part" / "numbers.csv").write_text("mine")
    with pytest.raises(ValueError, match=r"numbers\.csv; use --force"):
        exported(course)
    assert not (course / "out" / "part" / "line.ipynb").exists()
    assert exported(course, force=True).cells
    with pytest.raises(ValueError, match="framework must be one of"):
        exported(course, "jax")


def test_the_notebook_is_that_of_the_page_it_came_from(course):
    """The function behind it, on a notebook in memory."""
    book = Book(course, {})
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("%matplotlib inline\nx = ?")]
    )
    made = class_notebook(notebook, course / "book/part/line.ipynb", book, "numpy")
    assert code(made) == ["%matplotlib inline\nx = ?"]

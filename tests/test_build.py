"""The build stops at what leads nowhere, and a page keeps the style rules that it can use."""

import importlib.util
import re
import shutil

import nbformat
import pytest
import tinycss2

from .conftest import ROOT, build


@pytest.fixture
def project(sample_project, tmp_path):
    """A copy of the sample project, not built, without the reference of the package."""
    ignore = shutil.ignore_patterns("_build")
    copy = shutil.copytree(sample_project, tmp_path / "copy", symlinks=True, ignore=ignore)
    toc = copy / "_toc.yml"
    toc.write_text(toc.read_text().replace("      - file: book/back/api\n", ""))
    return copy


def change_chapter(project, old, new):
    path = project / "book" / "partnership" / "sample.ipynb"
    nb = nbformat.read(path, 4)
    assert any(old in cell.source for cell in nb.cells)
    for cell in nb.cells:
        cell.source = cell.source.replace(old, new)
    nbformat.write(nb, path)


def test_a_misspelt_tab_stops_the_build(project):
    path = project / "book" / "partnership" / "sample.ipynb"
    text = path.read_text()
    path.write_text(text.replace("tab:pytorch", "tab:pytroch", 1))
    done = build(project)
    assert done.returncode != 0
    assert "unknown framework in the cell tag 'tab:pytroch'; write one of tab:numpy" in done.stdout


def test_what_leads_nowhere_stops_the_build(project):
    for old, new in [
        ("{cite:p}`pan1985`", "{cite:p}`pan1958`"),
        ("{eq}`eq-slope` is 1.95", "{eq}`eq-slop` is 1.95"),
        ("{term}`RR interval`", "{term}`RR intervall`"),
        ("(opening.md)", "(openning.md)"),
        ("`medai_course.scratch.linear.LinearRegression`", "`medai_course.scratch.linear.Linear`"),
        ("LinearRegression._normal", "LinearRegression._abnormal"),
    ]:
        change_chapter(project, old, new)
    done = build(project)
    assert done.returncode != 0
    for word in ("pan1958", "eq-slop", "RR intervall", "openning.md", "linear.Linear", "_abnormal"):
        assert re.search(rf"WARNING:.*{word}", done.stdout), word


# ---- style rules ----


@pytest.fixture(scope="module")
def page_weight():
    path = ROOT / "book" / "_ext" / "page_weight.py"
    spec = importlib.util.spec_from_file_location("page_weight", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_code_that_no_rule_colours_loses_its_marks_and_no_letter(page_weight, tmp_path):
    css = """html[data-theme="light"] .highlight{background: #fff; color: #080808}
html[data-theme="light"] .highlight .n{color: #080808}
html[data-theme="light"] .highlight .k{color: #6730C5}
html[data-theme="light"] .highlight .nf{color: #080808}
html[data-theme="dark"] .highlight{background: #222; color: #F8F8F2}
html[data-theme="dark"] .highlight .n{color: #f8f8f2}
html[data-theme="dark"] .highlight .nf{color: #00E0E0}"""
    assert page_weight.coloured_tokens(css) == {"k", "nf"}
    code = '<span class="k">def</span><span class="w"> </span><span class="nf">f</span>'
    code += '(<span class="n">x</span>)'
    page = tmp_path / "page.html"
    page.write_text(f'<span class="n">x</span><div class="highlight"><pre>{code}</pre></div>')
    page_weight.unmark_plain_code([page], css)
    lighter = '<span class="k">def</span> <span class="nf">f</span>(x)'
    assert (
        page.read_text()
        == f'<span class="n">x</span><div class="highlight"><pre>{lighter}</pre></div>'
    )


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".used,.unused{color:red}", ".used{color:red}"),
        (".unused .used{color:red}", ""),
        ("p.used>a:hover{color:red}", "p.used>a:hover{color:red}"),
        (
            ".used:not(.unused):is(.unused,p){color:red}",
            ".used:not(.unused):is(.unused,p){color:red}",
        ),
        (".bs-tooltip-auto{color:red}", ".bs-tooltip-auto{color:red}"),
        ("@media print{.unused{color:red}.used{color:red}}", "@media print{.used{color:red}}"),
        ("@media print{.unused{color:red}}", ""),
        ("@font-face{font-family:x}", "@font-face{font-family:x}"),
        (':root{--icon:"\\f02d"}', ':root{--icon:"\uf02d"}'),
    ],
)
def test_rules_that_a_page_can_use_are_kept(page_weight, css, kept):
    rules = tinycss2.parse_stylesheet(css, True, True)
    assert page_weight.used_rules(rules, {"used"}, ("bs-",)) == kept

"""``medai doctor``: what is wrong is found, told with what to do, and never stops the rest."""

from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medai_course import cli, doctor, requirements

ROOT = Path(__file__).resolve().parents[1]


def findings(monkeypatch, **replaced):
    """The findings, with the slow ones replaced unless asked for."""
    for name in ("scratch", "pytorch", "tensorflow"):
        replaced.setdefault(name, doctor.Finding("ok", name, "fits a line"))
    monkeypatch.setattr(doctor, "framework", lambda name: replaced[name])
    return {finding.what: finding for finding in doctor.examine()}


def test_doctor_in_this_environment(monkeypatch):
    monkeypatch.setenv("MEDAI_DATA_DIR", str(ROOT / "tests"))
    found = findings(monkeypatch)
    assert found["Python"].state == found["packages, NumPy part"].state == "ok"
    assert f"numpy {metadata.version('numpy')}" in found["packages, NumPy part"].says
    assert found["data folder"].says == f"{ROOT / 'tests'} (MEDAI_DATA_DIR)"
    assert found["public data sets, present"].says == "none"
    missing = found["public data sets, not here"]
    assert missing.state == "warning" and "mitdb" in missing.says and "data fetch" in missing.do


@pytest.mark.parametrize("backend", ["scratch", "pytorch", "tensorflow"])
def test_doctor_fits_a_line_with_each_backend(backend):
    finding = doctor.framework(backend)
    assert finding.state == "ok" and finding.says.startswith("fits a line"), finding


@pytest.mark.parametrize(
    "code, says",
    [
        ("raise ImportError('libcudart.so.12: cannot open')", "does not work: ImportError: libcud"),
        ("import os; os._exit(134)", "does not work: exit code 134"),
        ("import time; time.sleep(60)", "gave no answer in 1 s"),
    ],
)
def test_a_broken_framework_is_a_warning_and_a_broken_numpy_an_error(monkeypatch, code, says):
    monkeypatch.setattr(doctor, "FIT", code)
    monkeypatch.setattr(doctor, "SECONDS", 1 if "sleep" in code else 60)
    torch, numpy = doctor.framework("pytorch"), doctor.framework("scratch")
    assert (torch.state, numpy.state) == ("warning", "error")
    assert says in torch.says and says in numpy.says
    assert "pip install -e '.[pytorch]'" in torch.do


@pytest.mark.parametrize(
    "kernels, found, told",
    [
        ("Haswell", ["X86_V3"], False),
        ("Haswell", ["X86_V4"], True),
        ("SkylakeX", ["X86_V4"], False),
    ],
)
def test_narrow_kernels_on_a_wide_processor_are_told(monkeypatch, kernels, found, told):
    info = [{"internal_api": "openblas", "architecture": kernels}, {"internal_api": "openmp"}]
    monkeypatch.setattr("threadpoolctl.threadpool_info", lambda: info)
    monkeypatch.setattr("numpy.show_config", lambda mode: {"SIMD Extensions": {"found": found}})
    finding = doctor.products()
    assert finding.state == "ok" and kernels in finding.says
    assert ("OPENBLAS_CORETYPE" in finding.do) == told


def test_a_framework_that_misses_the_gpu(monkeypatch):
    assert "sees A100" in doctor._gpus("PyTorch", ["A100"]).says
    monkeypatch.setattr(doctor.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    finding = doctor._gpus("PyTorch", [])
    assert finding.state == "warning" and "GPU build of PyTorch" in finding.do


def project(**changes):
    base = {"requires-python": ">=3.11", "dependencies": [], "optional-dependencies": {}}
    return {**base, **{key.replace("_", "-"): value for key, value in changes.items()}}


def test_versions_outside_the_ranges_and_missing_packages(monkeypatch):
    wanted = project(
        requires_python="<3",
        dependencies=["numpy<1", "no-such-package"],
        optional_dependencies={"trust": ["numpy<1"], "book": ["numpy>1"]},
    )
    monkeypatch.setattr(doctor, "stated", lambda: wanted)
    found = findings(monkeypatch)
    assert found["Python"].state == "error" and "needs <3" in found["Python"].says
    numpy_part = found["packages, NumPy part"]
    assert numpy_part.state == "error"
    assert (
        numpy_part.says
        == f"numpy {metadata.version('numpy')} is not <1; no-such-package is missing"
    )
    assert found["packages, trust"].state == "warning" and "[trust]" in found["packages, trust"].do
    assert found["packages, book"].state == "ok"


def test_the_ranges_are_found_without_the_source_too(monkeypatch, tmp_path):
    monkeypatch.setattr(requirements, "__file__", str(tmp_path / "package" / "requirements.py"))
    installed = requirements.stated()
    assert any(line.startswith("numpy") for line in installed["dependencies"])
    assert [line[:5] for line in installed["optional-dependencies"]["pytorch"]] == ["torch"]
    assert "otter-grader" not in str(installed["dependencies"])


def test_little_memory_little_disk_no_browser_no_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "_memory_bytes", lambda: 2e9)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: type("U", (), {"free": 1e9}))
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setenv("MEDAI_DATA_DIR", str(tmp_path / "gone"))
    found = findings(monkeypatch)
    for what in ("memory", "disk", "browser for tests", "data folder"):
        assert found[what].state == "warning" and found[what].do, what
    monkeypatch.setattr(doctor, "_memory_bytes", lambda: 0)
    assert doctor.memory().state == "ok"


def test_memory_is_that_of_the_container(tmp_path):
    (tmp_path / "memory.max").write_text("1500000000\n")
    assert doctor._memory_bytes(tmp_path / "memory.max") == 1_500_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert doctor._memory_bytes(tmp_path / "memory.max") == doctor._memory_bytes(tmp_path / "no")


@pytest.mark.parametrize(
    "states, code, says",
    [
        (["ok", "ok"], 0, "Everything works."),
        (["ok", "warning"], 0, "The NumPy part works."),
        (["warning", "error"], 1, "The course does not run yet: 1 to mend"),
    ],
)
def test_doctors_exit_code(monkeypatch, states, code, says):
    found = [doctor.Finding(state, f"part {i}", "so", "do this") for i, state in enumerate(states)]
    monkeypatch.setattr(doctor, "examine", lambda: found)
    result = CliRunner().invoke(cli.app, ["doctor"])
    assert result.exit_code == code
    assert says in result.output
    assert result.output.count("-> do this") == len(states)

"""The loaders and the split by patient.  The catalogue: test_registry.py, test_download.py."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import wfdb
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets

import medai_course.data as data
from medai_course.data import ecg_scipy, mitdb, registry
from medai_course.data.base import Dataset


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.needs_data(name)) for name in registry.names("public")],
)
def test_real_files_have_the_registered_checksums(name):
    before = sorted((p, p.stat().st_mtime_ns) for p in (registry.data_dir() / name).iterdir())
    assert len(data.fetch(name)) == len(registry.entry(name).default_files)
    assert before == sorted(
        (p, p.stat().st_mtime_ns) for p in (registry.data_dir() / name).iterdir()
    )


def test_wdbc_codes_malignant_as_one():
    loaded, source = data.load_wdbc(), datasets.load_breast_cancer()
    assert loaded.y.sum() == 212 and loaded.target_names[1] == "malignant"
    np.testing.assert_array_equal(loaded.y, 1 - source.target)
    np.testing.assert_array_equal(loaded.X, source.data)
    assert (
        loaded.X["mean radius"][loaded.y == 1].mean()
        > loaded.X["mean radius"][loaded.y == 0].mean()
    )


def test_diabetes_is_in_original_units():
    loaded = data.load_diabetes()
    assert loaded.X.shape == (442, 10) and tuple(loaded.X.columns) == loaded.feature_names
    assert (loaded.X["age (years)"].min(), loaded.X["age (years)"].max()) == (19, 79)
    assert loaded.y.name == loaded.target_names[0] and (loaded.y.min(), loaded.y.max()) == (25, 346)
    # the fourth blood test is the ratio of the first to the third: names and columns agree
    ratio = loaded.X["total cholesterol (mg/dL)"] / loaded.X["hdl (mg/dL)"]
    np.testing.assert_array_equal(loaded.X, datasets.load_diabetes(scaled=False).data)
    rounded = np.abs(ratio - loaded.X["total cholesterol / hdl"]) <= 0.501
    assert rounded.mean() > 0.97


@pytest.mark.parametrize("load", [data.load_wdbc, data.load_diabetes])
def test_installed_tables_have_one_row_a_patient_and_nothing_missing(load):
    loaded = load()
    assert len(set(loaded.patient_ids)) == len(loaded) == len(loaded.X)
    assert loaded.X.notna().all(axis=None) and loaded.y.notna().all()


@pytest.mark.needs_data("mitdb")
def test_mitdb_has_the_published_beats():
    loaded = data.load_mitdb()
    beats = [pd.Series(r.beat_symbols).value_counts().to_dict() for r in loaded.X]
    assert beats[0] == {"N": 2239, "A": 33, "V": 1}
    assert beats[1] == {"N": 1543, "V": 444}
    assert beats[2] == {"N": 1743, "V": 826, "A": 30, "F": 2}
    first = loaded.X[0]
    assert first.ecg.shape == (650_000, 2) and first.lead_names == ("MLII", "V5")
    assert (first.sampling_rate, round(first.duration)) == (360, 1806)
    assert first.beat_samples[0] == 77 and np.all(np.diff(first.beat_samples) > 0)
    assert first.ecg[0].tolist() == [-0.145, -0.065]  # mV: (995 - 1024) / 200, (1011 - 1024) / 200
    assert loaded.patient_ids.tolist() == ["mitdb-100", "mitdb-119", "mitdb-200"]
    assert data.flutter_intervals("200").shape == (0, 2)


@pytest.mark.needs_data("mitdb")
def test_mitdb_keeps_the_leads_asked_for():
    both, one = data.load_mitdb([100]).X[0], data.load_mitdb(["100"], leads=["V5"]).X[0]
    assert one.lead_names == ("V5",)
    np.testing.assert_array_equal(one.ecg[:, 0], both.ecg[:, 1])
    with pytest.raises(ValueError, match="record 100 has MLII and V5, got"):
        data.load_mitdb(["100"], leads=["V1"])


@pytest.mark.parametrize(
    ("records", "words"),
    [(["100", "1O1"], "no record 1O1.*There are: 100, 101"), ([], "got"), ("100", "sequence")],
)
def test_mitdb_refuses_records_that_do_not_exist(records, words):
    with pytest.raises(ValueError, match=f"records must .*{words}"):
        data.load_mitdb(records)


def write_record(folder, name, samples, symbols):
    signal = np.zeros((2000, 2))
    wfdb.wrsamp(
        name, 360, ["mV", "mV"], ["MLII", "V1"], signal, fmt=["212", "212"], write_dir=str(folder),
        adc_gain=[200, 200], baseline=[1024, 1024],
    )  # fmt: skip
    wfdb.wrann(name, "atr", np.array(samples), np.array(symbols), write_dir=str(folder))


@pytest.fixture
def made_up_records(tmp_path, monkeypatch):
    """Records 201, 202 and 207 with invented marks."""
    marks = [10, 100, 150, 200, 300, 400, 500, 600, 700]
    for name in ("201", "202", "207"):
        write_record(tmp_path, name, marks, ["+", "N", "~", "V", "[", "!", "]", "Q", "["])
    monkeypatch.setattr(mitdb, "fetch", lambda _, files: [tmp_path / file for file in files])


def test_mitdb_keeps_beats_and_drops_rhythm_and_noise(made_up_records):
    loaded = data.load_mitdb(["201", "202", "207"])
    assert loaded.X[0].beat_samples.tolist() == [100, 200, 600]
    assert loaded.X[0].beat_symbols.tolist() == ["N", "V", "Q"]
    assert loaded.patient_ids.tolist() == ["mitdb-201", "mitdb-201", "mitdb-207"]
    train, test = loaded.split(random_state=0)
    assert sorted([len(train), len(test)]) == [1, 2]


def test_flutter_lasts_from_bracket_to_bracket_or_to_the_end(made_up_records):
    assert data.flutter_intervals("207").tolist() == [[300, 500], [700, 2000]]


@pytest.mark.needs_data("ecg_scipy")
def test_ecg_scipy_is_what_scipy_returns():
    (recording,) = data.load_ecg_scipy().X
    assert recording.ecg.shape == (108_000, 1) and recording.duration == 300
    # as printed in the documentation of scipy.datasets.electrocardiogram
    assert recording.ecg[:3, 0].tolist() == [-0.245, -0.215, -0.185]
    assert recording.ecg.mean() == pytest.approx(-0.16510875, abs=1e-12)
    assert recording.ecg.std() == pytest.approx(0.5992473991177294, abs=1e-12)
    assert len(recording.beat_samples) == len(recording.beat_symbols) == 0


class Bomb:
    def __reduce__(self):
        return (Path.touch, (Path("exploded"),))


def test_pickles_are_refused_and_never_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("ecg.npz", ecg=np.array([Bomb()], dtype=object))
    monkeypatch.setattr(ecg_scipy, "fetch", lambda *_: [tmp_path / "ecg.npz"])
    with pytest.raises(ValueError, match="allow_pickle=False"):
        data.load_ecg_scipy()
    assert not (tmp_path / "exploded").exists()


# the split by patient


@settings(deadline=None)  # other tests run beside it
@given(
    owners=st.lists(st.integers(0, 12), min_size=2, max_size=60).filter(lambda o: len(set(o)) > 1),
    test_size=st.floats(0.01, 0.99),
    seed=st.integers(0, 2**32 - 1),
    shape=st.sampled_from(["table", "array", "list"]),
)
def test_no_patient_is_on_both_sides_of_a_split(owners, test_size, seed, shape):
    rows = np.arange(len(owners))
    X = {"table": pd.DataFrame({"row": rows}), "array": rows[:, None], "list": list(rows)}[shape]
    ids = np.array([f"p{i}" for i in owners])
    y = pd.Series(rows) if shape == "table" else rows
    whole = Dataset(X, y, ids, registry.statement("wdbc"))
    train, test = whole.split(test_size, seed)
    assert not set(train.patient_ids) & set(test.patient_ids)
    assert len(train) and len(test)
    for part in (train, test):  # rows, outcomes and owners still belong together
        kept = np.asarray(part.X).ravel()
        np.testing.assert_array_equal(kept, np.asarray(part.y))
        np.testing.assert_array_equal(ids[kept], part.patient_ids)
    assert sorted([*train.y, *test.y]) == rows.tolist()
    again = whole.split(test_size, seed)[1]
    np.testing.assert_array_equal(again.patient_ids, test.patient_ids)


@settings(deadline=None)
@given(rows=st.lists(st.integers(0, 9), max_size=20))
def test_take_keeps_rows_outcomes_and_owners_together(rows):
    ids = np.array([f"p{i // 2}" for i in range(10)])
    whole = Dataset(list(range(10)), np.arange(10), ids, registry.statement("wdbc"))
    part = whole.take(np.array(rows, dtype=int))
    assert part.X == rows == part.y.tolist() and part.patient_ids.tolist() == ids[rows].tolist()
    mask = np.isin(np.arange(10), rows)
    assert whole.take(mask).X == sorted(set(rows))


def test_a_data_set_that_cannot_be_split_says_why():
    whole = Dataset([1, 2, 3], None, np.array(["a", "a", "b"]), registry.statement("wdbc"))
    for share in (0, 1, -0.5, np.nan):
        with pytest.raises(ValueError, match="test_size must be between 0 and 1"):
            whole.split(share)
    with pytest.raises(ValueError, match="needs at least two patients"):
        whole.take(np.array([0, 1])).split()
    with pytest.raises(ValueError, match=r"must have the same length, got \[2, 3\]"):
        Dataset([1, 2], None, whole.patient_ids, whole.statement)

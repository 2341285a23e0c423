"""Continuous glucose: values on a five-minute grid, spells of wearing, whose they are."""

import numpy as np
import pandas as pd
import pytest

import medai_course.data as data
from medai_course.data import cgm_hall2018


@pytest.fixture
def people(tmp_path, monkeypatch):
    """Writes files of one person each as the study's repository lays them out."""

    def write(**readings):
        paths = []
        for person, rows in readings.items():
            path = tmp_path / f"_{person.replace('_', '-')}_data.csv"
            lines = [f"{i},{time},EGV,,x,,,{value}" for i, (time, value) in enumerate(rows)]
            head = ",timestamp,Event Type,Event Subtype,Patient Info,Device Info,Source,glucose"
            path.write_text("\n".join([head, *lines]) + "\n")
            paths.append(path)
        monkeypatch.setattr(cgm_hall2018, "fetch", lambda _: paths)

    return write


def test_values_go_to_the_nearest_point_of_the_grid_and_gaps_stay_empty(people):
    people(
        a_1=[
            ("2020-01-01T00:00:14", 100),
            ("2020-01-01T00:05:15", 110),
            ("2020-01-01T00:14:00", 120),
            ("2020-01-01T00:15:59", 140),
            ("2020-01-01T00:25:14", 90),
        ]
    )
    (series,) = data.load_cgm_hall2018().X
    expected = [100, 110, np.nan, 130, np.nan, 90]
    np.testing.assert_array_equal(series, expected)
    assert series.index[1] - series.index[0] == pd.Timedelta(minutes=5)
    assert series.index[0] == pd.Timestamp("2020-01-01 00:00:14")
    assert series.index.freqstr == "5min" and series.name == "glucose (mg/dL)"


def test_a_long_pause_begins_a_new_series_of_the_same_person(people):
    days = [("2020-01-01T00:00:00", 90), ("2020-01-03T00:00:01", 95), ("2020-01-03T00:05:01", 96)]
    people(a_1=days, b_2=days[:1])
    loaded = data.load_cgm_hall2018()
    assert loaded.patient_ids.tolist() == ["hall2018-a-1", "hall2018-a-1", "hall2018-b-2"]
    assert [len(s) for s in loaded.X] == [1, 2, 1]
    assert [len(s) for s in data.load_cgm_hall2018(max_gap=72).X] == [578, 1]
    for seed in range(5):
        train, test = loaded.split(0.5, seed)
        assert not set(train.patient_ids) & set(test.patient_ids)


@pytest.mark.parametrize("gap", [0, -1, np.nan, True, "24"])
def test_a_pause_must_be_a_time(gap):
    with pytest.raises(ValueError, match="max_gap must be a number of hours > 0"):
        data.load_cgm_hall2018(gap)


def test_a_damaged_file_is_named(people):
    people(a_1=[("2020-01-01T00:00:00", "Low")])
    with pytest.raises(ValueError, match=r"_a-1_data.csv is not a table of timestamp and glucose"):
        data.load_cgm_hall2018()
    people(a_1=[("yesterday", 90)])
    with pytest.raises(ValueError, match="is not a table of timestamp and glucose"):
        data.load_cgm_hall2018()


@pytest.mark.needs_data("cgm_hall2018")
def test_the_study_has_57_people_and_all_its_values():
    loaded = data.load_cgm_hall2018()
    assert len(set(loaded.patient_ids)) == 57 and 57 < len(loaded) < 80
    values = np.concatenate([series.dropna().to_numpy() for series in loaded.X])
    assert len(values) == 105_425 - 9 - 12  # nine are missing, twelve share a point of the grid
    assert (values.min(), values.max()) == (40, 303)  # the sensor's floor, and the highest
    assert 95 < values.mean() < 105
    for series in loaded.X:
        assert series.index.is_monotonic_increasing and series.index.freqstr == "5min"
        assert not series.iloc[[0, -1]].isna().any()

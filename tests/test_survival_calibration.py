"""Calibration and decision curves of censored patients: our own curves, and the uncensored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medai_course.evaluation import (
    decision_curve,
    survival_at,
    survival_calibration_curve,
    survival_decision_curve,
)
from medai_course.scratch.survival import KaplanMeier
from tests.survival_data import TRIALS, random_times

patients = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=40)


@given(patients, st.integers(0, 9))
def test_survival_at_one_time_is_the_curve_of_kaplan_and_meier(rows, horizon):
    time, event = np.array(rows, float).T
    curve = KaplanMeier().fit(time, event)
    expected = curve.predict([horizon])[0]
    if np.isnan(expected):
        with pytest.raises(ValueError, match="the horizon"):
            survival_at(time, event, horizon)
        return
    found = survival_at(time, event, horizon)
    assert found.value == pytest.approx(expected, abs=1e-12)
    if 0 < expected < 1:
        step = np.searchsorted(curve.times_, horizon, side="right") - 1
        limits = curve.confidence_interval_[:, step]
        np.testing.assert_allclose([found.low, found.high], limits, rtol=1e-9)
    else:
        assert np.isnan([found.low, found.high]).all()


def test_groups_hold_everyone_once_and_are_judged_by_their_own_curve():
    _, time, event, _ = TRIALS["gbsg2"]
    predicted = np.random.default_rng(0).random(len(time))
    table = survival_calibration_curve(time, event, predicted, 1826, n_bins=4)
    assert table["n"].sum() == len(time) and len(table) == 4
    cuts = np.quantile(predicted, [0.25, 0.5, 0.75])
    for k, row in enumerate(table.itertuples()):
        group = np.searchsorted(cuts, predicted) == k
        assert row.n == group.sum()
        assert row.predicted == pytest.approx(predicted[group].mean())
        assert row.observed == survival_at(time[group], event[group], 1826)


def test_who_dies_and_is_censored_counts():
    """Of 4, one dies at 1, one is censored at 2, one dies at 3: S(3) = 3/4 x 1/2."""
    time, event = [1, 2, 3, 4], [1, 0, 1, 0]
    table = survival_calibration_curve(time, event, [0.5] * 4, 3, n_bins=1)
    assert table["observed"][0].value == pytest.approx(3 / 8)
    wide, narrow = (survival_at(time, event, 3, level) for level in (0.95, 0.5))
    assert wide.low < narrow.low < 3 / 8 < narrow.high < wide.high


def test_without_censoring_the_decision_curve_is_the_usual_one():
    time = np.random.default_rng(1).exponential(5, 200)
    risk = {"a": np.random.default_rng(2).random(200), "b": np.exp(-time / 5)}
    thresholds = [0.0, 0.1, 0.37, 0.8]
    found = survival_decision_curve(time, np.ones(200), risk, 4.0, thresholds)
    usual = decision_curve(time <= 4, risk, thresholds)
    np.testing.assert_allclose(found, usual[found.columns], rtol=0, atol=1e-12)
    assert list(found.columns) == ["a", "b", "treat all", "treat none"]


def test_the_decision_curve_is_its_formula():
    time, event = random_times(300, 3)
    risk = np.round(np.random.default_rng(5).random(300), 1)
    found = survival_decision_curve(time, event, risk, 6.0, [0.4])["model"].iloc[0]
    treated = risk >= 0.4
    S = KaplanMeier().fit(time[treated], event[treated]).predict([6.0])[0]
    assert found == pytest.approx(treated.sum() / 300 * ((1 - S) - S * 0.4 / 0.6))
    assert survival_decision_curve(time, event, 0 * risk, 6.0, [0.4])["model"].iloc[0] == 0


T, E = random_times(30, 2)


@pytest.mark.parametrize(
    "survival, horizon, words",
    [
        (np.full(30, 1.2), 1.0, "survival must hold probabilities"),
        (np.full(29, 0.5), 1.0, "one entry an observation"),
        (np.full(30, 0.5), -1.0, "horizon must be a time ≥ 0"),
        (np.full(30, 0.5), np.nan, "horizon must be a time ≥ 0"),
    ],
)
def test_bad_input(survival, horizon, words):
    with pytest.raises(ValueError, match=words):
        survival_calibration_curve(T, E, survival, horizon)


@pytest.mark.parametrize(
    "risk, thresholds, words",
    [
        (np.full(30, -0.1), [0.1], "must hold probabilities"),
        (np.full(30, 0.5), [1.0], "at least 0 and below 1"),
        ({"treat all": np.full(30, 0.5)}, [0.5], "like a strategy"),
    ],
)
def test_bad_decisions(risk, thresholds, words):
    with pytest.raises(ValueError, match=words):
        survival_decision_curve(T, E, risk, 1.0, thresholds)


def test_a_horizon_that_nobody_reached():
    with pytest.raises(ValueError, match="the chance to be followed up is 0 or unknown at 9"):
        survival_at([1, 2, 3], [1, 0, 0], 9)
    assert survival_at([1, 2, 3], [1, 0, 1], 9).value == 0

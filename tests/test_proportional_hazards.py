"""Schoenfeld residuals and the test of proportional hazards: R's, and the definitions."""

import numpy as np
import pandas as pd
import pytest

from medai_course.evaluation import proportional_hazards_test, schoenfeld_residuals
from medai_course.scratch.cox import CoxPH
from tests.survival_data import TRIALS, random_times


def veterans():
    _, time, event, frame = TRIALS["veterans_lung_cancer"]
    X = pd.DataFrame(
        {
            "trt": frame.Treatment == "test",
            "prior": frame.Prior_therapy == "yes",
            "karno": frame.Karnofsky_score,
        }
    ).astype(float)
    return X, time, event


def patients(n=60, d=3, distinct=None, seed=0):
    time, event = random_times(n, seed, distinct)
    X = np.random.default_rng(seed).normal(size=(n, d)) * [1, 20, 0.1][:d]
    coef = CoxPH().fit(X, np.column_stack([time, event])).coef_
    return X, time, event, coef


def test_the_veterans_are_tested_as_in_r():
    """cox.zph(coxph(Surv(time, status) ~ trt + prior + karno, veteran)) of survival 3, printed."""
    X, time, event = veterans()
    coef = CoxPH().fit(X, np.column_stack([time, event])).coef_
    table = proportional_hazards_test(X, time, event, coef)
    assert list(table.index) == ["trt", "prior", "karno", "all"]
    np.testing.assert_allclose(table["chi2"], [0.288, 2.168, 12.138, 18.073], rtol=0, atol=5e-4)
    np.testing.assert_allclose(table["p_value"], [0.59125, 0.14087, 0.00049, 0.00042], atol=5e-6)
    assert list(table["df"]) == [1, 1, 1, 3]


@pytest.mark.parametrize("distinct", [None, 8])
def test_residuals_are_their_definition(distinct):
    X, time, event, coef = patients(distinct=distinct)
    found = schoenfeld_residuals(X, time, event, coef)
    w, k = np.exp(X @ coef), 0
    for t in np.unique(time[event == 1]):
        tied = np.flatnonzero((time == t) & (event == 1))
        weights = [w * (time >= t) for _ in tied]
        for gone, weight in enumerate(weights):
            weight[tied] *= 1 - gone / len(tied)
        mean = np.mean([weight @ X / weight.sum() for weight in weights], axis=0)
        for i in tied:
            assert found.times[k] == t
            np.testing.assert_allclose(found.residuals[k], X[i] - mean, rtol=1e-9, atol=1e-9)
            k += 1
    assert k == len(found.times)


@pytest.mark.parametrize("distinct", [None, 8])
def test_residuals_of_a_fit_add_up_to_nothing_and_the_scaled_to_the_coefficients(distinct):
    X, time, event, coef = patients(distinct=distinct)
    found = schoenfeld_residuals(X, time, event, coef)
    np.testing.assert_allclose(found.residuals.sum(0), 0, atol=1e-7)
    np.testing.assert_allclose(found.scaled.mean(0), coef, rtol=1e-7, atol=1e-9)


def test_scaled_residuals_are_in_units_of_the_coefficient():
    """One feature: the inverse of the information is the squared standard error."""
    X, time, event, _ = patients(d=1, distinct=8)
    model = CoxPH().fit(X, np.column_stack([time, event]))
    found = schoenfeld_residuals(X, time, event, model.coef_)
    step = event.sum() * model.std_error_**2 * found.residuals
    np.testing.assert_allclose(found.scaled, model.coef_ + step, rtol=1e-6, atol=1e-9)


def test_units_and_an_added_constant_change_no_test():
    X, time, event, coef = patients()
    units, shift = np.array([1e-4, 3.0, 1e5]), np.array([1e3, -5.0, 2e7])
    one = proportional_hazards_test(X, time, event, coef)
    other = proportional_hazards_test(X * units + shift, time, event, coef / units)
    np.testing.assert_allclose(other["chi2"], one["chi2"], rtol=1e-5)
    residuals = schoenfeld_residuals(X, time, event, coef)
    moved = schoenfeld_residuals(X * units + shift, time, event, coef / units)
    np.testing.assert_allclose(moved.scaled * units, residuals.scaled, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("transform", ["km", "rank", "log", "identity"])
def test_an_effect_that_turns_is_found_and_a_steady_one_is_not(transform):
    """Exponential times; from day 1 on the hazard ratio of x is 1/e instead of e, or stays e."""
    rng = np.random.default_rng(4)
    x, load = rng.integers(0, 2, 800).astype(float), rng.exponential(size=800)
    early = load / np.exp(x)
    turned = np.where(early < 1, early, 1 + (load - np.exp(x)) / np.exp(-x))
    for time, holds in ((early, True), (turned, False)):
        y = np.column_stack([time, np.ones(800)])
        coef = CoxPH().fit(x[:, None], y).coef_
        p = proportional_hazards_test(x[:, None], *y.T, coef, transform)["p_value"].loc[0]
        assert p > 0.05 if holds else p < 1e-4


X, T, E, B = patients(30)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((X[:, 0], T, E, B), r"X must have a row for each of the 30 patients, got shape \(30,\)"),
        ((X[:5], T, E, B), "X must have a row for each of the 30 patients"),
        ((np.where(X > 1, np.nan, X), T, E, B), "X is NaN or infinite"),
        ((X, T, E, B[:2]), "coef must have an entry for each of 3 features"),
        ((X, -T, E, B), "time must be ≥ 0"),
        ((X, T, E + 1, B), "event must be 1"),
        ((X, T, 0 * E, B), "event holds no event"),
        ((X * [1, 1, 0], T, E, B), "constant or linearly dependent"),
        ((X[:, [0, 1, 1]], T, E, B), "constant or linearly dependent"),
    ],
)
def test_bad_input(arguments, words):
    for function in (schoenfeld_residuals, proportional_hazards_test):
        with pytest.raises(ValueError, match=words):
            function(*arguments)


def test_bad_transforms():
    with pytest.raises(ValueError, match=r"transform must be one of .*got 'square'"):
        proportional_hazards_test(X, T, E, B, "square")
    with pytest.raises(ValueError, match="every event at a time > 0"):
        proportional_hazards_test(X, T * (T > T[E == 1].min()), E, B, "log")
    with pytest.raises(ValueError, match="all events are at one time"):
        proportional_hazards_test(X, np.ones(30), E, B)

"""Calibration and decision curves against scikit-learn, the definitions and exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
import sklearn.calibration
import sklearn.metrics
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from medai_course.evaluation import (
    brier_decomposition,
    brier_score,
    calibration_curve,
    decision_curve,
    delong_interval,
    expected_calibration_error,
    logistic_recalibration,
    net_benefit,
    patient_bootstrap,
    subgroup_table,
    wilson_interval,
)

patients = st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=1, max_size=60)


def risks(n=500, seed=0, slope=1.0, shift=0.0):
    """Events at true risks, and predictions whose log odds are (true - shift) / slope."""
    rng = np.random.default_rng(seed)
    L = rng.normal(-1, 1.2, n)
    return (rng.random(n) < expit(L)).astype(int), expit((L - shift) / slope)


# ---- Brier score and curve ----


def test_brier_score_is_scikit_learns_and_takes_patients():
    y, p = risks()
    assert brier_score(y, p) == pytest.approx(sklearn.metrics.brier_score_loss(y, p), abs=1e-15)
    interval = patient_bootstrap(
        brier_score, y, p, patient_ids=np.arange(500) // 2, n_resamples=200
    )
    assert interval.low < brier_score(y, p) < interval.high
    assert brier_score([1, 1], [1.0, 0.5]) == 0.125  # one class alone will do


@settings(max_examples=100, deadline=None)
@given(patients, st.integers(1, 12))
def test_the_parts_of_the_brier_score_add_up(rows, n_bins):
    y, tenths = np.array(rows, int).T
    exact = brier_decomposition(y, tenths / 10)
    groups = {t: [int(e) for e, s in zip(y, tenths) if s == t] for t in tenths}
    base = Fraction(int(y.sum()), len(y))
    share = {t: Fraction(sum(g), len(g)) for t, g in groups.items()}
    reliability = sum(len(g) * (Fraction(int(t), 10) - share[t]) ** 2 for t, g in groups.items())
    resolution = sum(len(g) * (share[t] - base) ** 2 for t, g in groups.items())
    assert exact.reliability == pytest.approx(float(reliability / len(y)), abs=1e-14)
    assert exact.resolution == pytest.approx(float(resolution / len(y)), abs=1e-14)
    assert exact.uncertainty == pytest.approx(float(base * (1 - base)), abs=1e-14)
    assert exact.within == 0
    for parts in (exact, brier_decomposition(y, tenths / 10, n_bins)):
        total = parts.reliability - parts.resolution + parts.uncertainty + parts.within
        assert total == pytest.approx(brier_score(y, tenths / 10), abs=1e-14) == parts.brier


def test_what_is_left_within_bins_is_stephensons_two_terms():
    y, p = risks(200)
    parts, within = brier_decomposition(y, p, 7), 0.0
    group = np.minimum(np.ceil(p * 7).astype(int) - 1, 6)
    for k in np.unique(group):
        g = group == k
        within += np.sum((p[g] - p[g].mean()) ** 2)
        within -= 2 * np.sum((y[g] - y[g].mean()) * (p[g] - p[g].mean()))
    assert parts.within == pytest.approx(within / 200, abs=1e-14) and abs(parts.within) > 1e-5


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
@pytest.mark.parametrize("n_bins", [1, 5, 10])
@pytest.mark.parametrize("rounded", [False, True])
def test_the_curve_is_scikit_learns(strategy, n_bins, rounded):
    y, p = risks(300)
    p = np.round(p, 1) if rounded else p
    observed, predicted = sklearn.calibration.calibration_curve(
        y, p, n_bins=n_bins, strategy=strategy
    )
    curve = calibration_curve(y, p, n_bins, strategy)
    np.testing.assert_allclose(curve.predicted, predicted, rtol=0, atol=1e-14)
    np.testing.assert_allclose([i.value for i in curve.observed], observed, rtol=0, atol=1e-14)
    assert curve.n.sum() == 300
    n, share = curve.n.iloc[-1], curve.observed.iloc[-1]
    assert share == wilson_interval(round(share.value * n), int(n))
    error = np.sum(curve.n * abs(predicted - observed)) / 300
    ours = expected_calibration_error(y, p, n_bins, strategy)
    assert ours == pytest.approx(error, abs=1e-14)


def test_calibration_error_by_hand():
    y, p = [0, 1, 1, 1, 0], [0.1, 0.2, 0.7, 0.9, 0.8]
    # below one half: 2 patients, risk 0.15, share 1/2; above: 3, risk 0.8, share 2/3
    expected = (2 * 0.35 + 3 * (0.8 - 2 / 3)) / 5
    assert expected_calibration_error(y, p, 2) == pytest.approx(expected, abs=1e-15)


# ---- slope and intercept ----


@pytest.mark.parametrize("seed", range(3))
def test_slope_and_intercept_are_the_maximum_likelihood(seed):
    y, p = risks(300, seed, slope=0.7, shift=0.4)
    slope, intercept = logistic_recalibration(y, p)
    L = logit(p)
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(L[:, None], y)
    assert slope.value == pytest.approx(model.coef_[0, 0], abs=1e-6)
    offset = lambda a: np.sum(np.logaddexp(0, a + L) - y * (a + L))
    assert intercept.value == pytest.approx(minimize(offset, 0.0, tol=1e-10).x[0], abs=1e-5)
    assert np.sum(y - expit(intercept.value + L)) == pytest.approx(0, abs=1e-10)
    a = model.intercept_[0]
    q = expit(a + slope.value * L)
    information = np.array([[np.sum(q * (1 - q) * L**k) for k in (j, j + 1)] for j in (0, 1)])
    error = np.sqrt(np.linalg.inv(information)[1, 1])
    assert (slope.high - slope.low) / 2 / 1.959963984540054 == pytest.approx(error, rel=1e-5)
    q = expit(intercept.value + L)
    width = 2 * 1.959963984540054 / np.sqrt(np.sum(q * (1 - q)))
    assert intercept.high - intercept.low == pytest.approx(width, rel=1e-9)


@settings(max_examples=80, deadline=None)
@given(patients)
def test_the_score_equations_hold_to_rounding(rows):
    y, k = np.array(rows, float).T
    p = (k + 0.5) / 11
    ill, well = p[y == 1], p[y == 0]
    assume(len(ill) and len(well) and ill.min() < well.max() and well.min() < ill.max())
    slope, intercept = logistic_recalibration(y, p)
    L = logit(p)
    assert np.sum(y - expit(intercept.value + L)) == pytest.approx(0, abs=1e-10)
    # with the slope known, one free intercept must solve both equations
    a = brentq(lambda a: np.sum(y - expit(a + slope.value * L)), -100, 100, xtol=1e-13)
    assert np.sum(L * (y - expit(a + slope.value * L))) == pytest.approx(0, abs=1e-8)


def test_slope_and_intercept_recover_what_was_done_to_the_risks():
    y, p = risks(40_000, 1, slope=0.5, shift=0.0)
    assert logistic_recalibration(y, p).slope.value == pytest.approx(0.5, abs=0.03)
    y, p = risks(40_000, 2, slope=1.0, shift=0.6)
    slope, intercept = logistic_recalibration(y, p)
    assert intercept.value == pytest.approx(0.6, abs=0.05)
    assert slope.low < 1 < slope.high


def test_the_intervals_hold_the_truth_as_often_as_they_say():
    studies = [logistic_recalibration(*risks(400, seed)) for seed in range(600)]
    for held in (
        np.mean([s.slope.low <= 1 <= s.slope.high for s in studies]),
        np.mean([s.intercept.low <= 0 <= s.intercept.high for s in studies]),
    ):
        assert 0.925 <= held <= 0.975


# ---- decision curve ----


@settings(max_examples=100, deadline=None)
@given(patients, st.integers(0, 9))
def test_net_benefit_is_its_formula(rows, tenth):
    y, tenths = np.array(rows, int).T
    odds = Fraction(tenth, 10 - tenth)
    treated = tenths >= tenth
    tp, fp = int(np.sum(y * treated)), int(np.sum((1 - y) * treated))
    expected = float((tp - fp * odds) / len(y))
    assert net_benefit(y, tenths / 10, tenth / 10) == pytest.approx(expected, abs=1e-13)


def test_a_worked_decision_curve():
    """1,000 patients, 140 with cancer; biopsy at 20 % finds 100 of them and 150 others."""
    y = np.repeat([1, 1, 0, 0], [100, 40, 150, 710])
    p = np.repeat([0.3, 0.1, 0.3, 0.1], [100, 40, 150, 710])
    curve = decision_curve(y, {"marker": p, "coin": np.full(1000, 0.14)}, [0.0, 0.2])
    assert curve.loc[0.2, "marker"] == pytest.approx(0.1 - 0.15 / 4)
    assert curve.loc[0.2, "treat all"] == pytest.approx(0.14 - 0.86 / 4)
    assert curve.loc[0.2, "treat none"] == curve.loc[0.2, "coin"] == 0
    np.testing.assert_allclose(
        curve.loc[0.0, ["marker", "coin", "treat all"]].to_numpy(float), 0.14
    )
    assert list(curve.columns) == ["marker", "coin", "treat all", "treat none"]
    assert len(decision_curve(y, p)) == 99 and curve.index.name == "threshold"


def test_true_risks_are_never_worse_than_treating_all_or_none():
    rng = np.random.default_rng(0)
    p = rng.choice(np.arange(1, 10) / 10, 100_000)
    y = (rng.random(100_000) < p).astype(int)
    curve = decision_curve(y, p, np.arange(5, 100, 10) / 100)
    best = curve[["treat all", "treat none"]].max(axis=1)
    assert (curve["model"] >= best - 0.003).all()


# ---- subgroups ----


def test_a_row_of_the_table_is_that_subgroup_alone():
    y, p = risks(400)
    sex = np.where(np.arange(400) % 3 == 0, "f", "m")
    sex[:3] = "x"
    table = subgroup_table(y, p, sex, threshold=0.4)
    assert list(table.index) == ["f", "m", "x", "all"]
    assert list(table.n) == [*(np.sum(sex == s) for s in "fmx"), 400]
    inside = sex == "f"
    row = table.loc["f"]
    assert row["AUC"] == delong_interval(y[inside], p[inside])
    assert row["events"] == y[inside].sum()
    hits = np.sum((p >= 0.4) & (y == 1) & inside)
    assert row["sensitivity"] == wilson_interval(int(hits), int(y[inside].sum()))
    cleared = np.sum((p < 0.4) & (y == 0) & inside)
    assert row["specificity"] == wilson_interval(int(cleared), int((1 - y)[inside].sum()))
    assert row["observed/expected"] == pytest.approx(y[inside].sum() / p[inside].sum())
    assert np.isnan(table.loc["x", "AUC"].value)


# ---- bad input ----

Y, P = [0, 1, 1, 0], [0.1, 0.4, 0.9, 0.5]


@pytest.mark.parametrize(
    "function",
    [brier_score, brier_decomposition, calibration_curve, expected_calibration_error]
    + [decision_curve, logistic_recalibration],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize(
    "y, p, words",
    [
        (Y, P[:3], "y_true 4, y_prob 3"),
        ([0, 1, 2, 0], P, "y_true must be 1"),
        (Y, [-3.0, 0.4, 2.0, 0.1], "y_prob must hold probabilities between 0 and 1, got -3 to 2"),
        (Y, [0.1, np.nan, 0.2, 0.3], "y_prob is NaN or infinite in 1 of 4"),
        ([], [], "at least one observation"),
    ],
)
def test_probabilities(function, y, p, words):
    with pytest.raises(ValueError, match=words):
        function(y, p)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: calibration_curve(Y, P, 0), "n_bins must be an integer ≥ 1"),
        (lambda: expected_calibration_error(Y, P, 2.5), "n_bins must be an integer ≥ 1, got 2.5"),
        (lambda: brier_decomposition(Y, P, -1), "n_bins must be an integer ≥ 1"),
        (lambda: calibration_curve(Y, P, 5, "kmeans"), "strategy must be 'quantile' or 'uniform'"),
        (lambda: logistic_recalibration(Y, [0, 0.2, 0.3, 1]), "y_prob is 0 or 1 for 2 of 4"),
        (lambda: logistic_recalibration(Y, [0.2] * 4), "y_prob is the same for everyone"),
        (lambda: logistic_recalibration(Y, [0.1, 0.8, 0.9, 0.8]), "separates the events"),
        (lambda: logistic_recalibration(Y, [0.9, 0.1, 0.2, 0.8]), "separates the events"),
        (lambda: logistic_recalibration([1, 1], [0.2, 0.3]), "y_true is 1 everywhere"),
        (lambda: logistic_recalibration(Y, P, 95), "level must be between 0 and 1"),
        (lambda: net_benefit(Y, P, 1.0), "thresholds must be at least 0 and below 1"),
        (lambda: decision_curve(Y, {"treat all": P}), "a model is named"),
        (lambda: decision_curve(Y, {"a": P, "b": P[:2]}), r"y_prob\['b'\] 2"),
        (lambda: decision_curve(Y, P, []), "thresholds must be one-dimensional"),
        (lambda: subgroup_table(Y, P, ["a", "b"]), "groups must have one entry for each of the 4"),
        (lambda: subgroup_table(Y, P, ["a", "all", "a", "a"]), 'a subgroup is named "all"'),
        (lambda: subgroup_table(Y, [2, 0, 0, 0], Y), "y_prob must hold probabilities"),
    ],
)
def test_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()

"""Metrics against scikit-learn, intervals against scipy and theory, agreement against print."""

import doctest
import inspect
import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from medai_course.evaluation import (
    Interval,
    additive,
    bland_altman,
    bootstrap,
    bootstrap_values,
    mae_difference,
    mean_absolute_error,
    mean_error,
    patient_bootstrap,
    r_squared,
    regression_report,
    root_mean_squared_error,
    skill_score,
    subgroup_report,
)


@additive(lambda total, n: total / n)
def mean(x):
    return np.asarray(x)


def cohort(n_patients, rng, between=1.0, within=1.0, sizes=(1, 8)):
    """Simulated measurements of patients who differ: values and patient ids."""
    n = rng.integers(*sizes, n_patients, endpoint=True)
    ids = np.repeat(np.arange(n_patients), n)
    return rng.normal(0, between, n_patients)[ids] + rng.normal(0, within, len(ids)), ids


# ---- the interval as a reader sees it ----


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(1.2345, 1.1, 1.37), "1.23 (95 % CI 1.10 to 1.37)"),
        (Interval(-79.7, -114.3, -45.1, 0.9), "-80 (90 % CI -114 to -45)"),
        (Interval(0.91234, 0.9101, 0.9149, 0.975), "0.9123 (97.5 % CI 0.9101 to 0.9149)"),
        (Interval(-0.001, -0.4, 0.4), "0.00 (95 % CI -0.40 to 0.40)"),
        (Interval(2.0, 2.0, 2.0), "2 (95 % CI 2 to 2)"),
        (Interval(2.34567, np.nan, np.nan), "2.346 (no interval)"),
    ],
)
def test_interval_prints_two_digits_of_its_width(interval, text):
    assert str(interval) == f"{interval}" == text


def test_interval_takes_a_format():
    assert f"{Interval(1.25, 1.11, 1.375):.1f}" == "1.2 (95 % CI 1.1 to 1.4)"


# ---- the bootstrap ----


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize("metric", [mean, np.mean], ids=["additive", "callable"])
@pytest.mark.parametrize("ties", [False, True])
def test_one_row_a_patient_is_scipys_bootstrap(metric, method, ties):
    x = np.random.default_rng(1).exponential(size=40)
    x = np.floor(2 * x) if ties else x
    ours = patient_bootstrap(metric, x, patient_ids=np.arange(40), method=method, random_state=7)
    theirs = stats.bootstrap((x,), np.mean, n_resamples=2000, method=method, rng=7, axis=-1)
    expected = theirs.confidence_interval
    assert ours.value == pytest.approx(x.mean(), rel=1e-14)
    assert (ours.low, ours.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


@pytest.mark.parametrize("method", bootstrap.METHODS)
def test_sums_and_rows_give_the_same_interval(method):
    y, ids = cohort(30, np.random.default_rng(2))
    p = y + np.random.default_rng(3).normal(size=len(y))

    def by_rows(y, p):
        return sklearn.metrics.root_mean_squared_error(y, p)

    fast = patient_bootstrap(
        root_mean_squared_error, y, p, patient_ids=ids, method=method, n_resamples=300
    )
    slow = patient_bootstrap(by_rows, y, p, patient_ids=ids, method=method, n_resamples=300)
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high), rel=1e-12)


def test_a_drawn_patient_brings_every_row_as_often_as_drawn():
    ids = np.array([3, 1, 3, 2, 3, 1])
    rows = np.arange(6)
    seen = []
    patient_bootstrap(
        lambda i, _: seen.append(i) or 0.0, rows, ids, patient_ids=ids, n_resamples=100
    )
    counts = np.array([np.bincount(i, minlength=6) for i in seen[1:]])
    assert len(counts) == 100
    for patient in (1, 2, 3):
        assert np.all(counts[:, ids == patient] == counts[:, ids == patient][:, :1])
    times_drawn = counts[:, [1, 3, 0]]
    assert np.all(times_drawn.sum(1) == 3)
    assert {0, 1, 2} <= set(times_drawn.ravel())


def test_order_of_rows_and_names_of_patients_change_nothing():
    y, ids = cohort(20, np.random.default_rng(4))
    shuffled = np.random.default_rng(5).permutation(len(y))
    names = pd.Series([f"patient {i:02d}" for i in ids])
    plain = patient_bootstrap(mean, y, patient_ids=ids)
    other = patient_bootstrap(mean, y[shuffled], patient_ids=names[shuffled])
    assert (other.low, other.high) == pytest.approx((plain.low, plain.high), rel=1e-12)


def test_spread_is_the_cluster_robust_standard_error():
    y, ids = cohort(1500, np.random.default_rng(6))
    residual = np.bincount(ids, y - y.mean())
    robust = np.sqrt(np.sum(residual**2)) / len(y)
    naive = y.std() / np.sqrt(len(y))
    values = bootstrap_values(mean, y, patient_ids=ids, n_resamples=4000)
    assert values.std() == pytest.approx(robust, rel=0.05)  # its own error is 1.1 %
    assert robust > 1.4 * naive
    interval = patient_bootstrap(mean, y, patient_ids=ids, n_resamples=4000)
    half_width = (interval.high - interval.low) / 2
    assert half_width == pytest.approx(1.96 * robust, rel=0.05)


def test_resampling_rows_misses_the_truth_too_often_and_patients_do_not():
    rng = np.random.default_rng(7)
    hits = {"patients": 0, "rows": 0}
    for study in range(300):
        y, ids = cohort(20, rng, sizes=(10, 10))
        for unit, units in {"patients": ids, "rows": np.arange(len(y))}.items():
            i = patient_bootstrap(mean, y, patient_ids=units, n_resamples=500, random_state=study)
            hits[unit] += i.low <= 0 <= i.high
    # a coverage of 95 % gives 270 to 297 of 300 (99.9 %)
    assert 270 <= hits["patients"] <= 297
    assert hits["rows"] < 220


def test_expanded_is_as_wide_as_students_t():
    x = stats.norm.ppf((np.arange(10) + 0.5) / 10)
    t = stats.t.ppf(0.975, 9) * x.std(ddof=1) / np.sqrt(10)
    widths = {}
    for method in ("expanded", "percentile"):
        i = patient_bootstrap(mean, x, patient_ids=np.arange(10), n_resamples=50_000, method=method)
        widths[method] = (i.high - i.low) / 2
    assert widths["expanded"] == pytest.approx(t, rel=0.03)
    assert widths["percentile"] < 0.85 * t


def test_large_samples_are_drawn_in_blocks_without_changing_the_draws(monkeypatch):
    y, ids = cohort(50, np.random.default_rng(8))
    expected = bootstrap_values(mean, y, patient_ids=ids, n_resamples=200)
    monkeypatch.setattr(bootstrap, "_CELLS", 333)
    again = bootstrap_values(mean, y, patient_ids=ids, n_resamples=200)
    np.testing.assert_array_equal(again, expected)


def test_example_in_the_docstring():
    assert doctest.testmod(bootstrap) == (0, 2)


def test_seeds():
    y, ids = cohort(15, np.random.default_rng(9))
    bounds = [
        patient_bootstrap(mean, y, patient_ids=ids, random_state=seed).low
        for seed in (0, 0, 1, np.random.default_rng(0))
    ]
    assert bounds[0] == bounds[1] == bounds[3] != bounds[2]


def test_any_metric_works_such_as_the_area_under_the_roc_curve():
    rng = np.random.default_rng(10)
    ids = np.repeat(np.arange(60), 3)
    disease = np.repeat(rng.random(60) < 0.5, 3)
    score = disease + rng.normal(size=180)
    i = patient_bootstrap(
        sklearn.metrics.roc_auc_score, disease, score, patient_ids=ids, n_resamples=200
    )
    assert i.value == sklearn.metrics.roc_auc_score(disease, score)
    assert 0.5 < i.low < i.value < i.high < 1


def test_resamples_without_a_value_are_counted_and_left_out():
    ids = np.arange(6)
    y = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    values = bootstrap_values(r_squared, y, y + 0.1, patient_ids=ids)
    share = np.isnan(values).mean()
    assert share == pytest.approx(2 * 0.5**6, abs=0.01)  # all drawn patients alike
    interval = patient_bootstrap(r_squared, y, y + 0.1, patient_ids=ids)
    assert interval.undefined == pytest.approx(share, rel=1e-12)
    slow = patient_bootstrap(  # raises a ValueError in the same resamples
        lambda y, p: r_squared(y, p), y, y + 0.1, patient_ids=ids
    )
    assert slow.undefined == interval.undefined
    assert slow.low == pytest.approx(interval.low)


def test_too_many_resamples_without_a_value_are_refused():
    y = np.array([0.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"no value in .* of the resamples"):
        patient_bootstrap(r_squared, y, y, patient_ids=[1, 2, 3])


def test_bca_of_a_constant_is_the_constant():
    i = patient_bootstrap(mean, np.full(9, 3.0), patient_ids=np.arange(9), method="bca")
    assert (i.value, i.low, i.high) == (3, 3, 3)


def test_bca_says_when_it_does_not_exist():
    ids = np.arange(30)  # a resample practically never holds all thirty
    with pytest.raises(ValueError, match='use method="expanded"'):
        patient_bootstrap(lambda x: len(np.unique(x)), ids, patient_ids=ids, method="bca")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"patient_ids": [1, 1, 1, 1]}, "at least two patients"),
        ({"patient_ids": [1, 2, 3]}, r"array 1 has shape \(4,\) and patient_ids has 3"),
        ({"patient_ids": [[1, 2], [3, 4]]}, "patient_ids must have one entry"),
        ({"patient_ids": ["a", "b", None, "b"]}, "patient_ids is missing in 1 of 4"),
        ({"patient_ids": [1.0, np.nan, 2.0, np.nan]}, "patient_ids is missing in 2 of 4"),
        ({"level": 95}, "level must be between 0 and 1"),
        ({"n_resamples": 10}, "n_resamples must be an integer ≥ 100"),
        ({"n_resamples": 1000.0}, "n_resamples must be an integer ≥ 100"),
        ({"method": "basic"}, "method must be one of"),
        ({"max_undefined": 1.0}, "max_undefined must be at least 0"),
        ({"metric": lambda x: np.nan}, "no value for these data"),
    ],
)
def test_bootstrap_refuses(arguments, message):
    arguments = {"metric": mean, "patient_ids": [1, 2, 3, 4]} | arguments
    with pytest.raises(ValueError, match=message):
        patient_bootstrap(arguments.pop("metric"), [1.0, 2.0, 3.0, 4.0], **arguments)


# ---- regression ----

numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 4))
pairs = st.integers(2, 60).flatmap(lambda n: arrays(np.float64, (2, n), elements=numbers))


@given(pairs)
@settings(max_examples=150, deadline=None)
def test_metrics_are_scikit_learns(pair):
    y, p = pair
    assert mean_absolute_error(y, p) == pytest.approx(
        sklearn.metrics.mean_absolute_error(y, p), rel=1e-12
    )
    assert root_mean_squared_error(y, p) == pytest.approx(
        sklearn.metrics.root_mean_squared_error(y, p), rel=1e-12
    )
    assert mean_error(y, p) == pytest.approx(
        np.mean(p - y), rel=1e-12, abs=1e-12 * np.abs(p - y).max()
    )
    assume(np.ptp(y) > 1e-6 * np.abs(y).max())
    assert r_squared(y, p) == pytest.approx(sklearn.metrics.r2_score(y, p), rel=1e-12, abs=1e-12)


@given(pairs, st.floats(0.001, 1000), numbers)
@settings(max_examples=100, deadline=None)
def test_metrics_keep_their_properties(pair, scale, shift):
    y, p = pair
    mae, rmse, bias = mean_absolute_error(y, p), root_mean_squared_error(y, p), mean_error(y, p)
    slack = 1e-12 * mae
    assert abs(bias) <= mae + slack and mae <= rmse + slack
    assert mean_error(p, y) == pytest.approx(-bias, abs=slack)
    assert mean_absolute_error(scale * y, scale * p) == pytest.approx(scale * mae, rel=1e-9)
    assert mae_difference(y, p, p) == 0
    assume(np.any(y + shift != y))
    base = y + shift
    assert skill_score(y, base, base) == 0
    assert skill_score(y, y, base) == 1
    expected = 1 - mae / mean_absolute_error(y, base)
    assert skill_score(y, p, base) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_r_squared_survives_a_large_offset_in_every_resample():
    rng = np.random.default_rng(11)
    y, ids = cohort(25, rng)
    p = y + rng.normal(size=len(y)) / 2
    plain = bootstrap_values(r_squared, y, p, patient_ids=ids)
    moved = bootstrap_values(r_squared, y + 1e7, p + 1e7, patient_ids=ids)
    np.testing.assert_allclose(moved, plain, rtol=1e-6)


def test_metrics_look_like_functions():
    assert list(inspect.signature(mean_absolute_error).parameters) == ["y_true", "y_pred"]
    assert inspect.signature(mean_absolute_error).return_annotation is float
    assert mean_absolute_error.__doc__.startswith("Mean absolute error")
    assert pickle.loads(pickle.dumps(r_squared)) is r_squared  # noqa: S301
    assert mean_absolute_error(y_true=[1, 2], y_pred=[2, 2]) == 0.5


@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([1, 2, 3], [1, 2], "lengths are: y_true 3, y_pred 2"),
        ([1, 2, np.nan], [1, 2, 3], "y_true is NaN or infinite in 1 of 3"),
        ([1, 2, 3], [np.inf, 2, -np.inf], "y_pred is NaN or infinite in 2 of 3"),
        ([[1, 2], [3, 4]], [1, 2], "y_true must be one-dimensional"),
        ([], [], "y_true must be one-dimensional with at least one observation"),
        ([1, 2], ["high", "low"], "y_pred must hold numbers only"),
    ],
)
def test_metrics_refuse(y, p, message):
    for metric in (mean_absolute_error, root_mean_squared_error, mean_error, r_squared):
        with pytest.raises(ValueError, match=message):
            metric(y, p)


def test_undefined_metrics_say_so():
    with pytest.raises(ValueError, match="y_true is constant"):
        r_squared([2, 2, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="y_baseline is right everywhere"):
        skill_score([1, 2, 3], [1, 2, 4], [1, 2, 3])


@pytest.fixture
def forecast():
    """Simulated heart rates (1/min) of 40 patients, a baseline and a better model."""
    rng = np.random.default_rng(12)
    y, ids = cohort(40, rng, 10, 5)
    shared = cohort(40, rng, 3, 1)[0][0] + rng.normal(0, 3, len(y))
    predictions = {
        "persistence": 70 + y + shared + rng.normal(0, 1.5, len(y)),
        "linear": 70 + y + 0.8 * shared + rng.normal(0, 1, len(y)),
    }
    return 70 + y, predictions, ids


def test_report_holds_every_metric_of_every_model(forecast):
    y, predictions, ids = forecast
    report = regression_report(y, predictions, ids, baseline="persistence")
    assert list(report.index) == ["persistence", "linear"]
    assert list(report) == ["MAE", "RMSE", "R2", "bias", "MAE difference", "skill"]
    for name, p in predictions.items():
        errors = p - y
        expected = {
            "MAE": np.abs(errors).mean(),
            "RMSE": np.sqrt(np.mean(errors**2)),
            "R2": sklearn.metrics.r2_score(y, p),
            "bias": errors.mean(),
        }
        assert {m: report.loc[name, m].value for m in expected} == pytest.approx(expected)
    assert report.loc["linear", "MAE"] == patient_bootstrap(
        mean_absolute_error, y, predictions["linear"], patient_ids=ids
    )
    assert str(report.loc["linear", "MAE"]) in report.to_string()
    assert report.loc["persistence", "skill"] == Interval(0, 0, 0)


def test_comparison_with_the_baseline_is_paired(forecast):
    y, predictions, ids = forecast
    report = regression_report(y, predictions, ids, baseline="persistence", random_state=3)
    draws = {
        name: bootstrap_values(mean_absolute_error, y, p, patient_ids=ids, random_state=3)
        for name, p in predictions.items()
    }
    difference = draws["linear"] - draws["persistence"]
    skill = 1 - draws["linear"] / draws["persistence"]
    tail = stats.norm.cdf(np.sqrt(40 / 39) * stats.t.ppf(0.025, 39))
    for column, values in {"MAE difference": difference, "skill": skill}.items():
        interval = report.loc["linear", column]
        expected = np.quantile(values, [tail, 1 - tail])
        assert (interval.low, interval.high) == pytest.approx(tuple(expected), rel=1e-9)
    gap = report.loc["linear", "MAE"].value - report.loc["persistence", "MAE"].value
    assert report.loc["linear", "MAE difference"].value == pytest.approx(gap)
    assert difference.std() < 0.8 * np.hypot(*(d.std() for d in draws.values()))


def test_report_of_one_array_and_other_settings(forecast):
    y, predictions, ids = forecast
    settings = {"level": 0.8, "n_resamples": 500, "method": "percentile", "random_state": 5}
    report = regression_report(y, predictions["linear"], ids, **settings)
    assert list(report.index) == ["model"] and list(report) == ["MAE", "RMSE", "R2", "bias"]
    values = bootstrap_values(
        mean_error, y, predictions["linear"], patient_ids=ids, n_resamples=500, random_state=5
    )
    low, high = np.quantile(values, [0.1, 0.9])
    assert report.loc["model", "bias"].low == pytest.approx(low)
    assert report.loc["model", "bias"].high == pytest.approx(high)
    assert report.loc["model", "bias"].level == 0.8


def test_report_refuses(forecast):
    y, predictions, ids = forecast
    with pytest.raises(ValueError, match="'mean' is not among the predictions"):
        regression_report(y, predictions, ids, baseline="mean")
    with pytest.raises(ValueError, match=r"predictions\['ridge'\] 2"):
        regression_report(y, {"ridge": [1, 2]}, ids)
    with pytest.raises(ValueError, match="at least two patients"):
        regression_report(y, predictions, np.zeros(len(y)))


def test_subgroups_are_judged_by_their_own_patients():
    y, ids = cohort(30, np.random.default_rng(13), sizes=(2, 6))
    p = y + np.random.default_rng(14).normal(size=len(y))
    groups = np.where(ids == 4, "rare", np.where(ids < 12, "men", "women"))
    report = subgroup_report(y, p, ids, groups, n_resamples=400, level=0.9)
    assert list(report.index) == ["men", "rare", "women", "all"]
    assert list(report["n_patients"]) == [11, 1, 18, 30]
    assert report["n_observations"].to_dict() == {
        **{g: np.sum(groups == g) for g in ("men", "rare", "women")},
        "all": len(y),
    }
    women = groups == "women"
    assert report.loc["women", "error"] == patient_bootstrap(
        mean_absolute_error,
        y[women],
        p[women],
        patient_ids=ids[women],
        n_resamples=400,
        level=0.9,
    )
    assert report.loc["all", "error"].value == mean_absolute_error(y, p)
    rare = report.loc["rare", "error"]
    assert rare.value == pytest.approx(np.abs(p - y)[groups == "rare"].mean())
    assert np.isnan(rare.low) and np.isnan(rare.high) and rare.level == 0.9


def test_subgroups_keep_an_order_and_may_split_a_patient():
    ids = np.repeat(np.arange(5), 4)
    y = np.arange(20.0)
    bands = pd.Series(pd.Categorical(["low", "high"] * 10, categories=["low", "high"]))
    report = subgroup_report(y, y + 1, ids, bands, metric=mean_error, level=0.9)
    assert list(report.index) == ["low", "high", "all"]
    assert list(report["n_patients"]) == [5, 5, 5]
    assert report.loc["low", "error"] == Interval(1, 1, 1, 0.9)


def test_subgroups_refuse():
    y, ids = np.arange(4.0), [1, 1, 2, 2]
    with pytest.raises(ValueError, match="groups is missing in 1 of 4"):
        subgroup_report(y, y, ids, ["a", None, "b", "a"])
    with pytest.raises(ValueError, match=r"groups must have one entry .* shape \(2,\)"):
        subgroup_report(y, y, ids, ["a", "b"])
    with pytest.raises(ValueError, match='a subgroup is named "all"'):
        subgroup_report(y, y, ids, ["all", "a", "a", "a"])
    with pytest.raises(ValueError, match="at least two patients"):
        subgroup_report(y, y, [1, 1, 1, 1], ["a", "a", "b", "b"])


# ---- agreement ----

# Bland and Altman 1986, table: peak expiratory flow, l/min, first reading with either meter
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

# Bland and Altman 2007, table 1: cardiac output of 12 patients, radionuclide ventriculography (RV)
# and impedance cardiography (IC)
CARDIAC = {
    1: "7.83 6.57 7.42 5.62 7.89 6.90 7.12 6.57 7.88 6.35",
    2: "6.16 4.06 7.26 4.29 6.71 4.26 6.54 4.09",
    3: "4.75 4.71 5.24 5.50 4.86 5.08 4.78 5.02 6.05 6.01 5.42 5.67",
    4: "4.21 4.14 3.61 4.20 3.72 4.61 3.87 4.68 3.92 5.04",
    5: "3.13 3.03 2.98 2.86 2.85 2.77 3.17 2.46 3.09 2.32 3.12 2.43",
    6: "5.92 5.90 6.42 5.81 5.92 5.70 6.27 5.76",
    7: "7.13 5.09 6.62 4.63 6.58 4.61 6.93 5.09",
    8: "4.54 4.72 4.81 4.61 5.11 4.36 5.29 4.20 5.39 4.36 5.57 4.20",
    9: "4.48 3.17 4.92 3.12 3.97 2.96",
    10: "4.22 4.35 4.65 4.62 4.74 3.16 4.44 3.53 4.50 3.53",
    11: "6.78 7.20 6.07 6.09 6.52 7.00 6.42 7.10 6.41 7.40 5.76 6.80",
    12: "5.06 4.50 4.72 4.20 4.90 3.80 4.80 3.80 4.90 4.20 5.10 4.50",
}


def cardiac(patients):
    """Columns RV, IC and patient id of the first ``patients``."""
    rows = [
        (*pair, patient)
        for patient in range(1, patients + 1)
        for pair in np.reshape(CARDIAC[patient].split(), (-1, 2)).astype(float)
    ]
    return np.array(rows).T


def share_within(z):
    return 2 * stats.norm.cdf(z) - 1


def test_lancet_example():
    result = bland_altman(MINI, WRIGHT, agreement=share_within(2))
    assert round(result.bias.value, 1) == -2.1
    assert round(result.sd.value, 1) == 38.8
    assert result.lower.value == pytest.approx(-79.7, abs=0.1)  # there from the rounded SD
    assert result.upper.value == pytest.approx(75.5, abs=0.1)
    assert (round(result.bias.low, 1), round(result.bias.high, 1)) == (-22.0, 17.8)
    # the paper's rough interval, limit ± t sqrt(3 SD² / n): -114.3 to -45.1
    rough = stats.t.ppf(0.975, 16) * np.sqrt(3 * result.sd.value**2 / 17)
    assert rough == pytest.approx((114.3 - 45.1) / 2, abs=0.1)
    exact = result.lower.high - result.lower.low
    assert exact == pytest.approx(2 * rough, rel=0.1)
    assert result.lower.value - result.lower.low > result.lower.high - result.lower.value
    assert (result.n_observations, result.n_patients) == (17, 17)
    np.testing.assert_array_equal(result.differences, np.subtract(WRIGHT, MINI))
    np.testing.assert_array_equal(result.means, np.add(WRIGHT, MINI) / 2)
    assert np.isnan(result.within_sd) and result.between_sd == result.sd.value


def test_one_pair_a_patient_has_exact_intervals():
    """Factors of one-sided normal tolerance limits, 95 % with 95 % confidence (NIST e-Handbook)."""
    for n, factor in {10: 2.911, 20: 2.396, 30: 2.220}.items():
        d = np.random.default_rng(n).normal(size=n)
        result = bland_altman(np.zeros(n), d, agreement=0.9, level=0.9)
        up = (result.upper.high - result.bias.value) / result.sd.value
        down = (result.bias.value - result.lower.low) / result.sd.value
        assert up == pytest.approx(factor, abs=6e-4)
        assert down == pytest.approx(factor, abs=6e-4)
        t = stats.ttest_1samp(d, 0).confidence_interval(0.9)
        assert (result.bias.low, result.bias.high) == pytest.approx((t.low, t.high))
        chi = np.sqrt((n - 1) * d.var(ddof=1) / stats.chi2.ppf([0.95, 0.05], n - 1))
        assert (result.sd.low, result.sd.high) == pytest.approx(tuple(chi))


def test_repeated_pairs_true_value_varies():
    """Worked example of Bland and Altman 2007, which weighs every pair the same, z = 1.96."""
    rv, ic, ids = cardiac(12)
    result = bland_altman(ic, rv, ids, weights="observations", agreement=share_within(1.96))
    assert result.within_sd**2 == pytest.approx(0.170714, abs=1e-6)
    assert result.sd.value**2 == pytest.approx(0.981336, abs=1e-6)
    assert result.between_sd**2 == pytest.approx(0.981336 - 0.170714, abs=2e-6)
    assert result.bias.value == pytest.approx(0.6021667, abs=1e-7)
    assert result.lower.value == pytest.approx(-1.339457, abs=2e-6)
    assert result.upper.value == pytest.approx(2.543790, abs=2e-6)
    d = [(rv - ic)[ids == i] for i in range(1, 13)]
    variance_ratio = stats.f_oneway(*d).statistic
    m = (60**2 - sum(len(v) ** 2 for v in d)) / (11 * 60)
    assert result.between_sd**2 == pytest.approx(
        result.within_sd**2 * (variance_ratio - 1) / m, rel=1e-12
    )
    assert (result.n_observations, result.n_patients) == (60, 12)


def test_repeated_pairs_true_value_constant():
    rv, ic, ids = cardiac(12)
    result = bland_altman(
        ic,
        rv,
        ids,
        true_value="constant",
        weights="observations",
        agreement=share_within(1.96),
    )
    assert result.within_sd**2 == pytest.approx(0.1072278 + 0.1378741, abs=1e-6)
    assert result.sd.value == pytest.approx(1.0518506, abs=1e-6)
    assert result.lower.value == pytest.approx(-1.459460, abs=2e-6)
    assert result.upper.value == pytest.approx(2.663794, abs=2e-6)


def test_repeated_pairs_intervals_of_zou():
    """His example has four of the patients; he takes the normal for the bias, not Student's t."""
    rv, ic, ids = cardiac(4)
    result = bland_altman(ic, rv, ids)
    estimates = (result.bias.value, result.lower.value, result.upper.value)
    assert estimates == pytest.approx((0.7255, -2.14, 3.59), abs=0.006)
    t, z = stats.t.ppf(0.975, 3), stats.norm.ppf(0.975)
    margin = result.bias.high - result.bias.value
    published = {"lower": (-9.83, -0.33), "upper": (1.77, 11.27)}
    for name, (low, high) in published.items():
        limit = getattr(result, name)
        bounds = np.array([limit.low, limit.high])
        from_sd = (bounds - limit.value) ** 2 - margin**2
        with_z = np.sqrt(from_sd + (margin * z / t) ** 2)
        assert limit.value - with_z[0] == pytest.approx(low, abs=0.01)
        assert limit.value + with_z[1] == pytest.approx(high, abs=0.01)


@pytest.mark.parametrize("weights", ["patients", "observations"])
def test_known_variance_components_are_found(weights):
    rng = np.random.default_rng(15)
    n = rng.integers(1, 6, 4000, endpoint=True)
    ids = np.repeat(np.arange(4000), n)
    x = rng.normal(70, 12, len(ids))
    y = x + 1 + rng.normal(0, 2, 4000)[ids] + rng.normal(0, 3, len(ids))
    result = bland_altman(x, y, ids, weights=weights)
    assert result.bias.value == pytest.approx(1, abs=0.15)
    assert result.between_sd == pytest.approx(2, rel=0.05)
    assert result.within_sd == pytest.approx(3, rel=0.03)
    assert result.upper.value == pytest.approx(1 + 1.96 * np.sqrt(13), rel=0.03)
    assert result.lower.value == pytest.approx(1 - 1.96 * np.sqrt(13), rel=0.03)
    ignoring_patients = bland_altman(x, y)
    assert ignoring_patients.bias.high - ignoring_patients.bias.low < (
        0.9 * (result.bias.high - result.bias.low)
    )


def test_known_variance_components_of_a_constant_quantity():
    rng = np.random.default_rng(16)
    ids = np.repeat(np.arange(4000), rng.integers(2, 5, 4000))
    truth = rng.normal(70, 12, 4000)[ids]
    x = truth + rng.normal(0, 2, len(ids))
    y = truth + rng.normal(0, 1.5, 4000)[ids] + rng.normal(0, 3, len(ids))
    result = bland_altman(x, y, ids, true_value="constant")
    assert result.between_sd == pytest.approx(1.5, rel=0.08)
    assert result.within_sd == pytest.approx(np.sqrt(13), rel=0.02)
    assert result.sd.value == pytest.approx(np.sqrt(13 + 1.5**2), rel=0.02)
    order = rng.permutation(len(ids))  # which readings form a pair means nothing
    paired_anew = order[np.argsort(ids[order], kind="stable")]
    again = bland_altman(x, y[paired_anew], ids, true_value="constant")
    assert again.sd.value == pytest.approx(result.sd.value, rel=1e-12)


def test_intervals_hold_the_true_limit_also_for_unequal_numbers_of_pairs():
    rng = np.random.default_rng(17)
    ids = np.repeat(np.arange(12), np.resize([1, 1, 2, 60, 4, 10], 12))
    truth = stats.norm.ppf(0.975) * np.hypot(1, 0.4)
    hits = {"patients": 0, "observations": 0}
    for _ in range(400):
        d = rng.normal(0, 1, 12)[ids] + rng.normal(0, 0.4, len(ids))
        for weights in hits:
            upper = bland_altman(0 * d, d, ids, weights=weights).upper
            hits[weights] += upper.low <= truth <= upper.high
    assert 366 <= hits["patients"] <= 394  # 95 % of 400, with 99.9 % probability
    assert hits["observations"] < 350


def test_weights_do_not_matter_for_equal_numbers_of_pairs():
    rng = np.random.default_rng(18)
    ids = np.repeat(np.arange(9), 4)
    x, y = rng.normal(size=(2, 36)) + rng.normal(size=9)[ids]
    one, other = (bland_altman(x, y, ids, weights=w) for w in ("patients", "observations"))
    for name in ("bias", "lower", "upper", "sd"):
        a, b = getattr(one, name), getattr(other, name)
        assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high), rel=1e-12)


def test_limits_are_symmetric_in_the_two_methods():
    rv, ic, ids = cardiac(12)
    one, other = bland_altman(ic, rv, ids), bland_altman(rv, ic, ids)
    assert one.lower.value == pytest.approx(-other.upper.value)
    assert one.lower.low == pytest.approx(-other.upper.high)
    assert one.lower.high == pytest.approx(-other.upper.low)


def test_patients_alike_and_pairs_alike():
    ids = np.repeat([1, 2, 3], 4)
    alike = bland_altman(np.zeros(12), np.tile([1.0, -1.0], 6), ids)
    assert alike.between_sd == 0 and alike.within_sd > 0
    assert alike.bias.value == 0 and alike.sd.low >= 0
    constant = bland_altman(np.arange(12.0), np.arange(12.0) + 2, ids)
    for limit in (constant.bias, constant.lower, constant.upper):
        assert (limit.value, limit.low, limit.high) == (2, 2, 2)


def test_agreement_prints_what_a_reader_needs():
    text = str(bland_altman(MINI, WRIGHT))
    assert text.splitlines() == [
        "bias -2 (95 % CI -22 to 18)",
        "95 % limits of agreement",
        "  lower -78 (95 % CI -124 to -53)",
        "  upper 74 (95 % CI 49 to 120)",
        "17 pairs of 17 patients",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measured": [1, 2]}, "lengths are: reference 3, measured 2"),
        ({"measured": [1, 2, np.nan]}, "measured is NaN or infinite in 1 of 3"),
        ({"patient_ids": [1, 1, 1]}, "at least two patients, got 1"),
        ({"reference": [1], "measured": [1]}, "at least two patients, got 1"),
        ({"patient_ids": [1, 2]}, "patient_ids must have one entry"),
        ({"agreement": 1.96}, "agreement must be between 0 and 1"),
        ({"level": 0}, "level must be between 0 and 1"),
        ({"true_value": "fixed"}, "true_value must be one of"),
        ({"weights": "pairs"}, "weights must be one of"),
    ],
)
def test_agreement_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        bland_altman(**{"reference": [1, 2, 3], "measured": [1, 3, 2]} | arguments)

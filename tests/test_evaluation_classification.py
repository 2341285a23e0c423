"""Tests for a disease: against scikit-learn, scipy, published examples and the definitions."""

import inspect
from fractions import Fraction

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from medai_course import evaluation
from medai_course.evaluation import (
    average_precision,
    confusion_matrix,
    delong_interval,
    delong_test,
    diagnostic_report,
    f1_score,
    negative_predictive_value,
    patient_bootstrap,
    positive_predictive_value,
    precision_recall_curve,
    predictive_values,
    roc_auc,
    roc_curve,
    sensitivity,
    specificity,
    wilson_interval,
)
from medai_course.evaluation.delong import delong_covariance

patients = st.lists(st.tuples(st.booleans(), st.integers(-4, 4)), min_size=2, max_size=60)
METRICS = {
    sensitivity: sklearn.metrics.recall_score,
    specificity: lambda y, p: sklearn.metrics.recall_score(y, p, pos_label=0),
    positive_predictive_value: sklearn.metrics.precision_score,
    negative_predictive_value: lambda y, p: sklearn.metrics.precision_score(y, p, pos_label=0),
    f1_score: sklearn.metrics.f1_score,
}


def cohort(n=200, seed=0, ties=True):
    """Disease, and two scores that tell something of it, with ties."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(int)
    y[:4] = [0, 1, 0, 1]
    scores = y[:, None] + rng.normal(size=(n, 2)) * [1.0, 1.5] + rng.normal(size=(n, 1))
    return y, *(np.round(scores, 1) if ties else scores).T


def both_classes(rows):
    y, score = np.array(rows, float).T
    assume(0 < y.sum() < len(y))
    return y, score


# ---- curves ----


@pytest.mark.parametrize("ties", [True, False])
def test_curves_and_areas_are_scikit_learns(ties):
    y, score, _ = cohort(ties=ties)
    theirs = sklearn.metrics.roc_curve(y, score, drop_intermediate=False)
    for ours, expected in zip(roc_curve(y, score), theirs):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-15)
    assert roc_auc(y, score) == pytest.approx(sklearn.metrics.roc_auc_score(y, score), abs=1e-14)
    precision, recall, thresholds = sklearn.metrics.precision_recall_curve(y, score)
    curve = precision_recall_curve(y, score)
    np.testing.assert_allclose(curve.precision, precision[-2::-1], rtol=0, atol=1e-15)
    np.testing.assert_allclose(curve.recall, recall[-2::-1], rtol=0, atol=1e-15)
    np.testing.assert_array_equal(curve.thresholds, thresholds[::-1])
    expected = sklearn.metrics.average_precision_score(y, score)
    assert average_precision(y, score) == pytest.approx(expected, abs=1e-14)


@settings(max_examples=150, deadline=None)
@given(patients)
def test_the_area_is_the_share_of_pairs_won(rows):
    y, score = both_classes(rows)
    ill, well = score[y == 1], score[y == 0]
    won = sum(Fraction(int(a > b) * 2 + int(a == b), 2) for a in ill for b in well)
    auc = roc_auc(y, score)
    assert auc == pytest.approx(float(won / (len(ill) * len(well))), abs=1e-14)
    assert roc_auc(y, -score) == pytest.approx(1 - auc, abs=1e-14)
    assert roc_auc(y, np.exp(score)) == auc
    curve = roc_curve(y, score)
    area = np.trapezoid(curve.true_positive_rate, curve.false_positive_rate)
    assert area == pytest.approx(auc, abs=1e-14)
    assert (np.diff(curve.thresholds) < 0).all()
    assert (np.diff(curve.true_positive_rate) >= 0).all()


def test_the_published_area_of_109_ct_readings():
    """Hanley and McNeil (1982), Table I: five ratings of 58 normal and 51 abnormal scans; 0.893."""
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    y = np.repeat([0, 1], [58, 51])
    rating = np.concatenate([np.repeat(np.arange(5), normal), np.repeat(np.arange(5), abnormal)])
    assert roc_auc(y, rating) == pytest.approx(0.893, abs=5e-4)
    assert delong_interval(y, rating).low == pytest.approx(0.893 - 1.96 * 0.032, abs=0.005)


def test_a_score_that_tells_nothing_gets_one_half_and_the_prevalence():
    y = np.repeat([0, 1], [30, 10])
    assert roc_auc(y, np.ones(40)) == 0.5 and average_precision(y, np.ones(40)) == 0.25


# ---- DeLong ----


def by_definition(y, *scores):
    """Structural components, pair by pair, as DeLong et al. (1988) wrote them."""
    V10, V01 = [], []
    for score in scores:
        x, z = score[y == 1][:, None], score[y == 0][None, :]
        psi = (x > z) + 0.5 * (x == z)
        V10.append(psi.mean(1))
        V01.append(psi.mean(0))
    m, n = np.sum(y == 1), np.sum(y == 0)
    aucs = np.array([v.mean() for v in V10])
    S10 = [[np.sum((a - a.mean()) * (b - b.mean())) / (m - 1) for b in V10] for a in V10]
    S01 = [[np.sum((a - a.mean()) * (b - b.mean())) / (n - 1) for b in V01] for a in V01]
    return aucs, np.array(S10) / m + np.array(S01) / n


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ties", [True, False])
def test_fast_delong_is_its_definition(seed, ties):
    y, one, other = cohort(60, seed, ties)
    aucs, V = by_definition(y, one, other, one + other)
    ours = delong_covariance(y, one, other, one + other)
    np.testing.assert_allclose(ours[0], aucs, rtol=0, atol=1e-14)
    np.testing.assert_allclose(ours[1], V, rtol=0, atol=1e-14)
    interval = delong_interval(y, one, level=0.9)
    margin = 1.6448536269514722 * np.sqrt(V[0, 0])
    assert interval.value == pytest.approx(roc_auc(y, one), abs=1e-14)
    assert interval.low == pytest.approx(aucs[0] - margin, abs=1e-12)
    assert interval.high == pytest.approx(min(1, aucs[0] + margin), abs=1e-12)
    test = delong_test(y, one, other)
    z = (aucs[0] - aucs[1]) / np.sqrt(V[0, 0] + V[1, 1] - 2 * V[0, 1])
    assert test.z == pytest.approx(z, rel=1e-9)
    assert test.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)
    assert test.difference.value == pytest.approx(aucs[0] - aucs[1], abs=1e-14)
    swapped = delong_test(y, other, one)
    assert swapped.z == pytest.approx(-test.z) and swapped.p_value == pytest.approx(test.p_value)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Binormal scores whose true area is 0.8; 1,000 studies of 60 ill and 60 others."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 60)
    shift = np.sqrt(2) * stats.norm.ppf(0.8)
    intervals = [delong_interval(y, rng.normal(size=120) + y * shift) for _ in range(1000)]
    held = np.mean([i.low <= 0.8 <= i.high for i in intervals])
    assert 0.925 <= held <= 0.97


def test_the_interval_agrees_with_the_bootstrap_over_patients():
    y, score, _ = cohort(400, seed=3)
    exact = delong_interval(y, score)
    drawn = patient_bootstrap(roc_auc, y, score, patient_ids=np.arange(400), n_resamples=400)
    assert drawn.low == pytest.approx(exact.low, abs=0.012)
    assert drawn.high == pytest.approx(exact.high, abs=0.012)


def test_where_the_variance_is_zero_there_is_no_interval():
    y = np.repeat([0, 1], 5)
    perfect = delong_interval(y, y)
    assert perfect.value == 1 and np.isnan(perfect.low) and "no interval" in str(perfect)
    same = delong_test(*cohort(50)[:2], np.exp(cohort(50)[1]))
    assert same.z == 0 and same.p_value == 1 and same.difference.value == 0
    with pytest.raises(ValueError, match="the areas differ and their variance is 0"):
        delong_test(y, y, -y)


# ---- at a threshold ----


@pytest.mark.parametrize("metric", METRICS, ids=lambda f: f.__name__)
def test_shares_are_scikit_learns(metric):
    y, score, _ = cohort()
    decision = score >= 0.5
    assert metric(y, decision) == pytest.approx(METRICS[metric](y, decision), abs=1e-15)
    interval = patient_bootstrap(
        metric, y, decision, patient_ids=np.arange(len(y)) // 2, n_resamples=200
    )
    assert interval.low < interval.value < interval.high


@pytest.mark.parametrize(
    "k, n, low, high",
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_published_intervals_of_a_share(k, n, low, high):
    """Newcombe (1998), Stat. Med. 17(8), 857-872, Table I, method 3."""
    interval = wilson_interval(k, n)
    assert (interval.low, interval.high) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.5, 0.999))
def test_wilson_is_scipys(n, share, level):
    k = round(n * share)
    ours = wilson_interval(k, n, level)
    theirs = stats.binomtest(k, n).proportion_ci(level, method="wilson")
    assert ours.low == pytest.approx(theirs.low, abs=1e-12)
    assert ours.high == pytest.approx(theirs.high, abs=1e-12)
    assert 0 <= ours.low <= ours.value <= ours.high <= 1


def test_a_report_counts_a_score_at_the_threshold_as_positive():
    y = np.array([1, 1, 1, 0, 0, 0, 0])
    score = np.array([0.9, 0.5, 0.2, 0.5, 0.1, 0.3, 0.4])
    report = diagnostic_report(y, score, 0.5)
    expected = {"sensitivity": (2, 3), "specificity": (3, 4), "PPV": (2, 3), "NPV": (3, 4)}
    for name, (k, n) in (expected | {"accuracy": (5, 7)}).items():
        assert report[name] == wilson_interval(k, n), name
    assert report["F1"].value == pytest.approx(f1_score(y, score >= 0.5)) == 2 / 3
    assert np.isnan(report["F1"].low) and report.name == "threshold 0.5"
    nobody = diagnostic_report(y, score, 2.0)
    assert np.isnan(nobody["PPV"].value) and nobody["NPV"].value == 4 / 7
    assert nobody["F1"].value == 0


@settings(max_examples=100, deadline=None)
@given(*[st.integers(1, 200)] * 4, st.floats(0.001, 0.999))
def test_predictive_values_follow_bayes(tp, fn, fp, tn, prevalence):
    sens, spec = tp / (tp + fn), tn / (tn + fp)
    ppv, npv = predictive_values(tp, fn, fp, tn, prevalence)
    positive = sens * prevalence + (1 - spec) * (1 - prevalence)
    assert ppv.value == pytest.approx(sens * prevalence / positive, rel=1e-9)
    assert npv.value == pytest.approx(spec * (1 - prevalence) / (1 - positive), rel=1e-9)
    assert 0 <= ppv.low < ppv.value < ppv.high <= 1
    own = predictive_values(tp, fn, fp, tn, (tp + fn) / (tp + fn + fp + tn))
    assert own[0].value == pytest.approx(tp / (tp + fp), rel=1e-9)
    assert own[1].value == pytest.approx(tn / (tn + fn), rel=1e-9)


def test_the_interval_at_a_prevalence_is_that_of_simulated_studies():
    rng = np.random.default_rng(0)
    tp, tn = rng.binomial(150, 0.8, 40_000), rng.binomial(250, 0.9, 40_000)
    sens, spec = tp / 150, tn / 250
    odds = np.log(sens / (1 - spec)) + np.log(0.05 / 0.95)
    (ppv, npv), z = predictive_values(120, 30, 25, 225, 0.05), 1.959963984540054
    logit = [np.log(p / (1 - p)) for p in (ppv.low, ppv.high)]
    assert (logit[1] - logit[0]) / 2 / z == pytest.approx(odds.std(), rel=0.03)
    other = np.log(spec / (1 - sens)) - np.log(0.05 / 0.95)
    logit = [np.log(p / (1 - p)) for p in (npv.low, npv.high)]
    assert (logit[1] - logit[0]) / 2 / z == pytest.approx(other.std(), rel=0.03)


def test_a_report_at_another_prevalence():
    y, score, _ = cohort(seed=1)
    report = diagnostic_report(y, score, 0.5, prevalence=0.01)
    (tn, fp), (fn, tp) = confusion_matrix(y, (score >= 0.5).astype(int)).to_numpy()
    assert (report["PPV"], report["NPV"]) == predictive_values(tp, fn, fp, tn, 0.01)
    assert report["PPV"].value < diagnostic_report(y, score, 0.5)["PPV"].value
    perfect_spec = predictive_values(5, 5, 0, 10, 0.1)[0]
    assert perfect_spec.value == 1 and np.isnan(perfect_spec.low)


def test_confusion_matrix_is_scikit_learns_with_names():
    rng = np.random.default_rng(0)
    y = rng.choice(["N", "S", "V"], 100)
    p = rng.choice(["N", "V", "F"], 100)
    table = confusion_matrix(y, p)
    assert list(table.index) == list(table.columns) == ["F", "N", "S", "V"]
    np.testing.assert_array_equal(table, sklearn.metrics.confusion_matrix(y, p))
    assert table.loc["S", "V"] == np.sum((y == "S") & (p == "V"))
    assert table.index.name == "true" and table.columns.name == "predicted"


# ---- bad input ----

Y, S = [0, 1, 1, 0], [0.1, 0.4, 0.9, 0.5]
SCORED = (roc_curve, roc_auc, precision_recall_curve, average_precision, delong_interval)


@pytest.mark.parametrize("function", [*SCORED, diagnostic_report], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "y, score, words",
    [
        (Y, S[:3], "y_true 4, y_score 3"),
        ([0, 1, 2, 0], S, "y_true must be 1 .diseased. or 0"),
        ([1, 1, 1, 1], S, "y_true is 1 everywhere"),
        (Y, [0.1, np.nan, 0.2, 0.3], "y_score is NaN or infinite in 1 of 4"),
        (Y, [[s] for s in S], "y_score must be one-dimensional"),
        ([], [], "at least one observation"),
        (["ill", "well", "ill", "well"], S, "y_true must hold numbers only"),
    ],
)
def test_scores(function, y, score, words):
    with pytest.raises(ValueError, match=words):
        function(y, score)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: delong_interval([0, 1, 1], S[:3]), "two patients of each class, got 2 ill and 1"),
        (lambda: delong_interval(Y, S, level=95), "level must be between 0 and 1"),
        (lambda: delong_test(Y, S, S[:3]), "y_other 3"),
        (lambda: sensitivity(Y, S), "y_pred must be 1 or 0; make a decision of a score"),
        (lambda: specificity([0, 2], [0, 1]), "y_true must be 1 or 0"),
        (lambda: wilson_interval(5, 4), "successes must be between 0 and n, got 5 of 4"),
        (lambda: wilson_interval(1, 4, 1.5), "level must be between 0 and 1"),
        (lambda: diagnostic_report(Y, S, np.nan), "threshold must be a finite number"),
        (lambda: diagnostic_report(Y, S, prevalence=5), "prevalence must be between 0 and 1"),
        (lambda: predictive_values(1, 1, 1, 1, 0), "prevalence must be between 0 and 1"),
        (lambda: confusion_matrix(Y, Y[:3]), "y_pred must have one entry for each of the 4"),
        (lambda: confusion_matrix([0, None], [0, 1]), "y_true is missing in 1 of 2"),
    ],
)
def test_arguments(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_share_of_nobody_is_undefined():
    assert np.isnan(sensitivity([0, 0], [0, 1])) and np.isnan(positive_predictive_value([1], [0]))
    nobody = wilson_interval(0, 0)
    assert np.isnan([nobody.value, nobody.low, nobody.high]).all()


def test_every_public_function_says_what_it_does_with_types():
    for name in evaluation.__all__:
        member = getattr(evaluation, name)
        assert inspect.getdoc(member), name
        if inspect.isfunction(member):
            for parameter in inspect.signature(member).parameters.values():
                assert parameter.annotation is not parameter.empty, f"{name}: {parameter}"

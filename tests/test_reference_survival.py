"""Kaplan-Meier and log-rank against published tables, scikit-survival and the definition."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sksurv.compare import compare_survival
from sksurv.nonparametric import kaplan_meier_estimator
from sksurv.util import Surv

from tests.backends import BACKENDS, module
from tests.survival_data import DRUG, RELAPSE, TRIALS, WEEKS, random_times

OUTCOMES = {name: (time, event) for name, (_, time, event, _) in TRIALS.items()} | {
    "few times": random_times(300, distinct=9),
    "all events": random_times(50, censored=0),
    "one patient": (np.array([3.0]), np.array([1])),
    "no event": (np.array([3.0, 0.0, 5.0]), np.zeros(3, int)),
}
patients = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


@pytest.fixture(params=BACKENDS)
def KaplanMeier(request):
    return module(request.param, "survival").KaplanMeier


@pytest.fixture(params=BACKENDS)
def log_rank_test(request):
    return module(request.param, "log_rank").log_rank_test


def test_the_published_curve_of_6_mp(KaplanMeier):
    """Collett, Modelling Survival Data in Medical Research, and R's survfit print the same."""
    km = KaplanMeier(conf_type="log").fit(WEEKS[:21], RELAPSE[:21])
    at = np.searchsorted(km.times_, [6, 7, 10, 13, 16, 22, 23])
    survival = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    error = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    np.testing.assert_allclose(km.survival_function_[at], survival, rtol=0, atol=5e-4)
    np.testing.assert_allclose(km.std_error_[at], error, rtol=0, atol=5e-5)
    lower = [0.720, 0.653, 0.586, 0.510, 0.439, 0.337, 0.249]
    upper = [1.000, 0.996, 0.968, 0.935, 0.896, 0.858, 0.807]
    np.testing.assert_allclose(km.confidence_interval_[:, at], [lower, upper], rtol=0, atol=5e-4)
    assert km.median_ == 23
    np.testing.assert_array_equal(km.n_at_risk_[at], [21, 17, 15, 12, 11, 7, 6])


@pytest.mark.parametrize("name", OUTCOMES)
def test_curve_and_interval_are_scikit_survivals(KaplanMeier, name):
    time, event = OUTCOMES[name]
    for level in (0.95, 0.8):
        km = KaplanMeier(conf_level=level).fit(time, event)
        times, survival, limits = kaplan_meier_estimator(
            event.astype(bool), time, conf_type="log-log", conf_level=level
        )
        np.testing.assert_array_equal(km.times_, times)
        np.testing.assert_allclose(km.survival_function_, survival, rtol=0, atol=1e-14)
        limits[:, survival == 0] = np.nan
        np.testing.assert_allclose(km.confidence_interval_, limits, rtol=0, atol=1e-12)


def test_censored_at_the_time_of_an_event_were_at_risk(KaplanMeier):
    km = KaplanMeier().fit([2, 2, 2, 5, 5], [1, 0, 1, 1, 0])
    np.testing.assert_array_equal(km.n_at_risk_, [5, 2])
    np.testing.assert_array_equal(km.n_events_, [2, 1])
    np.testing.assert_array_equal(km.n_censored_, [1, 1])
    np.testing.assert_allclose(km.survival_function_, [3 / 5, 3 / 10], rtol=1e-15)


@pytest.mark.parametrize("conf_type", ["plain", "log", "log-log"])
def test_intervals_follow_their_formulas(KaplanMeier, conf_type):
    time, event = random_times(60, seed=3, distinct=20)
    km = KaplanMeier(conf_type=conf_type, conf_level=0.9).fit(time, event)
    S, z = km.survival_function_, 1.6448536269514722
    inside = (S > 0) & (S < 1)
    S, error = S[inside], km.std_error_[inside]
    by_formula = {
        "plain": lambda sign: S + sign * z * error,
        "log": lambda sign: np.exp(np.log(S) + sign * z * error / S),
        "log-log": lambda sign: np.exp(
            -np.exp(np.log(-np.log(S)) - sign * z * error / S / -np.log(S))
        ),
    }[conf_type]
    expected = np.clip([by_formula(-1), by_formula(1)], 0, 1)
    np.testing.assert_allclose(km.confidence_interval_[:, inside], expected, rtol=1e-12)
    variance = [
        sum(Fraction(int(d), int(n) * int(n - d)) for d, n in zip(km.n_events_[:k], km.n_at_risk_))
        for k in range(1, inside.sum() + 1)
    ]
    np.testing.assert_allclose(error, S * np.sqrt(np.array(variance, float)), rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(patients)
def test_without_censoring_survival_is_the_share_still_alive(rows):
    km = module("scratch", "survival").KaplanMeier().fit([t for t, _ in rows])
    alive = [np.mean([t > time for t, _ in rows]) for time in km.times_]
    np.testing.assert_allclose(km.survival_function_, alive, rtol=0, atol=1e-12)


@settings(max_examples=100, deadline=None)
@given(patients)
def test_curve_is_the_product_over_the_definition(rows):
    km = module("scratch", "survival").KaplanMeier().fit(*np.transpose(rows))
    survival = Fraction(1)
    for j, time in enumerate(km.times_):
        at_risk = sum(t >= time for t, _ in rows)
        events = sum(t == time and e for t, e in rows)
        survival *= 1 - Fraction(events, at_risk)
        assert km.survival_function_[j] == pytest.approx(float(survival), abs=1e-14)
        assert km.predict([time, time + 1e-9])[0] == km.survival_function_[j]
    table = km.risk_table(np.arange(-1, 15))
    total = table["n_at_risk"] + table["n_events"] + table["n_censored"]
    np.testing.assert_array_equal(total, len(rows))
    np.testing.assert_array_equal(
        table["n_at_risk"], [sum(t >= time for t, _ in rows) for time in range(-1, 15)]
    )


def test_predict_is_one_before_and_unknown_after_what_was_seen(KaplanMeier):
    censored_last = KaplanMeier().fit([2.0, 4.0, 6.0], [1, 1, 0])
    expected = [1, 1, 2 / 3, 2 / 3, 1 / 3, 1 / 3, np.nan]
    np.testing.assert_allclose(censored_last.predict([-1, 1.9, 2, 3, 4, 6, 6.1]), expected)
    event_last = KaplanMeier().fit([2.0, 4.0], [1, 1])
    np.testing.assert_array_equal(event_last.predict([4, 100]), [0, 0])


def test_median_and_quantiles_are_first_times_at_or_below(KaplanMeier):
    km = KaplanMeier().fit(np.arange(1.0, 11.0))
    assert km.median_ == 5.0  # S(5) is one half, less or more a rounding
    np.testing.assert_array_equal(km.quantile([0.1, 0.11, 0.25, 0.9]), [1, 2, 3, 9])
    never = KaplanMeier().fit([1.0, 2.0, 3.0, 4.0], [1, 0, 0, 0])
    assert never.median_ == np.inf and never.quantile(0.25) == 1.0
    drug = KaplanMeier().fit(WEEKS[:21], RELAPSE[:21])
    np.testing.assert_array_equal(drug.median_interval_, [13, np.inf])  # SAS and R, log-log


# ---- log-rank ----


def by_definition(time, event, group, strata):
    """Observed, expected and covariance from one hypergeometric table a time and stratum."""
    groups = np.unique(group)
    O, E, V = np.zeros(len(groups)), np.zeros(len(groups)), np.zeros((len(groups),) * 2)
    for s in np.unique(strata):
        for t in np.unique(time[(event == 1) & (strata == s)]):
            at_risk = (time >= t) & (strata == s)
            d = np.sum(event[(time == t) & (strata == s)])
            n_g = np.array([np.sum(at_risk & (group == g)) for g in groups])
            n = n_g.sum()
            O += [np.sum(event[(time == t) & (strata == s) & (group == g)]) for g in groups]
            E += d * n_g / n
            if n > 1:
                V += d * (n - d) / (n - 1) * (np.diag(n_g / n) - np.outer(n_g, n_g) / n**2)
    return O, E, V


def test_the_published_test_of_6_mp(log_rank_test):
    """R's survdiff: chi-squared 16.8, expected 19.25 and 10.75."""
    result = log_rank_test(WEEKS, RELAPSE, DRUG)
    assert result.statistic == pytest.approx(16.79294, abs=5e-6)
    assert result.p_value == pytest.approx(4.168809e-05, rel=1e-6)
    np.testing.assert_array_equal(result.observed, [9, 21])
    np.testing.assert_allclose(result.expected, [19.25, 10.75], atol=0.005)
    assert list(result.groups) == ["6-MP", "placebo"] and result.degrees_of_freedom == 1


@pytest.mark.parametrize(
    "name, column",
    [("gbsg2", "horTh"), ("gbsg2", "tgrade"), ("whas500", "gender")]
    + [("veterans_lung_cancer", "Celltype"), ("veterans_lung_cancer", "Treatment")],
)
def test_statistic_is_scikit_survivals(log_rank_test, name, column):
    _, time, event, frame = TRIALS[name]
    group = frame[column].to_numpy()
    statistic, p_value = compare_survival(Surv.from_arrays(event, time), group)
    result = log_rank_test(time, event, group)
    assert result.statistic == pytest.approx(statistic, rel=1e-10)
    assert result.p_value == pytest.approx(p_value, rel=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_strata_add_up_table_by_table(log_rank_test, seed):
    time, event = random_times(70, seed, distinct=15)
    rng = np.random.default_rng(seed)
    group, strata = rng.integers(0, 4, 70), rng.integers(0, 3, 70)
    O, E, V = by_definition(time, event, group, strata)
    result = log_rank_test(time, event, group, strata)
    np.testing.assert_array_equal(result.observed, O)
    np.testing.assert_allclose(result.expected, E, rtol=1e-12)
    chi2 = (O - E)[1:] @ np.linalg.solve(V[1:, 1:], (O - E)[1:])  # another group left out
    assert result.statistic == pytest.approx(chi2, rel=1e-10)
    assert result.degrees_of_freedom == 3


def test_a_group_gone_before_the_first_event_is_not_compared(log_rank_test):
    time, event = random_times(40, seed=5)
    group = np.arange(40) % 2
    extra = log_rank_test(np.append(time, 0), np.append(event, 0), np.append(group, 2))
    assert extra.degrees_of_freedom == 1 and extra.expected[2] == 0
    plain = log_rank_test(time, event, group)
    assert extra.statistic == pytest.approx(plain.statistic, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.booleans()), min_size=4))
def test_only_the_order_of_times_and_not_the_names_of_groups_matter(rows):
    time, event, group = np.transpose(rows).astype(int)
    test = module("scratch", "log_rank").log_rank_test
    if not by_definition(time, event, group, np.zeros(len(time)))[2].any():
        with pytest.raises(ValueError, match="nothing to compare"):
            test(time, event, group)
        return
    one = test(time, event, group)
    other = test(np.exp(time), event, np.where(group, "a", "b"))
    assert other.statistic == pytest.approx(one.statistic, rel=1e-9, abs=1e-12)
    assert one.observed.sum() == pytest.approx(one.expected.sum(), rel=1e-12)
    assert 0 <= one.p_value <= 1

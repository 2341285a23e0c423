"""Concordance, time-dependent ROC and Brier scores: scikit-survival's, and the definitions."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sksurv import metrics
from sksurv.util import Surv

from medai_course.evaluation import (
    concordance_index,
    concordance_index_ipcw,
    cumulative_dynamic_auc,
    integrated_brier_score,
    patient_bootstrap,
    roc_auc,
    survival_brier_score,
)
from medai_course.evaluation.censoring import CensoringCurve
from medai_course.scratch.cox import CoxPH
from tests.survival_data import TRIALS, random_times

patients = st.lists(
    st.tuples(st.integers(0, 8), st.booleans(), st.integers(-3, 3)), min_size=2, max_size=40
)
COHORTS = [*TRIALS, "few times", "no ties"]


def cohort(name):
    """time, event, a risk with ties, and survival curves with their times; half to train on."""
    if name in TRIALS:
        X, time, event, _ = TRIALS[name]
    else:
        time, event = random_times(300, 1, distinct=12 if name == "few times" else None)
        X = np.random.default_rng(2).normal(size=(300, 2)) - time[:, None] / 20
        event = (event == 1) | (time == time.max())  # else scikit-survival's weights are infinite
    train = np.arange(len(time)) % 2 == 0
    train[np.argmax(time)] = True
    model = CoxPH(alpha=1.0).fit(X[train], np.column_stack([time, event])[train])
    risk = np.round(model.predict(X[~train]), 1)
    low, high = np.quantile(time[~train & event], [0.1, 0.7])
    times = np.linspace(low, high, 9)
    survival = model.predict_survival_function(X[~train], times)
    return (time[train], event[train]), time[~train], event[~train], risk, times, survival


def by_definition(time, event, risk, weight=None):
    """Every pair looked at."""
    won = total = 0.0
    for i in np.flatnonzero(event):
        for j in range(len(time)):
            if time[j] > time[i] or (time[j] == time[i] and not event[j]):
                w = 1.0 if weight is None else weight[i]
                total += w
                won += w * (float(risk[i] > risk[j]) + 0.5 * float(risk[i] == risk[j]))
    return won / total if total else None


# ---- concordance ----


@pytest.mark.parametrize("name", COHORTS)
def test_concordance_is_scikit_survivals(name):
    train, time, event, risk, times, _ = cohort(name)
    expected = metrics.concordance_index_censored(event, time, risk)[0]
    assert concordance_index(time, event, risk) == pytest.approx(expected, abs=1e-12)
    surv = Surv.from_arrays(*train[::-1]), Surv.from_arrays(event, time)
    for tau in (None, times[-1], float(time[event][0])):
        expected = metrics.concordance_index_ipcw(*surv, risk, tau)[0]
        ours = concordance_index_ipcw(time, event, risk, tau, train)
        assert ours == pytest.approx(expected, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(patients)
def test_concordance_looks_at_every_pair(rows):
    time, event, risk = np.transpose(rows).astype(int)
    expected = by_definition(time, event, risk)
    if expected is None:
        with pytest.raises(ValueError, match="no pair to compare"):
            concordance_index(time, event, risk)
        return
    ours = concordance_index(time, event, risk)
    assert ours == pytest.approx(expected, abs=1e-14)
    assert concordance_index(time, event, -risk) == pytest.approx(1 - ours, abs=1e-14)
    assert concordance_index(np.exp(time), event, 3.0 * risk) == pytest.approx(ours, abs=1e-14)


@settings(max_examples=100, deadline=None)
@given(patients, st.integers(1, 8))
def test_unos_weights_are_one_over_the_square_of_the_chance_to_be_followed(rows, tau):
    time, event, risk = np.transpose(rows).astype(int)
    G = [1.0] * len(time)
    for i in range(len(time)):
        for t in np.unique(time[time <= time[i]]):
            censored = np.sum((time == t) & (event == 0))
            at_risk = np.sum(time > t) + censored
            G[i] *= 1 - censored / at_risk if censored else 1.0
    counts = (event == 1) & (time < tau)
    assume(all(G[i] > 0 for i in np.flatnonzero(counts)))
    weight = [1 / g**2 if c else 0.0 for g, c in zip(G, counts)]
    expected = by_definition(time, event, risk, weight)  # later events are outlivers only
    assume(expected is not None)
    ours = concordance_index_ipcw(time, event, risk, tau)
    assert ours == pytest.approx(expected, abs=1e-12)


def test_without_censoring_and_with_two_times_concordance_is_the_roc_area():
    rng = np.random.default_rng(0)
    time, risk = rng.integers(1, 3, 80), np.round(rng.normal(size=80), 1)
    assert concordance_index(time, np.ones(80), risk) == pytest.approx(roc_auc(time == 1, risk))
    assert concordance_index_ipcw(time, np.ones(80), risk) == pytest.approx(
        roc_auc(time == 1, risk)
    )


def test_concordance_takes_patients():
    _, time, event, risk, _, _ = cohort("gbsg2")
    interval = patient_bootstrap(
        concordance_index, time, event, risk, patient_ids=np.arange(len(time)), n_resamples=100
    )
    assert interval.low < interval.value < interval.high


# ---- time-dependent ROC ----


@pytest.mark.parametrize("name", COHORTS)
def test_dynamic_areas_are_scikit_survivals(name):
    train, time, event, risk, times, _ = cohort(name)
    surv = Surv.from_arrays(*train[::-1]), Surv.from_arrays(event, time)
    auc, mean = metrics.cumulative_dynamic_auc(*surv, risk, times)
    ours = cumulative_dynamic_auc(time, event, risk, times, train)
    np.testing.assert_allclose(ours.auc, auc, rtol=0, atol=1e-12)
    assert ours.mean == pytest.approx(mean, abs=1e-12)
    one = cumulative_dynamic_auc(time, event, risk, times[3:4], train)
    assert one.mean == one.auc[0] == pytest.approx(auc[3], abs=1e-12)


def test_without_censoring_the_dynamic_area_is_the_roc_area_of_dying_by_then():
    rng = np.random.default_rng(0)
    time, risk = rng.exponential(10, 90), np.round(rng.normal(size=90), 1)
    times = np.quantile(time, [0.2, 0.5, 0.9])
    ours = cumulative_dynamic_auc(time, np.ones(90), risk, times)
    for t, auc in zip(times, ours.auc):
        assert auc == pytest.approx(roc_auc(time <= t, risk), abs=1e-14)


# ---- Brier score ----


@pytest.mark.parametrize("name", COHORTS)
def test_brier_scores_are_scikit_survivals(name):
    train, time, event, _, times, survival = cohort(name)
    surv = Surv.from_arrays(*train[::-1]), Surv.from_arrays(event, time)
    expected = metrics.brier_score(*surv, survival, times)[1]
    ours = survival_brier_score(time, event, survival, times, train)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12)
    expected = metrics.integrated_brier_score(*surv, survival, times)
    ours = integrated_brier_score(time, event, survival, times, train)
    assert ours == pytest.approx(expected, abs=1e-12)


def test_without_censoring_it_is_the_plain_brier_score():
    rng = np.random.default_rng(0)
    time, times = rng.exponential(10, 50), np.array([1.0, 5.0, 20.0])
    survival = rng.random((50, 3))
    expected = np.mean(((time[:, None] > times) - survival) ** 2, axis=0)
    ours = survival_brier_score(time, np.ones(50), survival, times)
    np.testing.assert_allclose(ours, expected, rtol=1e-14)
    half = survival_brier_score(time, np.ones(50), np.full((50, 3), 0.5), times)
    np.testing.assert_allclose(half, 0.25)


def test_weights_make_up_for_the_censored():
    """With the true curve the weighted score is near that of the same patients uncensored."""
    rng = np.random.default_rng(0)
    scale = rng.uniform(5, 20, 20_000)
    death, lost = rng.exponential(scale), rng.exponential(25, 20_000)
    times = np.array([3.0, 8.0, 15.0])
    survival = np.exp(-times / scale[:, None])
    full = survival_brier_score(death, np.ones(20_000), survival, times)
    time, event = np.minimum(death, lost), death <= lost
    np.testing.assert_allclose(survival_brier_score(time, event, survival, times), full, atol=0.01)


def test_times_after_everyone_is_gone_need_no_survivor():
    time, event = np.array([1.0, 2.0, 3.0]), np.ones(3)
    score = survival_brier_score(time, event, np.full((3, 1), 0.2), [3.5])
    assert score == pytest.approx([0.04])


@settings(max_examples=60, deadline=None)
@given(patients)
def test_those_with_an_event_are_gone_before_those_censored_at_its_time(rows):
    time, event, _ = np.transpose(rows).astype(int)
    curve, G = CensoringCurve(time, event), 1.0
    for t, value in zip(curve.times, curve.curve[1:]):
        censored = np.sum((time == t) & (event == 0))
        G *= 1 - censored / (np.sum(time > t) + censored) if censored else 1
        assert value == pytest.approx(G, abs=1e-14)


# ---- bad input ----

T, E, R = [5.0, 3.0, 8.0, 1.0], [1, 0, 1, 1], [0.1, 0.4, -0.2, 2.0]


@pytest.mark.parametrize(
    "function",
    [
        concordance_index,
        concordance_index_ipcw,
        lambda t, e, r: cumulative_dynamic_auc(t, e, r, [4.0]),
        lambda t, e, r: survival_brier_score(t, e, np.full((len(r), 1), 0.5), [4.0]),
    ],
)
@pytest.mark.parametrize(
    "time, event, words",
    [
        ([-1.0, 3, 8, 1], E, "time must be ≥ 0, got -1"),
        ([np.nan, 3, 8, 1], E, "time is NaN or infinite in 1 of 4"),
        (T, [1, 2, 0, 1], "event must be 1"),
        (T, E[:3], "time 4, event 3"),
    ],
)
def test_outcomes(function, time, event, words):
    with pytest.raises(ValueError, match=words):
        function(time, event, R)


CURVES = np.full((4, 2), 0.5)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: concordance_index(T, E, R[:3]), "time 4, risk 3"),
        (lambda: concordance_index(T, [0] * 4, R), "no pair to compare"),
        (lambda: concordance_index([2, 2], [1, 1], [1, 2]), "no pair to compare"),
        (lambda: concordance_index_ipcw(T, E, R, tau=0), "tau must be a time > 0"),
        (lambda: concordance_index_ipcw(T, E, R, tau=1.0), "no pair to compare"),
        (lambda: concordance_index_ipcw(T, E, R, train=([1], [0])), "set an earlier tau"),
        (lambda: concordance_index_ipcw(T, E, R, train=([1], [1])), "unknown at 5"),
        (lambda: concordance_index_ipcw(T, E, R, train=([4, 2], [1, 0])), "unknown at 5"),
        (lambda: concordance_index_ipcw(T, E, R, train=(T, E, R)), "train must be a pair"),
        (lambda: cumulative_dynamic_auc(T, E, R, [4, 2]), "times must be ascending"),
        (lambda: cumulative_dynamic_auc(T, E, R, [0.5]), "times must not be before the first"),
        (lambda: cumulative_dynamic_auc(T, E, R, [8.0]), "before the end of follow-up, 8"),
        (lambda: cumulative_dynamic_auc(T, [0] * 4, R, [4.0]), "before the first event"),
        (lambda: survival_brier_score(T, E, CURVES, [4.0]), r"got shape \(4, 2\)"),
        (lambda: survival_brier_score(T, E, CURVES, [4.0, 2.0]), "times must be ascending"),
        (
            lambda: survival_brier_score(T, E, CURVES * 3, [2, 4]),
            "survival must hold probabilities",
        ),
        (lambda: survival_brier_score(T, E, CURVES * np.nan, [2, 4]), "times that the model knows"),
        (lambda: survival_brier_score(T, E, CURVES, [2, 6], ([2.5, 9], [0, 0])), None),
        (lambda: survival_brier_score(T, E, CURVES, [2, 6], ([2, 3], [0, 0])), "0 or unknown at"),
        (lambda: integrated_brier_score(T, E, CURVES[:, :1], [4.0]), "at least two times"),
    ],
)
def test_arguments(call, words):
    if words is None:  # the chance to be followed up is known where it is needed
        assert np.isfinite(call()).all()
        return
    with pytest.raises(ValueError, match=words):
        call()

"""Cox's model: derivatives, the published fits, scikit-survival's, parity and bad input."""

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.util import Surv

from medai_course.scratch import partial_likelihood
from tests.backends import BACKENDS, module
from tests.survival_data import DRUG, RELAPSE, TRIALS, WEEKS, random_times


@pytest.fixture(params=BACKENDS)
def CoxPH(request):
    return module(request.param, "cox").CoxPH


def outcome(time, event):
    return np.column_stack([time, event])


def patients(n, d, seed=0, distinct=None):
    time, event = random_times(n, seed, distinct)
    X = np.random.default_rng(seed).normal(size=(n, d))
    return X, outcome(time, event)


# ---- gradients ----


def central_difference(f, x, h=1e-6):
    return np.array([(f(x + e) - f(x - e)) / (2 * h) for e in np.eye(x.size) * h])


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("distinct", [None, 5])
@pytest.mark.parametrize("alpha", [0.0, 0.7])
def test_gradient_and_hessian(CoxPH, ties, distinct, alpha):
    X, y = patients(31, 3, distinct=distinct)
    order, risk = partial_likelihood.risk_sets(y[:, 0], y[:, 1].astype(bool), ties)
    model, penalty = CoxPH(ties=ties), alpha * np.array([1.0, 2.0, 0.5])
    inputs = model._to_backend(X[order], penalty, *risk)

    def derivatives(beta):
        return [model._to_numpy(a) for a in model._derivatives(model._to_backend(beta), *inputs)]

    beta = np.random.default_rng(1).normal(size=3)
    _, gradient, hessian = derivatives(beta)
    for analytic, k in ((gradient, 0), (hessian, 1)):
        numeric = central_difference(lambda b, k=k: derivatives(b)[k], beta)
        assert (abs(analytic - numeric) <= 1e-7 + 1e-5 * abs(numeric)).all()
    np.testing.assert_allclose(hessian, hessian.T, rtol=0, atol=1e-12)


def likelihood_by_definition(eta, time, event, ties):
    """Sum over events, each with its own loop over who is at risk."""
    total = 0.0
    for t in np.unique(time[event == 1]):
        tied = np.flatnonzero((time == t) & (event == 1))
        at_risk = np.exp(eta[time >= t]).sum()
        for k, i in enumerate(tied):
            gone = k / len(tied) * np.exp(eta[tied]).sum() if ties == "efron" else 0.0
            total += eta[i] - np.log(at_risk - gone)
    return total


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("distinct", [None, 4, 1])
def test_partial_likelihood_is_its_definition(CoxPH, ties, distinct):
    X, y = patients(25, 2, seed=3, distinct=distinct)
    model = CoxPH(ties=ties, alpha=0.3).fit(X, y)
    expected = likelihood_by_definition(model.predict(X), *y.T, ties)
    assert model.score(X, y) * y[:, 1].sum() == pytest.approx(expected, rel=1e-12)
    penalty = 0.15 * np.sum(model.coef_**2)
    assert model.loss_curve_[-1] == pytest.approx(penalty - expected, rel=1e-12)
    assert model.loss_curve_[0] == pytest.approx(
        -likelihood_by_definition(np.zeros(25), *y.T, ties), rel=1e-12
    )


def test_efron_is_the_mean_risk_of_all_orders_of_the_tied():
    """Of d tied events, the k-th has lost k average members of the tied from its risk set."""
    eta, time, event = np.array([0.3, -0.2, 1.0, 0.1]), np.array([2, 2, 2, 5]), np.ones(4)
    w = np.exp(eta)
    denominators = 0.0
    for k in range(3):
        left = [w.sum() - sum(w[list(gone)]) for gone in itertools.combinations(range(3), k)]
        denominators += np.log(np.mean(left))
    order, risk = partial_likelihood.risk_sets(time, event == 1, "efron")
    assert partial_likelihood.loss(eta[order], *risk) == pytest.approx(denominators - eta[:3].sum())


def test_expected_events_add_up_to_those_observed():
    X, y = patients(40, 1, distinct=8)
    event = y[:, 1].astype(bool)
    for ties in ("efron", "breslow"):
        order, risk = partial_likelihood.risk_sets(y[:, 0], event, ties)
        c = partial_likelihood.expected_events(X[order, 0], *risk)
        assert c.sum() == pytest.approx(event.sum()) and (c >= 0).all()


# ---- references ----


@pytest.mark.parametrize(
    "ties, coef, error, low, high, ratio_test",
    [
        ("efron", 1.5721, 0.4124, 2.147, 10.81, 16.35),
        ("breslow", 1.5092, 0.4096, 2.027, 10.094, 15.21),
    ],
)
def test_the_published_fit_of_6_mp(CoxPH, ties, coef, error, low, high, ratio_test):
    """As R's coxph prints it for Freireich's 42 patients; all four digits."""
    X = (DRUG == "placebo")[:, None].astype(float)
    model = CoxPH(ties=ties).fit(X, outcome(WEEKS, RELAPSE))
    assert model.coef_ == pytest.approx([coef], abs=5e-5)
    assert model.std_error_ == pytest.approx([error], abs=5e-5)
    assert model.hazard_ratios_ == pytest.approx([np.exp(coef)], abs=5e-4)
    np.testing.assert_allclose(model.hazard_ratio_intervals_, [[low, high]], rtol=3e-4)
    assert 2 * (model.loss_curve_[0] - model.loss_curve_[-1]) == pytest.approx(
        ratio_test, abs=0.005
    )


def test_the_published_fit_of_the_veterans(CoxPH):
    """R's coxph for Kalbfleisch and Prentice's lung cancer trial (prior therapy 0 or 1)."""
    _, time, event, frame = TRIALS["veterans_lung_cancer"]
    X = np.column_stack(
        [frame.Treatment == "test"]
        + [frame.Celltype == c for c in ("smallcell", "adeno", "large")]
        + [frame.Karnofsky_score, frame.Months_from_Diagnosis, frame.Age_in_years]
        + [frame.Prior_therapy == "yes"]
    ).astype(float)
    model = CoxPH().fit(X, outcome(time, event))
    coef = [0.2946, 0.86156, 1.19607, 0.40129, -0.032815, 8.132e-05, -0.0087065, 0.07159]
    error = [0.20755, 0.27528, 0.30092, 0.28269, 0.0055078, 0.0091361, 0.0093003, 0.23231]
    np.testing.assert_allclose(model.coef_, coef, rtol=2e-5, atol=5e-6)
    np.testing.assert_allclose(model.std_error_, error, rtol=2e-5)
    assert model.loss_curve_[0] == pytest.approx(505.4491, abs=5e-5)
    assert model.loss_curve_[-1] == pytest.approx(474.3971, abs=5e-5)


@pytest.mark.parametrize("name", TRIALS)
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("alpha", [0.0, 5.0])
def test_optimum_and_curves_are_scikit_survivals(CoxPH, name, ties, alpha):
    X, time, event, _ = TRIALS[name]
    y = Surv.from_arrays(event, time)
    theirs = CoxPHSurvivalAnalysis(alpha, ties=ties, tol=1e-14).fit(X, y)
    ours = CoxPH(ties=ties, alpha=alpha).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=0, atol=1e-8)
    hazard = theirs.cum_baseline_hazard_
    expected = hazard(ours.event_times_)
    np.testing.assert_allclose(ours.baseline_cumulative_hazard_, expected, rtol=1e-9)
    curves = np.array([f(hazard.x) for f in theirs.predict_survival_function(X[:7])])
    survival = ours.predict_survival_function(X[:7], hazard.x)
    np.testing.assert_allclose(survival, curves, rtol=0, atol=1e-9)
    cumulative = np.array([f(hazard.x) for f in theirs.predict_cumulative_hazard_function(X[:7])])
    np.testing.assert_allclose(
        ours.predict_cumulative_hazard(X[:7], hazard.x), cumulative, rtol=1e-8
    )


def test_score_test_at_zero_is_the_log_rank_test(CoxPH):
    model = CoxPH(ties="breslow", max_iter=1, tol=10)
    _, risk = partial_likelihood.risk_sets(WEEKS, RELAPSE == 1, "breslow")
    X = (DRUG == "placebo")[:, None].astype(float)
    order = np.argsort(-WEEKS, kind="stable")
    inputs = model._to_backend(X[order], np.zeros(1), *risk)
    parts = model._derivatives(model._to_backend(np.zeros(1)), *inputs)
    _, gradient, _ = (model._to_numpy(a) for a in parts)
    result = module("scratch", "log_rank").log_rank_test(WEEKS, RELAPSE, DRUG)
    assert gradient[0] == pytest.approx(result.expected[1] - result.observed[1], rel=1e-12)


def test_units_do_not_change_the_fit(CoxPH):
    X, y = patients(60, 3, seed=2, distinct=20)
    plain = CoxPH().fit(X, y)
    units = np.array([1e-6, 1.0, 1e6])
    other = CoxPH().fit(X * units + 1e3 * units, y)
    np.testing.assert_allclose(other.coef_ * units, plain.coef_, rtol=1e-9)
    np.testing.assert_allclose(other.std_error_ * units, plain.std_error_, rtol=1e-9)


def test_curves_end_where_knowledge_does(CoxPH):
    X, y = np.array([[0.0], [1.0], [0.0], [2.0]]), outcome([2.0, 3.0, 5.0, 7.0], [1, 1, 1, 0])
    model = CoxPH(alpha=1.0).fit(X, y)
    curve = model.predict_survival_function(X[:1], [0, 1.9, 2, 7, 7.1])[0]
    assert list(curve[:2]) == [1, 1] and 0 < curve[3] < curve[2] < 1 and np.isnan(curve[4])
    assert model.predict_survival_function(X).shape == (4, 3) and model.last_time_ == 7
    assert (np.diff(model.predict_cumulative_hazard(X)) > 0).all()


# ---- parity ----

SHAPES = [(30, 4), (200, 20), (2, 1), (5, 5), (400, 1)]
LEARNED = ("coef_", "std_error_", "hazard_ratios_", "hazard_ratio_intervals_", "event_times_")


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("distinct", [None, 6])
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("alpha", [0.0, 0.4])
def test_three_backends_learn_the_same(shape, distinct, ties, alpha):
    X, y = patients(*shape, seed=1, distinct=distinct)
    y[0, 1] = 1
    if alpha == 0 and shape in [(2, 1), (5, 5)]:
        alpha = 1e-3  # so few patients are separated perfectly
    ours, *others = (module(b, "cox").CoxPH(ties=ties, alpha=alpha).fit(X, y) for b in BACKENDS)
    for other in others:
        assert other.n_iter_ == ours.n_iter_
        np.testing.assert_allclose(other.loss_curve_, ours.loss_curve_, rtol=1e-9, atol=1e-12)
        for key in (*LEARNED, "baseline_cumulative_hazard_"):
            np.testing.assert_allclose(
                getattr(other, key), getattr(ours, key), rtol=1e-9, atol=1e-9
            )
            assert type(getattr(other, key)) is np.ndarray
        np.testing.assert_allclose(other.predict(X), ours.predict(X), rtol=0, atol=1e-9)
        np.testing.assert_allclose(other.score(X, y), ours.score(X, y), rtol=0, atol=1e-9)


# ---- bad input ----


@pytest.mark.parametrize(
    "params, words",
    [
        ({"ties": "exact"}, "ties must be one of 'efron', 'breslow', got 'exact'"),
        ({"alpha": -1}, "alpha must be a finite number ≥ 0"),
        ({"max_iter": 0}, "max_iter must be a finite number > 0"),
        ({"tol": 0}, "tol must be a finite number > 0"),
        ({"conf_level": 1.0}, "conf_level must be between 0 and 1"),
    ],
)
def test_parameters(CoxPH, params, words):
    with pytest.raises(ValueError, match=words):
        CoxPH(**params).fit(*patients(12, 2))


X, Y = patients(12, 2)


@pytest.mark.parametrize(
    "bad_X, y, words",
    [
        (X, None, "requires y to be passed"),
        (X, Y * [1, 0], "y holds no event: hazards cannot be compared when all are censored"),
        (X, Y * [-1, 1], "time must be ≥ 0"),
        (X, Y * [np.nan, 1], "Input time contains NaN"),
        (X, Y[:, ::-1], r"a pair of columns is \(time, event\), in this order"),
        (X, Y[:-1], "inconsistent numbers of samples"),
        (np.where(X > 1, np.nan, X), Y, "Input X contains NaN"),
        (X[:, 0], Y, "Expected 2D array, got 1D array"),
        (X[:0], Y[:0], "0 sample"),
    ],
)
def test_data(CoxPH, bad_X, y, words):
    with pytest.raises(ValueError, match=words):
        CoxPH().fit(bad_X, y)


def test_questions_before_fit_and_with_other_columns(CoxPH):
    for ask in ("predict", "predict_survival_function", "predict_cumulative_hazard"):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            getattr(CoxPH(), ask)(X)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        CoxPH().score(X, Y)
    model = CoxPH().fit(X, Y)
    with pytest.raises(ValueError, match=r"X has 1 features.*expecting 2"):
        model.predict(X[:, :1])
    for times in ([[1.0]], [np.nan]):
        with pytest.raises(ValueError, match="times must be one-dimensional and not NaN"):
            model.predict_survival_function(X, times)
    with pytest.raises(ValueError, match="y holds no event"):
        model.score(X, Y * [1, 0])


@pytest.mark.parametrize("n", [12, 400])
def test_a_feature_that_separates_early_events_is_named(CoxPH, n):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.normal(size=n), "marker": np.repeat([1.0, 0.0], n // 2)})
    y = outcome(np.arange(n), np.repeat([1, 0], n // 2))  # the marked all die before the others
    with pytest.warns(ConvergenceWarning, match="of feature marker grows without bound.*alpha > 0"):
        CoxPH().fit(frame, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = CoxPH(alpha=0.1).fit(frame, y)
    assert 0 < model.coef_[1] < 50 and np.isfinite(model.hazard_ratio_intervals_).all()


def test_a_group_without_events_is_named(CoxPH):
    time, event = random_times(80, seed=4)
    group = np.arange(80) % 4 == 0
    with pytest.warns(ConvergenceWarning, match="feature 0 grows without bound"):
        CoxPH().fit(group[:, None], outcome(time, np.where(group, 0, event)))


def test_newton_that_is_stopped_early_says_so(CoxPH):
    with pytest.warns(ConvergenceWarning, match="stopped at max_iter=1 before it converged"):
        model = CoxPH(max_iter=1).fit(X, Y)
    assert model.n_iter_ == 1 and len(model.loss_curve_) == 2


def test_a_step_too_long_is_halved_until_the_loss_falls(CoxPH):
    """One patient far from the others, who dies first, makes full Newton steps overshoot."""
    x = np.append(np.linspace(-1, 1, 10), -30.0)[:, None]
    y = outcome(np.append(np.arange(10.0, 0, -1), 0.5), np.ones(11))
    model = CoxPH().fit(x, y)
    assert (np.diff(model.loss_curve_) <= 1e-9).all() and model.n_iter_ < 20
    slope = central_difference(
        lambda b: likelihood_by_definition(x @ b, *y.T, "efron"), model.coef_, 1e-6
    )
    assert abs(slope) < 1e-6


@pytest.mark.parametrize("extra", ["constant", "copy", "sum"])
def test_dependent_columns_are_reported_and_share_the_effect(CoxPH, extra):
    A, y = patients(40, 2, seed=6)
    A = (A - A.mean(0)) / A.std(0)
    column = {"constant": np.full(40, 0.1), "copy": A[:, 0], "sum": A[:, 0] - A[:, 1]}[extra]
    B = np.column_stack([A, column])
    plain = CoxPH().fit(A, y)
    with pytest.warns(UserWarning, match="linearly dependent or constant.*drop a column"):
        model = CoxPH().fit(B, y)
    np.testing.assert_allclose(model.predict(B), plain.predict(A), rtol=0, atol=1e-8)
    if extra == "constant":
        assert model.coef_[2] == 0 and model.hazard_ratios_[2] == 1
        assert np.isnan(model.std_error_[2]) and np.isnan(model.hazard_ratio_intervals_[2]).all()
        np.testing.assert_allclose(model.std_error_[:2], plain.std_error_, rtol=1e-9)
    if extra == "copy":
        np.testing.assert_allclose(model.coef_[[0, 2]], plain.coef_[0] / 2, rtol=1e-8)

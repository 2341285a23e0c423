"""Simulated follow-up: the truth, what is seen of it, and the trial it was fitted to."""

import numpy as np
import pytest

from medai_course.data import load_gbsg2, simulate_follow_up
from medai_course.data.simulated_follow_up import COEFFICIENTS, FEATURES, log_relative_hazard
from medai_course.scratch.cox import CoxPH
from medai_course.scratch.survival import KaplanMeier

YEARS = 365.25 * np.arange(1, 6)


@pytest.fixture(scope="module")
def women():
    return simulate_follow_up(20_000, random_state=1)


def columns(X):
    return np.column_stack([np.log(X[FEATURES[0]]), np.log1p(X[FEATURES[1]]), X[FEATURES[2]]])


def test_what_is_seen_is_the_truth_or_its_beginning(women):
    event, time = women.y["event"], women.y["time"]
    truth = women.extras["event_time"]
    assert (time[event] == truth[event]).all() and (time[~event] < truth[~event]).all()
    assert (time >= 1).all() and (time == np.round(time)).all()
    assert (women.X[FEATURES[0]] >= 1).all() and set(women.X[FEATURES[2]]) == {0, 1}


def test_the_women_are_like_those_of_the_trial(women):
    trial = load_gbsg2()
    X = trial.X.assign(**{FEATURES[2]: (trial.X["hormone treatment"] == "yes").astype(int)})
    theirs, ours = columns(X), columns(women.X)
    np.testing.assert_allclose(ours.mean(0), theirs.mean(0), atol=0.1)
    np.testing.assert_allclose(ours.std(0), theirs.std(0), atol=0.1)
    assert women.y["event"].mean() == pytest.approx(trial.y["event"].mean(), abs=0.02)
    for seen in (lambda y: y["event"], lambda y: ~y["event"]):  # recurrence, and censoring
        a, b = (KaplanMeier().fit(y["time"], seen(y)).predict(YEARS) for y in (women.y, trial.y))
        np.testing.assert_allclose(a, b, atol=0.1)


def test_a_cox_model_finds_the_coefficients_that_were_put_in(women):
    model = CoxPH().fit(columns(women.X), women.y)
    assert (abs(model.coef_ - COEFFICIENTS) < 3.5 * model.std_error_).all()
    np.testing.assert_allclose(log_relative_hazard(women.X), columns(women.X) @ COEFFICIENTS)


def test_the_times_are_weibull_as_documented(women):
    """The cumulative hazard at the time of the event is exponential with mean 1."""
    truth = women.extras["event_time"]
    load = (truth / 1958) ** 1.409 * np.exp(log_relative_hazard(women.X))
    assert load.mean() == pytest.approx(1, abs=0.03) and load.std() == pytest.approx(1, abs=0.04)


def test_kaplan_meier_is_right_unless_censoring_tells_something(women):
    truth = [(women.extras["event_time"] > t).mean() for t in YEARS]
    honest = KaplanMeier().fit(women.y["time"], women.y["event"]).predict(YEARS)
    np.testing.assert_allclose(honest, truth, atol=0.015)
    hidden = simulate_follow_up(20_000, lost_before_event=0.5, random_state=1)
    np.testing.assert_array_equal(hidden.extras["event_time"], women.extras["event_time"])
    flattering = KaplanMeier().fit(hidden.y["time"], hidden.y["event"]).predict(YEARS)
    assert (flattering[1:] > np.array(truth)[1:] + 0.05).all()


def test_same_seed_same_women():
    one, two = simulate_follow_up(50, random_state=3), simulate_follow_up(50, random_state=3)
    assert one.X.equals(two.X) and (one.y == two.y).all()
    assert not (one.y == simulate_follow_up(50, random_state=4).y).all()
    assert len(simulate_follow_up()) == 686


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"n_patients": 0}, "n_patients must be a whole number ≥ 1"),
        ({"n_patients": 2.5}, "n_patients must be a whole number ≥ 1"),
        ({"lost_before_event": 1.5}, "lost_before_event must be between 0 and 1"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        simulate_follow_up(**arguments)

"""Simulated chest pain: the published formula, its shift, and people as documented."""

import numpy as np
import pytest
from scipy.special import logit

from medai_course.data import simulate_chest_pain
from medai_course.data.simulated_chest_pain import COEFFICIENTS, FEATURES, log_odds
from medai_course.scratch.logistic import LogisticRegression


@pytest.fixture(scope="module")
def people():
    return simulate_chest_pain(40_000, random_state=1)


def test_the_risk_is_the_published_formula():
    """A man of 60 with typical pain, diabetes and smoking, by hand: log odds 0.398."""
    person = simulate_chest_pain(1).X.assign(**dict.fromkeys(FEATURES, 0))
    person = person.assign(**{"age (years)": 60, "male": 1, "typical pain": 1})
    person = person.assign(diabetes=1, smoking=1)
    by_hand = -7.539 + 0.062 * 60 + 1.332 + 1.998 + 0.828 + 0.461 - 0.402
    assert log_odds(person)[0] == pytest.approx(by_hand, abs=1e-12)
    assert by_hand == pytest.approx(0.398)


def test_the_outcome_follows_the_risk(people):
    risk, y = people.extras["risk"], people.y.to_numpy()
    assert y.mean() == pytest.approx(risk.mean(), abs=0.01)
    for low, high in ((0, 0.1), (0.1, 0.4), (0.4, 1)):
        group = (risk >= low) & (risk < high)
        error = 4 * np.sqrt(0.25 / group.sum())
        assert y[group].mean() == pytest.approx(risk[group].mean(), abs=error)
    np.testing.assert_allclose(logit(risk), log_odds(people.X), atol=1e-9)


def test_logistic_regression_finds_what_was_put_in(people):
    X = people.X.assign(both=people.X["typical pain"] * people.X["diabetes"])
    table = LogisticRegression(C=np.inf).fit(X, people.y).summary()
    truth = [*COEFFICIENTS.values(), -0.402]
    assert (abs(table["coef"].iloc[1:] - truth) < 3.5 * table["std_error"].iloc[1:]).all()


def test_the_people_are_as_documented(people):
    X = people.X
    assert tuple(X.columns) == FEATURES and X["age (years)"].between(30, 85).all()
    assert not (X["typical pain"] & X["atypical pain"]).any()
    shares = [0.55, 0.45, 0.25, 0.15, 0.5, 0.5, 0.3]
    np.testing.assert_allclose(X.mean().iloc[1:], shares, atol=0.015)
    assert X["age (years)"].mean() == pytest.approx(58, abs=0.3)


def test_a_shift_moves_the_risk_and_nobody_else(people):
    rarer = simulate_chest_pain(40_000, shift=-1.0, random_state=1)
    assert rarer.X.equals(people.X)
    np.testing.assert_allclose(logit(rarer.extras["risk"]), log_odds(people.X) - 1, atol=1e-9)
    assert (rarer.y <= people.y).all() and rarer.y.mean() < people.y.mean() - 0.05


def test_same_seed_same_people():
    one, two = simulate_chest_pain(50, random_state=3), simulate_chest_pain(50, random_state=3)
    assert one.X.equals(two.X) and one.y.equals(two.y)
    assert not one.X.equals(simulate_chest_pain(50, random_state=4).X)
    assert len(simulate_chest_pain()) == 1200


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"n_patients": 0}, "n_patients must be a whole number ≥ 1"),
        ({"n_patients": 2.5}, "n_patients must be a whole number ≥ 1"),
        ({"shift": np.nan}, "shift must be a finite number"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, words):
    with pytest.raises(ValueError, match=words):
        simulate_chest_pain(**arguments)

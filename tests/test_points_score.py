"""Bedside scores: points by hand, the risk of a sum, what cannot be scored."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from medai_course.systems.points_score import points_score

AGE, COEF = "age (years)", {"age (years)": 0.06, "male": 1.3, "athlete": -0.7}


@pytest.fixture
def score():
    return points_score(-7.0, COEF, 0.3, {AGE: [40, 50, 60, 70]})


def test_points_by_hand(score):
    """0.06 a year and 0.3 a point: ten years are two points; 1.3 / 0.3 = 4.3, 0.7 / 0.3 = 2.3."""
    assert {name: p.tolist() for name, p in score.points.items()} == {
        AGE: [0, 2, 4],
        "male": [0, 4],
        "athlete": [2, 0],
    }
    assert score.base == pytest.approx(-7 + 0.06 * 45 - 0.7)


def test_a_limit_belongs_to_the_upper_category_and_outsiders_to_the_nearest(score):
    X = pd.DataFrame({AGE: [30, 49.9, 50, 60, 90], "male": [0, 0, 0, 1, 1], "athlete": 1})
    assert score.total(X).tolist() == [0, 0, 2, 8, 8]
    assert score.total(X[["athlete", "male", AGE]]).tolist() == [0, 0, 2, 8, 8]


def test_the_risk_of_a_sum_is_that_of_the_model_where_nothing_was_rounded():
    exact = points_score(-7.0, {AGE: 0.06, "male": 1.2}, 0.3, {AGE: [40, 50, 60]})
    X = pd.DataFrame({AGE: [45, 55], "male": [1, 0]})
    expected = expit(-7 + 0.06 * X[AGE] + 1.2 * X["male"])
    np.testing.assert_allclose(exact.risk(exact.total(X)), expected, rtol=1e-12)


def test_the_table_names_every_category(score):
    table = score.table()
    assert table.loc[AGE, "points"].tolist() == [0, 2, 4]
    assert table.loc[AGE, "value"].tolist() == ["under 50", "50 to under 60", "60 or more"]
    assert table.loc["male", "value"].tolist() == ["no", "yes"] and len(table) == 7


@pytest.mark.parametrize(
    "unit, categories, words",
    [
        (0.0, {}, "unit must be a positive"),
        (0.3, {"weight": [1, 2, 3]}, "weight, which has no coefficient"),
        (0.3, {AGE: [40, 60]}, "at least three ascending limits"),
        (0.3, {AGE: [40, 60, 50]}, "at least three ascending limits"),
    ],
)
def test_what_cannot_be_scored_is_said(unit, categories, words):
    with pytest.raises(ValueError, match=words):
        points_score(-7.0, COEF, unit, categories)


def test_a_score_needs_every_finding(score):
    X = pd.DataFrame({AGE: [50.0, np.nan], "male": 1, "athlete": 0})
    with pytest.raises(ValueError, match="missing cells"):
        score.total(X)
    with pytest.raises(ValueError, match="no column male"):
        score.total(X.drop(columns="male"))

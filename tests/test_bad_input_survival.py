"""Impossible times and events get an error that names them and says what to do."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from tests.backends import BACKENDS, module

TIME = np.array([5.0, 3.0, 8.0, 1.0])
EVENT = np.array([1, 0, 1, 1])
BAD = [
    (-TIME, EVENT, "time must be ≥ 0, got -8: count it from the same beginning"),
    (np.where(TIME > 5, np.nan, TIME), EVENT, "Input time contains NaN"),
    (np.where(TIME > 5, np.inf, TIME), EVENT, "Input time contains infinity"),
    (TIME, EVENT * np.nan, "Input event contains NaN"),
    (TIME, EVENT * 2, "event must be 1 .* or 0 .censored. and nothing else"),
    (EVENT, TIME, "event must be 1"),
    (TIME, EVENT[:-1], "inconsistent numbers of samples"),
    (TIME[:0], EVENT[:0], "0 sample"),
    (TIME[:, None], EVENT, r"one-dimensional, got shapes \(4, 1\)"),
    (np.array(["long"] * 4, object), EVENT, "could not convert string to float"),
]
BAD_PAIRS = [
    (None, "requires y to be passed"),
    (np.column_stack([EVENT, TIME]), r"a pair of columns is \(time, event\), in this order"),
    (np.ones((4, 3)), r"two columns \(time, event\), got shape \(4, 3\)"),
    (np.zeros(4, [("time", float), ("event", float)]), "boolean one for the event"),
    (np.zeros(4, [("a", bool), ("b", bool)]), "boolean one for the event"),
]


@pytest.fixture(params=BACKENDS)
def KaplanMeier(request):
    return module(request.param, "survival").KaplanMeier


@pytest.fixture(params=BACKENDS)
def log_rank_test(request):
    return module(request.param, "log_rank").log_rank_test


@pytest.mark.parametrize("time, event, words", BAD)
def test_outcomes(KaplanMeier, log_rank_test, time, event, words):
    with pytest.raises(ValueError, match=words):
        KaplanMeier().fit(time, event)
    with pytest.raises(ValueError, match=words):
        log_rank_test(time, event, np.arange(len(time)))


@pytest.mark.parametrize("y, words", BAD_PAIRS)
def test_outcomes_in_one_array(KaplanMeier, y, words):
    with pytest.raises(ValueError, match=words):
        KaplanMeier().fit(y)


def test_every_form_of_an_outcome_is_the_same_outcome(KaplanMeier):
    expected = KaplanMeier().fit(TIME, EVENT).survival_function_
    fields = [("cens", bool), ("days", float)]
    forms = [
        np.column_stack([TIME, EVENT]),
        pd.DataFrame({"days": TIME, "died": EVENT.astype(bool)}),
        np.array(list(zip(EVENT, TIME)), fields),
        np.array(list(zip(TIME, EVENT)), fields[::-1]),
        [[t, e] for t, e in zip(TIME, EVENT)],
    ]
    for y in forms:
        np.testing.assert_array_equal(KaplanMeier().fit(y).survival_function_, expected)
    uncensored = KaplanMeier().fit(TIME, np.ones(4)).survival_function_
    np.testing.assert_array_equal(KaplanMeier().fit(TIME).survival_function_, uncensored)


@pytest.mark.parametrize(
    "params, words",
    [
        ({"conf_type": "arcsin"}, "conf_type must be one of 'log-log', 'log', 'plain'"),
        ({"conf_level": 95}, "conf_level must be between 0 and 1, for example 0.95, got 95"),
        ({"conf_level": 0}, "conf_level must be between 0 and 1"),
        ({"conf_level": np.nan}, "conf_level must be between 0 and 1"),
        ({"conf_level": True}, "conf_level must be between 0 and 1"),
        ({"conf_level": "95 %"}, "conf_level must be between 0 and 1"),
    ],
)
def test_parameters(KaplanMeier, params, words):
    with pytest.raises(ValueError, match=words):
        KaplanMeier(**params).fit(TIME, EVENT)


def test_questions_to_a_curve(KaplanMeier):
    for ask in ("predict", "quantile", "risk_table"):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            getattr(KaplanMeier(), ask)([0.5])
    km = KaplanMeier().fit(TIME, EVENT)
    with pytest.raises(ValueError, match="Input times contains NaN"):
        km.predict([np.nan])
    with pytest.raises(ValueError, match="times must be one-dimensional"):
        km.risk_table([[1.0]])
    for share in (0, 1, -0.5, [0.5, 2]):
        with pytest.raises(ValueError, match="share must be between 0 and 1"):
            km.quantile(share)


@pytest.mark.parametrize(
    "event, group, strata, words",
    [
        (EVENT, [1, 1, 1, 1], None, "nothing to compare: give at least one event"),
        (EVENT * 0, [1, 0, 1, 0], None, "nothing to compare: give at least one event"),
        (EVENT, [1, 0, 1], None, "inconsistent numbers of samples"),
        (EVENT, [1, 0, np.nan, 0], None, "group is missing for some patients"),
        (EVENT, np.array(["a", None, "b", "a"], object), None, "group is missing"),
        (EVENT, [[1], [0], [1], [0]], None, "group must be one-dimensional"),
        (EVENT, [1, 0, 1, 0], [1, 0], "inconsistent numbers of samples"),
        (EVENT, [1, 0, 1, 0], [1, 0, 1, np.nan], "strata is missing for some patients"),
        (EVENT, [1, 0, 1, 0], [1, 0, 1, 0], "nothing to compare: give at least one event"),
    ],
)
def test_groups(log_rank_test, event, group, strata, words):
    with pytest.raises(ValueError, match=words):
        log_rank_test(TIME, event, group, strata)

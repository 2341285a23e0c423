"""scikit-learn's contract for Kaplan-Meier, which takes times and events and no table.

``check_estimator`` feeds a matrix and an arbitrary y, so it passes over an estimator whose tags say
that it takes no matrix; what of its checks applies to a curve is checked here.
"""

import inspect
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import estimator_checks_generator

from tests.backends import BACKENDS, module
from tests.survival_data import random_times

TIME, EVENT = random_times(40, distinct=12)


@pytest.fixture(params=BACKENDS)
def KaplanMeier(request):
    return module(request.param, "survival").KaplanMeier


@pytest.mark.filterwarnings("ignore:Can't test estimator KaplanMeier")
def test_scikit_learns_checks_of_an_estimator_without_a_table(KaplanMeier):
    checks = [check for _, check in estimator_checks_generator(KaplanMeier())]
    assert checks
    for check in checks:
        check(KaplanMeier())
    tags = get_tags(KaplanMeier()).input_tags
    assert tags.one_d_array and tags.positive_only and not tags.two_d_array


def test_init_stores_and_fit_learns(KaplanMeier):
    model = KaplanMeier(conf_level=0.9)
    assert vars(model) == {"conf_type": "log-log", "conf_level": 0.9} == model.get_params()
    assert model.fit(TIME, EVENT) is model
    assert model.get_params() == {"conf_type": "log-log", "conf_level": 0.9}
    learned = {key for key in vars(model) if key not in model.get_params()}
    assert all(key.endswith("_") and not key.startswith("_") for key in learned)
    documented = module("scratch", "survival").KaplanMeier.__doc__
    assert all(key in documented for key in learned)
    assert not any(key.endswith("_") for key in vars(clone(model)))
    assert KaplanMeier().set_params(conf_type="plain").conf_type == "plain"


def test_second_fit_equals_first_and_inputs_are_untouched(KaplanMeier):
    time, event = TIME.copy(), EVENT.copy()
    time.flags.writeable = event.flags.writeable = False
    model = KaplanMeier().fit(time, event)
    first = {k: np.copy(v) for k, v in vars(model).items() if k.endswith("_")}
    model.fit(time[:5], event[:5]).fit(time[::-1], event[::-1])
    for key, value in first.items():
        np.testing.assert_array_equal(getattr(model, key), value)
    copy = pickle.loads(pickle.dumps(model))  # noqa: S301, our own bytes
    np.testing.assert_array_equal(copy.predict(time), model.predict(time))
    before = {k: np.copy(v) for k, v in vars(model).items()}
    model.predict(time), model.risk_table(time), model.quantile(0.5)
    for key, value in before.items():
        np.testing.assert_array_equal(vars(model)[key], value)


def test_the_three_log_rank_tests_have_one_signature_and_one_docstring():
    ours, *others = (module(b, "log_rank").log_rank_test for b in BACKENDS)
    for other in others:
        assert inspect.signature(other) == inspect.signature(ours)
        assert inspect.getdoc(other) == inspect.getdoc(ours)

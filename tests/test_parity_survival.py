"""NumPy, PyTorch and TensorFlow estimate the same curves and tests."""

import numpy as np
import pytest

from tests.backends import BACKENDS, module
from tests.survival_data import TRIALS, random_times

OUTCOMES = {name: (time, event) for name, (_, time, event, _) in TRIALS.items()} | {
    "distinct": random_times(500),
    "few times": random_times(500, distinct=7),
    "all events": random_times(33, censored=0),
    "no event": random_times(5, censored=1),
    "one": (np.array([0.0]), np.array([1])),
}
LEARNED = ("times_", "survival_function_", "std_error_", "confidence_interval_", "median_")
COUNTS = ("n_at_risk_", "n_events_", "n_censored_")


@pytest.mark.parametrize("name", OUTCOMES)
@pytest.mark.parametrize("conf_type", ["plain", "log", "log-log"])
def test_kaplan_meier(name, conf_type):
    ours, *others = (
        module(b, "survival").KaplanMeier(conf_type=conf_type).fit(*OUTCOMES[name])
        for b in BACKENDS
    )
    for other in others:
        for key in LEARNED:
            np.testing.assert_allclose(getattr(other, key), getattr(ours, key), rtol=0, atol=1e-10)
        for key in COUNTS:
            np.testing.assert_array_equal(getattr(other, key), getattr(ours, key))
            assert getattr(other, key).dtype == np.int64
        np.testing.assert_array_equal(other.median_interval_, ours.median_interval_)
        assert type(other.survival_function_) is np.ndarray and type(other.median_) is float


@pytest.mark.parametrize("distinct", [None, 6])
@pytest.mark.parametrize("groups, strata", [(2, 1), (5, 1), (3, 4)])
def test_log_rank(distinct, groups, strata):
    time, event = random_times(200, seed=2, distinct=distinct)
    rng = np.random.default_rng(1)
    labels = rng.integers(0, groups, 200), rng.integers(0, strata, 200)
    ours, *others = (module(b, "log_rank").log_rank_test(time, event, *labels) for b in BACKENDS)
    for other in others:
        for key in ("statistic", "p_value", "observed", "expected"):
            np.testing.assert_allclose(getattr(other, key), getattr(ours, key), rtol=0, atol=1e-10)
        assert other.degrees_of_freedom == ours.degrees_of_freedom == groups - 1

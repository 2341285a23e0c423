"""Survival data that several tests share: a published table, three trials, and awkward shapes."""

import numpy as np
from sksurv import datasets

# Weeks in remission, 6-mercaptopurine and placebo: Freireich, E. J. et al. (1963). Blood 21(6),
# 699-716. doi:10.1182/blood.V21.6.699.699
WEEKS = np.array(
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    + [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
    float,
)
RELAPSE = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0] + [1] * 21)
DRUG = np.repeat(["6-MP", "placebo"], 21)


def trial(name):
    """(X numeric, time, event, frame) of one of scikit-survival's data sets."""
    frame, y = getattr(datasets, f"load_{name}")()
    event, time = (y[field] for field in y.dtype.names)
    codes = frame.apply(lambda c: c.cat.codes if c.dtype.name == "category" else c)
    return codes.to_numpy(float), time.astype(float), event, frame


TRIALS = {name: trial(name) for name in ("gbsg2", "whas500", "veterans_lung_cancer")}


def random_times(n, seed=0, distinct=None, censored=0.4):
    """Times (a few different ones, if ``distinct``) and events of ``n`` patients."""
    rng = np.random.default_rng(seed)
    time = rng.exponential(10, n) if distinct is None else rng.integers(0, distinct, n) * 1.5
    return time, (rng.random(n) >= censored).astype(int)

"""Least squares: our solvers against scikit-learn and NumPy's lstsq, in one run.

Run it with ``make bench`` or ``python bench/linear.py``; ``OMP_NUM_THREADS=1`` for one thread.
"""

from functools import partial

import numpy as np
from sklearn import linear_model
from timing import ours, race, show

PEER = "scikit-learn LinearRegression"


def lstsq(X, y):
    """NumPy's least squares with an intercept column; the coefficients, intercept dropped."""
    return np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y)[0][:-1]


def rivals(X, y):
    fits = {PEER: lambda: linear_model.LinearRegression().fit(X, y).coef_}
    fits["numpy.linalg.lstsq"] = partial(lstsq, X, y)
    for name, cls in ours("linear", "LinearRegression").items():
        for solver in ("qr", "normal"):
            model = cls(solver=solver)
            fits[f"{name}, {solver}"] = lambda model=model: model.fit(X, y).coef_
    return fits


for n, d in [(442, 10), (100_000, 30)]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    y = X @ rng.normal(size=d) + rng.normal(size=n)
    fits = rivals(X, y)
    exact = fits[PEER]()
    off = {name: f"largest difference {abs(fit() - exact).max():.0e}" for name, fit in fits.items()}
    show(f"{n:,} patients, {d} features", race(fits), off, PEER)

"""NumPy, PyTorch and TensorFlow learn the same numbers."""

import warnings

import numpy as np
import pytest

from tests.backends import BACKENDS, module

SHAPES = [(30, 4), (9, 8), (5, 5), (3, 7), (2, 1), (1, 3), (1500, 3), (4096, 2)]


def fit_all(file, name, X, y, **params):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [getattr(module(b, file), name)(**params).fit(X, y) for b in BACKENDS]


def regression_data(n, d, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) * rng.uniform(0.5, 3, d) + rng.normal(size=d)
    return X, X @ rng.normal(size=d) + 7 + rng.normal(size=n)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("solver", ["qr", "normal", "gd"])
@pytest.mark.parametrize("alpha", [0.0, 0.3])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_linear_regression(shape, solver, alpha, fit_intercept):
    X, y = regression_data(*shape)
    params = {"solver": solver, "alpha": alpha, "fit_intercept": fit_intercept, "max_iter": 300}
    ours, *others = fit_all("linear", "LinearRegression", X, y, **params)
    for other in others:
        np.testing.assert_allclose(other.coef_, ours.coef_, rtol=0, atol=1e-10)
        np.testing.assert_allclose(other.intercept_, ours.intercept_, rtol=0, atol=1e-10)
        np.testing.assert_allclose(other.predict(X), ours.predict(X), rtol=0, atol=1e-10)
        assert type(other.coef_) is np.ndarray and type(other.intercept_) is float


def test_linear_regression_whole_loss_curve():
    X, y = regression_data(60, 4)
    ours, *others = fit_all("linear", "LinearRegression", X, y, solver="gd", alpha=0.1)
    assert ours.n_iter_ > 50
    for other in others:
        assert other.n_iter_ == ours.n_iter_
        np.testing.assert_allclose(other.loss_curve_, ours.loss_curve_, rtol=1e-10)


def test_linear_regression_dependent_columns():
    X, y = regression_data(20, 3)
    X = np.column_stack([X, X[:, 0] - X[:, 1], np.ones(20)])
    for solver in ("qr", "normal"):
        ours, *others = fit_all("linear", "LinearRegression", X, y, solver=solver)
        for other in others:
            np.testing.assert_allclose(other.coef_, ours.coef_, rtol=0, atol=1e-10)

"""Bad input gets an error that names the argument and says what to do."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from tests.backends import BACKENDS, module

X = np.random.default_rng(0).normal(size=(12, 2))
y = X @ [1.0, 2.0] + 3
EMPTY = np.empty((0, 2))


@pytest.fixture(params=BACKENDS)
def LinearRegression(request):
    return module(request.param, "linear").LinearRegression


@pytest.mark.parametrize(
    "params, words",
    [
        ({"solver": "svd"}, "solver must be one of 'qr', 'normal', 'gd', got 'svd'"),
        ({"alpha": -1}, "alpha must be a finite number ≥ 0, got -1"),
        ({"alpha": np.nan}, "alpha must be a finite number ≥ 0"),
        ({"alpha": "much"}, "alpha must be a finite number ≥ 0, got 'much'"),
        ({"max_iter": 0}, "max_iter must be a finite number > 0"),
        ({"tol": 0}, "tol must be a finite number > 0"),
        ({"learning_rate": "fast"}, "learning_rate must be a finite number > 0, got 'fast'"),
        ({"solver": "gd", "learning_rate": 1e3}, "learning_rate=1e.03 is too large"),
    ],
)
def test_parameters(LinearRegression, params, words):
    with pytest.raises(ValueError, match=words):
        LinearRegression(**params).fit(X, y)


@pytest.mark.parametrize(
    "bad_X, bad_y, words",
    [
        (np.where(X > 1, np.nan, X), y, "Input X contains NaN"),
        (np.where(X > 1, np.inf, X), y, "Input X contains infinity"),
        (X, np.where(y > 3, np.nan, y), "Input y contains NaN"),
        (X[:, 0], y, "Expected 2D array, got 1D array"),
        (X[None], y, "array with dim 3"),
        (X, y[:-1], "inconsistent numbers of samples"),
        (EMPTY, y[:0], "0 sample"),
        (X[:, :0], y, "0 feature"),
        (X.astype(complex), y, "Complex data not supported"),
        (np.full_like(X, "a", dtype=object), y, "could not convert string to float"),
    ],
)
def test_data(LinearRegression, bad_X, bad_y, words):
    with pytest.raises(ValueError, match=words):
        LinearRegression().fit(bad_X, bad_y)


def test_predict(LinearRegression):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        LinearRegression().predict(X)
    with pytest.raises(ValueError, match=r"X has 1 features.*expecting 2"):
        LinearRegression().fit(X, y).predict(X[:, :1])


def test_gradient_descent_that_is_stopped_early_says_so(LinearRegression):
    with pytest.warns(ConvergenceWarning, match="scale the columns of X, or raise max_iter"):
        model = LinearRegression(solver="gd", max_iter=2).fit(X * [1, 100], y)
    assert model.n_iter_ == 2 and len(model.loss_curve_) == 3


@pytest.mark.parametrize("solver", ["qr", "normal", "gd"])
@pytest.mark.filterwarnings("ignore:the columns of X are linearly dependent")
def test_constant_input(LinearRegression, solver):
    flat = LinearRegression(solver=solver).fit(np.ones((5, 2)), np.arange(5.0))
    np.testing.assert_allclose(flat.predict(np.ones((1, 2))), 2.0)
    same = LinearRegression(solver=solver).fit(X, np.full(12, 4.0))
    np.testing.assert_allclose(same.coef_, 0, atol=1e-12)
    assert same.intercept_ == pytest.approx(4.0)


def test_integers_and_lists_are_numbers(LinearRegression):
    model = LinearRegression().fit([[0], [1], [2]], [1, 3, 5])
    assert model.coef_ == pytest.approx([2.0]) and model.intercept_ == pytest.approx(1.0)


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_device_is_named_by_the_environment(backend, monkeypatch):
    monkeypatch.setenv("MEDAI_DEVICE", "abacus")
    with pytest.raises(ValueError, match=r"MEDAI_DEVICE='abacus'.*try cpu or cuda"):
        module(backend, "linear").LinearRegression().fit(X, y)
    monkeypatch.setenv("MEDAI_DEVICE", "cpu")
    assert module(backend, "linear").LinearRegression().fit(X, y).coef_ == pytest.approx([1, 2])

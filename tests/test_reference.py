"""Against scikit-learn, SciPy and published constants: the same optimum, not just a good one."""

import numpy as np
import pytest
from sklearn import linear_model
from sklearn.datasets import load_diabetes

from medai_course.scratch import linear
from tests.backends import BACKENDS, module
from tests.test_parity import regression_data

DIABETES = load_diabetes(return_X_y=True, scaled=False)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("solver", ["qr", "normal"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_least_squares_is_scikit_learns(backend, solver, fit_intercept):
    X, y = DIABETES
    cls = module(backend, "linear").LinearRegression
    ours = cls(solver=solver, fit_intercept=fit_intercept).fit(X, y)
    theirs = linear_model.LinearRegression(fit_intercept=fit_intercept).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-8)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-8)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("solver", ["qr", "normal"])
@pytest.mark.parametrize("alpha", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("shape", [(442, 10), (12, 30)])
def test_ridge_is_scikit_learns(backend, solver, alpha, shape):
    X, y = DIABETES if shape[0] == 442 else regression_data(*shape)
    ours = module(backend, "linear").LinearRegression(alpha=alpha, solver=solver).fit(X, y)
    theirs = linear_model.Ridge(alpha=alpha, solver="svd").fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-7)


@pytest.mark.parametrize("backend", BACKENDS)
def test_gradient_descent_reaches_the_same_optimum(backend):
    X, y = DIABETES
    X = (X - X.mean(0)) / X.std(0)
    cls = module(backend, "linear").LinearRegression
    ours = cls(solver="gd", alpha=5.0).fit(X, y)
    theirs = linear_model.Ridge(alpha=5.0).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-6)
    assert np.all(np.diff(ours.loss_curve_) <= 1e-9)


# NIST StRD "Longley", certified coefficients: condition number 4.9e9 with the intercept's column.
LONGLEY = np.array(
    """83.0 234289 2356 1590 107608 1947 60323
       88.5 259426 2325 1456 108632 1948 61122
       88.2 258054 3682 1616 109773 1949 60171
       89.5 284599 3351 1650 110929 1950 61187
       96.2 328975 2099 3099 112075 1951 63221
       98.1 346999 1932 3594 113270 1952 63639
       99.0 365385 1870 3547 115094 1953 64989
       100.0 363112 3578 3350 116219 1954 63761
       101.2 397469 2904 3048 117388 1955 66019
       104.6 419180 2822 2857 118734 1956 67857
       108.4 442769 2936 2798 120445 1957 68169
       110.8 444546 4681 2637 121950 1958 66513
       112.6 482704 3813 2552 123366 1959 68655
       114.2 502601 3931 2514 125368 1960 69564
       115.7 518173 4806 2572 127852 1961 69331
       116.9 554894 4007 2827 130081 1962 70551""".split(),
    float,
).reshape(16, 7)
CERTIFIED = [
    15.0618722713733,
    -0.0358191792925910,
    -2.02022980381683,
    -1.03322686717359,
    -0.0511041056535807,
    1829.15146461355,
]


@pytest.mark.parametrize("backend", BACKENDS)
def test_certified_values_of_an_ill_conditioned_problem(backend):
    ours = module(backend, "linear").LinearRegression().fit(LONGLEY[:, :6], LONGLEY[:, 6])
    np.testing.assert_allclose(ours.coef_, CERTIFIED, rtol=1e-8)
    np.testing.assert_allclose(ours.intercept_, -3482258.63459582, rtol=1e-8)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("solver", ["qr", "normal"])
def test_dependent_columns_give_the_smallest_norm(backend, solver):
    X, y = regression_data(25, 3)
    X = np.column_stack([X, X.sum(1)])
    with pytest.warns(UserWarning, match="linearly dependent"):
        ours = module(backend, "linear").LinearRegression(solver=solver).fit(X, y)
    expected = np.linalg.pinv(X - X.mean(0)) @ (y - y.mean())
    np.testing.assert_allclose(ours.coef_, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("n", [1, 5, 1023, 1024, 5000, 5120])
@pytest.mark.parametrize("d", [1, 7])
def test_blocked_qr_gives_the_r_of_the_readable_one(n, d):
    A = np.random.default_rng(n).normal(size=(n, d))
    R, plain = linear._r_factor(A), np.linalg.qr(A, mode="r")
    np.testing.assert_allclose(R.T @ R, A.T @ A, rtol=1e-12, atol=1e-10)
    signs = np.sign(np.diag(R)) * np.sign(np.diag(plain))
    np.testing.assert_allclose(signs[:, None] * R, plain, rtol=0, atol=1e-10)

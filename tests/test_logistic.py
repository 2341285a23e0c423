"""Logistic regression: scikit-learn's optimum, published errors, three backends, separation."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import linear_model
from sklearn.datasets import load_breast_cancer, load_iris, make_classification
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from medai_course.scratch import logistic as scratch
from tests.backends import BACKENDS, module
from tests.test_gradients import central_difference

WDBC = load_breast_cancer(return_X_y=True)
IRIS = load_iris(return_X_y=True)
SIX = make_classification(300, 6, n_informative=5, n_redundant=0, n_classes=3, random_state=1)
RNG = np.random.default_rng(0)
# Bliss (1935), beetles in carbon disulphide: log10 dose, beetles, killed
BEETLES = np.array(
    """1.6907 59 6   1.7242 60 13   1.7552 62 18   1.7842 56 28
       1.8113 63 52   1.8369 59 53   1.8610 62 61   1.8839 60 60""".split(),
    float,
).reshape(8, 3)
# Dalal, Fowlkes and Hoadley (1989): temperature (F) at launch, and whether an O-ring failed
ORING_F = "53 57 58 63 66 67 67 67 68 69 70 70 70 70 72 73 75 75 76 76 78 79 81"
ORING_FAILED = "1 1 1 1 0 0 0 0 0 0 0 0 1 1 0 0 0 1 0 0 0 0 0"


@pytest.fixture(params=BACKENDS)
def LogisticRegression(request):
    return module(request.param, "logistic").LogisticRegression


def grouped(dose, n, killed):
    """Two rows a dose: those who died and those who did not, weighted by their number."""
    X = np.repeat(dose, 2)[:, None]
    return X, np.tile([1, 0], len(dose)), np.column_stack([killed, n - killed]).ravel()


def theirs(X, y, C=1.0, **params):
    model = linear_model.LogisticRegression(
        C=C, solver="newton-cholesky", tol=1e-12, max_iter=1000, **params
    )
    return model.fit(X, y)


def scaled(X):
    return (X - X.mean(0)) / X.std(0)


# ---- the same optimum as scikit-learn ----


@pytest.mark.parametrize("data", [WDBC, IRIS, SIX], ids=["wdbc", "iris", "six"])
@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_newton_finds_scikit_learns_optimum(LogisticRegression, data, C, fit_intercept):
    X, y = data
    ours = LogisticRegression(C=C, fit_intercept=fit_intercept).fit(X, y)
    ref = theirs(X, y, C=C, fit_intercept=fit_intercept)
    np.testing.assert_allclose(ours.coef_, ref.coef_, rtol=0, atol=1e-6)
    np.testing.assert_allclose(ours.intercept_, ref.intercept_, rtol=0, atol=1e-6)
    np.testing.assert_allclose(ours.predict_proba(X), ref.predict_proba(X), rtol=0, atol=1e-7)
    np.testing.assert_allclose(
        ours.decision_function(X), ref.decision_function(X), rtol=0, atol=1e-5
    )
    np.testing.assert_array_equal(ours.predict(X), ref.predict(X))


@pytest.mark.parametrize("data", [WDBC, SIX], ids=["wdbc", "six"])
@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
def test_the_other_solvers_find_it_too(LogisticRegression, data, solver):
    X, y = scaled(data[0]), data[1]
    ours = LogisticRegression(C=0.1, solver=solver, tol=1e-9, max_iter=3000).fit(X, y)
    ref = theirs(X, y, C=0.1)
    np.testing.assert_allclose(ours.coef_, ref.coef_, rtol=0, atol=1e-6)
    np.testing.assert_allclose(ours.intercept_, ref.intercept_, rtol=0, atol=1e-6)
    assert (np.diff(ours.loss_curve_) <= 1e-12).all()
    assert len(ours.loss_curve_) == ours.n_iter_ + 1


@pytest.mark.parametrize("solver", ["newton", "lbfgs"])
def test_without_a_penalty(LogisticRegression, solver):
    X, y = WDBC[0][:, :3], WDBC[1]
    ours, ref = LogisticRegression(C=np.inf, solver=solver).fit(X, y), theirs(X, y, C=np.inf)
    np.testing.assert_allclose(ours.coef_, ref.coef_, rtol=1e-5, atol=1e-6)
    X, y = SIX
    ours, ref = LogisticRegression(C=np.inf, solver=solver).fit(X, y), theirs(X, y, C=np.inf)
    np.testing.assert_allclose(ours.coef_, ref.coef_ - ref.coef_.mean(0), rtol=0, atol=1e-5)


@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 2.0, 2: 0.5}])
@pytest.mark.parametrize("weighted", [True, False])
def test_weights_of_rows_and_classes_multiply(LogisticRegression, class_weight, weighted):
    X, y = SIX
    w = np.random.default_rng(5).uniform(0, 3, len(y)) if weighted else None
    ours = LogisticRegression(class_weight=class_weight).fit(X, y, w)
    ref = linear_model.LogisticRegression(
        class_weight=class_weight, solver="newton-cholesky", tol=1e-12
    ).fit(X, y, w)
    np.testing.assert_allclose(ours.coef_, ref.coef_, rtol=0, atol=1e-6)


def test_a_weight_of_three_is_three_equal_rows(LogisticRegression):
    X, y = WDBC[0][:200, :2], WDBC[1][:200]
    w = RNG.integers(0, 4, 200)
    ours = LogisticRegression(C=np.inf).fit(X, y, w)
    again = LogisticRegression(C=np.inf).fit(np.repeat(X, w, 0), np.repeat(y, w))
    np.testing.assert_allclose(again.coef_, ours.coef_, rtol=1e-8)
    np.testing.assert_allclose(again.covariance_, ours.covariance_, rtol=1e-6)


# ---- the three backends ----


@pytest.mark.parametrize("shape", [(40, 4, 2), (60, 3, 4), (7, 9, 2), (30, 1, 2), (9, 2, 3)])
@pytest.mark.parametrize("C", [1.0, np.inf])
@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("solver", ["newton", "gd"])
def test_three_backends_agree(shape, C, fit_intercept, solver):
    n, d, k = shape
    rng = np.random.default_rng(sum(shape))
    X, y = rng.normal(size=(n, d)), np.arange(n) % k
    params = {"C": C, "fit_intercept": fit_intercept, "solver": solver, "max_iter": 60}
    if C == np.inf and n < 40:
        params["C"] = 10.0  # few rows are separated, and have no optimum
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, *others = (
            module(b, "logistic").LogisticRegression(**params).fit(X, y) for b in BACKENDS
        )
    for other in others:
        for name in ("coef_", "intercept_", "loss_curve_"):
            np.testing.assert_allclose(getattr(other, name), getattr(ours, name), rtol=0, atol=1e-9)
        np.testing.assert_allclose(other.predict_proba(X), ours.predict_proba(X), atol=1e-9)
        np.testing.assert_allclose(
            other.predict_log_proba(X), ours.predict_log_proba(X), rtol=0, atol=1e-9
        )
        assert type(other.coef_) is np.ndarray and type(other.intercept_) is np.ndarray


def test_three_backends_agree_on_many_rows_which_are_rehearsed_in_float32():
    X = RNG.normal(3, 2, (12_000, 4))
    y = (RNG.random(12_000) < 1 / (1 + np.exp(3 - X @ [0.5, -0.3, 0.8, 0]))).astype(int)
    models = [module(b, "logistic").LogisticRegression().fit(X, y) for b in BACKENDS]
    ref = theirs(X, y)
    for model in models:
        np.testing.assert_allclose(model.coef_, ref.coef_, rtol=0, atol=1e-9)
        np.testing.assert_allclose(model.intercept_, ref.intercept_, rtol=0, atol=1e-9)
        assert model.n_iter_ <= 4  # the last stage only refines
        assert np.all(np.diff(model.loss_curve_) <= 1e-12)


def test_the_rehearsal_changes_nothing_but_the_time(monkeypatch):
    X = RNG.normal(size=(9_000, 3)) * [1, 1e3, 1e-3]
    y = (RNG.random(9_000) < 1 / (1 + np.exp(-X @ [1, 1e-3, 1e3]))).astype(int)
    staged = scratch.LogisticRegression(C=np.inf).fit(X, y)
    monkeypatch.setattr("medai_course.scratch.logistic_solvers.REHEARSAL", 10**9)
    plain = scratch.LogisticRegression(C=np.inf).fit(X, y)
    assert plain.n_iter_ > staged.n_iter_
    np.testing.assert_allclose(staged.coef_, plain.coef_, rtol=1e-10)
    np.testing.assert_allclose(staged.covariance_, plain.covariance_, rtol=1e-8)


# ---- derivatives ----


@pytest.mark.parametrize("m", [1, 3])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_gradient_and_hessian_are_central_differences(LogisticRegression, m, fit_intercept):
    rng = np.random.default_rng(2)
    model = LogisticRegression(C=0.5, fit_intercept=fit_intercept)
    X = rng.normal(3, 2, (11, 4))
    X, _, M = model._scaling(X, 11.0)
    w = rng.uniform(0.5, 2, (11, 1)) / 11
    Y = np.eye(max(m, 2))[rng.integers(0, max(m, 2), 11)][:, :m]
    constant = model._to_backend(X, Y, w, model._penalty(M, 11.0), M)

    def at(flat, verb):
        return getattr(model, verb)(model._to_backend(flat.reshape(5, m)), *constant)

    theta = rng.normal(size=5 * m)
    gradient = lambda flat: model._to_numpy(at(flat, "_loss_and_gradient")[1]).ravel()
    numeric = central_difference(lambda t: float(at(t, "_loss_and_gradient")[0]), theta)
    assert (abs(gradient(theta) - numeric) <= 1e-7 + 1e-5 * abs(numeric)).all()
    hessian, numeric = model._to_numpy(at(theta, "_hessian")), central_difference(gradient, theta)
    assert (abs(hessian - numeric) <= 1e-7 + 1e-5 * abs(numeric)).all()


def test_the_loss_is_a_mean_and_spares_the_intercept(LogisticRegression):
    X, y = WDBC[0][:, :3], WDBC[1]
    model = LogisticRegression(C=2.0).fit(X, y)
    p = model.predict_proba(X)[np.arange(len(y)), y]
    expected = -np.log(p).mean() + np.sum(model.coef_**2) / (2 * 2.0 * len(y))
    assert model.loss_curve_[-1] == pytest.approx(expected, rel=1e-12)
    twice = LogisticRegression(C=1.0).fit(np.vstack([X, X]), np.append(y, y))
    np.testing.assert_allclose(twice.coef_, model.coef_, rtol=1e-6)


def test_huge_scores_do_not_overflow(LogisticRegression):
    model = LogisticRegression().fit([[-1.0], [0.0], [1.0], [2.0]], [0, 0, 1, 1])
    far = np.array([[-1e6], [1e6], [1e300]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        np.testing.assert_array_equal(model.predict_proba(far), [[1, 0], [0, 1], [0, 1]])
        log_p = model.predict_log_proba(far[:2])
    assert log_p[0, 1] == pytest.approx(model.decision_function(far[:1])[0]) and log_p[0, 0] == 0
    three = LogisticRegression().fit(*SIX)
    far = SIX[0][:4] * 1e6
    np.testing.assert_allclose(three.predict_proba(far).sum(1), 1)
    assert np.isfinite(three.predict_log_proba(far)).all()


@pytest.mark.parametrize("offset", [1e3, 1e6])
def test_columns_far_from_zero_lose_no_digits(LogisticRegression, offset):
    X, y = WDBC[0][:, [0, 1, 4]], WDBC[1]
    near, far = (LogisticRegression(C=np.inf).fit(Z, y) for Z in (X, X + offset))
    np.testing.assert_allclose(far.coef_, near.coef_, rtol=1e-6)
    expected = near.intercept_ - near.coef_.sum(1) * offset
    np.testing.assert_allclose(far.intercept_, expected, rtol=1e-6)
    block = near.covariance_[:3, :3]
    np.testing.assert_allclose(far.covariance_[:3, :3], block, rtol=1e-5)


# ---- standard errors and odds ratios ----


def test_published_beetle_mortality(LogisticRegression):
    X, y, w = grouped(*BEETLES.T)
    table = LogisticRegression(C=np.inf).fit(X, y, w).summary()
    published = [[-60.717, 5.181, -11.72], [34.270, 2.912, 11.77]]
    np.testing.assert_allclose(table[["coef", "std_error", "z"]], published, rtol=2e-4)
    assert list(table.index) == ["intercept", "x0"] and (table["p_value"] < 2e-16).all()


def test_published_oring_failures(LogisticRegression):
    X = np.array(ORING_F.split(), float)[:, None]
    y = np.array(ORING_FAILED.split(), int)
    table = LogisticRegression(C=np.inf).fit(X, y).summary()
    published = [[15.0429, 7.3786, 2.039, 0.0415], [-0.2322, 0.1082, -2.145, 0.0320]]
    ours = table[["coef", "std_error", "z", "p_value"]]
    np.testing.assert_allclose(ours, published, rtol=2e-3)
    np.testing.assert_allclose(ours["coef"], [15.0429, -0.2322], atol=5e-5)


def test_a_two_by_two_table_has_woolfs_interval(LogisticRegression):
    """Doll and Hill (1950): 647 of 649 men with lung cancer had smoked, and 622 of 649 others."""
    X, y, w = [[1], [0], [1], [0]], [1, 1, 0, 0], [647, 2, 622, 27]
    row = LogisticRegression(C=np.inf).fit(X, y, w).odds_ratios().loc["x0"]
    ratio, se = 647 * 27 / (2 * 622), np.sqrt(1 / 647 + 1 / 2 + 1 / 622 + 1 / 27)
    assert row["odds_ratio"] == pytest.approx(ratio, rel=1e-9)
    limits = ratio * np.exp([-1.959963985 * se, 1.959963985 * se])
    np.testing.assert_allclose(row[["lower", "upper"]].astype(float), limits, rtol=1e-8)
    assert LogisticRegression(C=np.inf).fit(X, y, w).odds_ratios(0.9).loc["x0", "lower"] > limits[0]


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "gd"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_standard_errors_are_those_of_the_observed_information(
    LogisticRegression, solver, fit_intercept
):
    X, y = make_classification(200, 3, n_informative=3, n_redundant=0, flip_y=0.3, random_state=0)
    params = {"solver": solver, "fit_intercept": fit_intercept, "max_iter": 5000, "tol": 1e-10}
    model = LogisticRegression(C=np.inf, **params).fit(X, y)
    A = np.column_stack([X, np.ones(len(X))])[:, : 3 + fit_intercept]
    p = model.predict_proba(X)[:, 1]
    expected = np.linalg.inv(A.T @ ((p * (1 - p))[:, None] * A))
    np.testing.assert_allclose(model.covariance_, expected, rtol=1e-6)
    table = model.summary()
    assert len(table) == 3 + fit_intercept
    np.testing.assert_allclose(table["std_error"].iloc[-3:], np.sqrt(np.diag(expected))[:3])


def test_names_of_features_are_those_of_the_table(LogisticRegression):
    X = pd.DataFrame(WDBC[0][:, :2], columns=["radius", "texture"])
    model = LogisticRegression(C=np.inf).fit(X, WDBC[1])
    assert list(model.odds_ratios().index) == ["radius", "texture"]
    assert list(model.summary().index) == ["intercept", "radius", "texture"]


def test_no_standard_errors_where_they_mean_nothing(LogisticRegression):
    X, y = WDBC[0][:, :2], WDBC[1]
    with pytest.raises(ValueError, match=r"penalty shrinks.*C=np.inf, not C=1.0"):
        LogisticRegression().fit(X, y).summary()
    with pytest.raises(ValueError, match="3 classes: compare two of them"):
        LogisticRegression(C=np.inf).fit(*SIX).odds_ratios()
    with pytest.raises(ValueError, match="class_weight=None"):
        LogisticRegression(C=np.inf, class_weight="balanced").fit(X, y).summary()
    with pytest.raises(NotFittedError, match="not fitted yet"):
        LogisticRegression().summary()
    model = LogisticRegression(C=np.inf).fit(X, y)
    with pytest.raises(ValueError, match="conf_level must be between 0 and 1"):
        model.odds_ratios(95)
    assert not hasattr(model.set_params(C=1.0).fit(X, y), "covariance_")


# ---- separation, dependent columns, early stops ----


@pytest.mark.parametrize("solver", ["newton", "lbfgs"])
def test_complete_separation_is_said(LogisticRegression, solver):
    X = np.array([[1, 5], [2, 3], [3, 4], [4, 4], [5, 5], [6, 3.5]])
    with pytest.warns(ConvergenceWarning, match="a plane separates the classes completely"):
        LogisticRegression(C=np.inf, solver=solver).fit(X, [0, 0, 0, 1, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        LogisticRegression(C=10.0).fit(X, [0, 0, 0, 1, 1, 1])
    with pytest.warns(ConvergenceWarning, match="a plane separates the classes completely"):
        LogisticRegression(C=np.inf, solver=solver).fit(X, [0, 0, 1, 1, 2, 2])


def test_quasi_separation_names_the_feature(LogisticRegression):
    """Nobody without the marker died: its odds ratio is infinite, the other feature's is not."""
    marker = np.repeat([0, 1], [40, 60])
    dose = np.random.default_rng(3).normal(size=100)
    died = np.where(marker == 1, np.arange(100) % 3 == 0, 0)
    X = pd.DataFrame({"dose": dose, "marker": marker})
    with pytest.warns(ConvergenceWarning, match="feature marker grows without bound, as it"):
        model = LogisticRegression(C=np.inf).fit(X, died)
    table = model.odds_ratios()
    assert table.loc["marker", "odds_ratio"] > 1e4
    alone = LogisticRegression(C=np.inf).fit(X[["dose"]][40:], died[40:]).odds_ratios()
    np.testing.assert_allclose(table.loc["dose"], alone.loc["dose"], rtol=1e-5)


def test_dependent_columns_are_said_and_have_no_standard_error(LogisticRegression):
    X, y = WDBC[0][:, :3], WDBC[1]
    Z = np.column_stack([X, X[:, 0] + X[:, 1], np.ones(len(X))])
    with pytest.warns(UserWarning, match="linearly dependent or constant"):
        model = LogisticRegression(C=np.inf).fit(Z, y)
    expected = LogisticRegression(C=np.inf).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(Z), expected.predict_proba(X), atol=1e-7)
    errors = model.summary()["std_error"]
    assert errors[["x0", "x1", "x3", "x4"]].isna().all()
    assert errors["x2"] == pytest.approx(expected.summary()["std_error"]["x2"], rel=1e-5)
    assert model.coef_[0, 4] == 0


def test_a_solver_that_is_stopped_early_says_so(LogisticRegression):
    X, y = WDBC
    for solver in ("newton", "lbfgs", "gd"):
        with pytest.warns(ConvergenceWarning, match=f"{solver} stopped at max_iter=2"):
            model = LogisticRegression(solver=solver, max_iter=2).fit(X, y)
        assert model.n_iter_ == 2 and len(model.loss_curve_) == 3


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "gd"])
def test_a_warm_start_goes_on_from_the_last_fit(LogisticRegression, solver):
    X, y = scaled(WDBC[0][:, :5]) + 0.1, WDBC[1]
    model = LogisticRegression(C=0.01, solver=solver, warm_start=True, tol=1e-6).fit(X, y)
    coef, first = model.coef_, model.n_iter_
    assert model.fit(X, y).n_iter_ <= first / 4
    np.testing.assert_allclose(model.coef_, coef, rtol=1e-5)
    model.fit(X[:, :3], y)  # of another shape: from zero
    assert model.coef_.shape == (1, 3)


def test_labels_may_be_strings_and_their_order_is_the_alphabets(LogisticRegression):
    X, y = WDBC[0][:, :3], np.where(WDBC[1] == 1, "benign", "malignant")
    model = LogisticRegression().fit(X, y)
    assert list(model.classes_) == ["benign", "malignant"]
    assert (model.predict(X) == y).mean() > 0.85
    flipped = LogisticRegression().fit(X, WDBC[1])
    np.testing.assert_allclose(model.coef_, -flipped.coef_, rtol=1e-6)


# ---- bad input ----


@pytest.mark.parametrize(
    "params, words",
    [
        ({"C": 0}, "C must be a finite number > 0, got 0"),
        ({"C": -1.0}, "C must be a finite number > 0"),
        ({"C": np.nan}, "C must be a finite number > 0"),
        ({"C": -np.inf}, "C must be a finite number > 0"),
        ({"solver": "sag"}, "solver must be one of 'newton', 'lbfgs', 'gd', got 'sag'"),
        ({"max_iter": 0}, "max_iter must be an integer ≥ 1"),
        ({"tol": 0}, "tol must be a finite number > 0"),
        ({"learning_rate": "fast"}, "learning_rate must be a finite number > 0"),
        ({"solver": "gd", "learning_rate": 1e3}, "learning_rate=1e.03 is too large"),
        ({"class_weight": "equal"}, "class_weight must be None, 'balanced' or a dict"),
        ({"class_weight": {7: 1.0}}, r"class_weight names classes that y does not have: \[7\]"),
        ({"class_weight": {0: -1.0}}, "class_weight must hold finite numbers > 0"),
    ],
)
def test_parameters(LogisticRegression, params, words):
    with pytest.raises(ValueError, match=words):
        LogisticRegression(**params).fit(*WDBC)


def test_data(LogisticRegression):
    X, y = WDBC[0][:20, :2], WDBC[1][:20]
    with pytest.raises(ValueError, match=r"only one class, 0: a classifier needs at least two"):
        LogisticRegression().fit(X, np.zeros(20, int))
    with pytest.raises(ValueError, match="sample_weight is 0 for every row of class 1"):
        LogisticRegression().fit(X, y, (y == 0).astype(float))
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        LogisticRegression().fit(X, y, np.full(20, -1.0))
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        LogisticRegression().fit(X, X[:, 0])
    with pytest.raises(ValueError, match="Input X contains NaN"):
        LogisticRegression().fit(np.where(X > 12, np.nan, X), y)
    with pytest.raises(ValueError, match="Input X contains infinity"):
        LogisticRegression().fit(np.where(X > 12, np.inf, X), y)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        LogisticRegression().predict_proba(X)
    with pytest.raises(ValueError, match=r"X has 1 features.*expecting 2"):
        LogisticRegression().fit(X, y).predict(X[:, :1])

"""Support vector machines: libsvm's optimum, three backends, the conditions for it, bad input."""

import numpy as np
import pytest
from sklearn import svm as peer
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from medai_course.scratch import linear_svm_solvers, platt, svm_dual
from medai_course.scratch.smo import smo
from tests.backends import BACKENDS, module
from tests.test_gradients import central_difference

FILES = {"SVM": "svm", "SVR": "svr", "LinearSVM": "linear_svm"}


def scaled(X):
    return (X - X.mean(0)) / X.std(0)


WDBC = scaled(load_breast_cancer().data), load_breast_cancer().target
WINE = scaled(load_wine().data), load_wine().target
IRIS = load_iris(return_X_y=True)
DIABETES = load_diabetes().data * 20, load_diabetes().target / 77
KERNELS = {
    "rbf": {},
    "wide": {"gamma": "auto", "C": 10.0},
    "poly": {"kernel": "poly", "coef0": 1.0, "degree": 2},
    "linear": {"kernel": "linear", "C": 0.1},
}


def of(backend, name):
    return getattr(module(backend, FILES[name]), name)


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


@pytest.fixture
def SVM(backend):
    return of(backend, "SVM")


@pytest.fixture
def SVR(backend):
    return of(backend, "SVR")


@pytest.fixture
def LinearSVM(backend):
    return of(backend, "LinearSVM")


# ---- the same optimum as libsvm ----


@pytest.mark.parametrize("data", [WDBC, WINE, IRIS], ids=["wdbc", "wine", "iris"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_svm_is_libsvms(SVM, data, kernel):
    X, y = data
    ours = SVM(tol=1e-8, **KERNELS[kernel]).fit(X, y)
    theirs = peer.SVC(tol=1e-8, **KERNELS[kernel]).fit(X, y)
    np.testing.assert_array_equal(ours.support_, theirs.support_)
    np.testing.assert_array_equal(ours.n_support_, theirs.n_support_)
    atol = 1e-6 if kernel == "rbf" else 1e-5  # libsvm's K is in float32
    np.testing.assert_allclose(
        ours.decision_function(X), theirs.decision_function(X), rtol=atol, atol=atol
    )
    np.testing.assert_allclose(ours.dual_coef_, theirs.dual_coef_, atol=1e-4)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=atol)
    np.testing.assert_array_equal(ours.support_vectors_, theirs.support_vectors_)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    ovo = ours.set_params(decision_function_shape="ovo").decision_function(X)
    expected = theirs.set_params(decision_function_shape="ovo").decision_function(X)
    np.testing.assert_allclose(ovo, expected, rtol=1e-5, atol=1e-5)
    if kernel == "linear":
        np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-5)


@pytest.mark.parametrize("kernel", ["rbf", "poly"])
def test_the_dual_objective_is_libsvms_to_a_millionth(SVM, kernel):
    X, y = WDBC
    ours = SVM(**KERNELS[kernel]).fit(X, y)
    theirs = peer.SVC(**KERNELS[kernel]).fit(X, y)
    K = ours._to_numpy(ours._kernel(*ours._to_backend(X, X)))

    def objective(model):
        beta = np.zeros(len(X))
        beta[model.support_] = model.dual_coef_[0]
        return abs(beta).sum() - beta @ K @ beta / 2

    assert ours.dual_objective_[0] == pytest.approx(objective(ours), rel=1e-12)
    assert objective(ours) == pytest.approx(objective(theirs), rel=1e-6)


@pytest.mark.parametrize("n", [1200, 3000])
def test_rows_beyond_the_working_set_meet_the_conditions(backend, n, monkeypatch):
    """n = 3,000 goes set by set; the maximum, its bounds and its slopes, checked directly."""
    monkeypatch.setattr(svm_dual, "WHOLE", 1500)
    X = np.random.default_rng(0).normal(size=(n, 5))
    y = np.where(X[:, 0] ** 2 + X[:, 1] + np.random.default_rng(1).normal(size=n) > 1, 1, -1)
    model = of(backend, "SVM")(tol=1e-4, gamma=0.2, cache_size=10).fit(X, y)  # rows are dropped
    beta, f = np.zeros(n), model.decision_function(X)
    beta[model.support_] = model.dual_coef_[0]
    assert abs(beta.sum()) < 1e-9 and (beta * y >= 0).all() and (abs(beta) <= 1).all()
    assert (y * f)[beta == 0].min() > 1 - 2e-4
    assert (y * f)[abs(beta) == 1].max() < 1 + 2e-4
    free = (beta != 0) & (abs(beta) < 1)
    np.testing.assert_allclose((y * f)[free], 1, atol=2e-4)
    assert np.count_nonzero(free) > 10
    primal = beta @ (f - model.intercept_[0]) / 2 + np.maximum(0, 1 - y * f).sum()
    assert primal == pytest.approx(model.dual_objective_[0], rel=1e-4)


def test_working_sets_and_all_rows_at_once_agree(SVM, monkeypatch):
    X, y = WDBC
    whole = SVM(tol=1e-9).fit(X, y)
    monkeypatch.setattr(svm_dual, "WHOLE", 10)
    monkeypatch.setattr(svm_dual, "SET", 64)
    sets = SVM(tol=1e-9).fit(X, y)
    assert sets.dual_objective_ == pytest.approx(whole.dual_objective_, rel=1e-9)
    np.testing.assert_allclose(sets.decision_function(X), whole.decision_function(X), atol=1e-6)


def test_weights_scale_the_cost_of_a_row(SVM):
    X, y = WDBC
    w = np.random.default_rng(0).uniform(0, 2, len(y))
    params = {"gamma": 0.05, "class_weight": {0: 3.0}, "tol": 1e-8}
    ours, theirs = SVM(**params).fit(X, y, w), peer.SVC(**params).fit(X, y, w)
    np.testing.assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=1e-5)
    beta = np.zeros(len(y))
    beta[ours.support_] = ours.dual_coef_[0]
    assert (abs(beta) <= w * np.where(y == 0, 3, 1)).all()


def test_a_callable_kernel_is_the_kernel(SVM):
    X, y = WINE
    ours = SVM(kernel=lambda A, B: (A @ B.T + 1) ** 2, tol=1e-8).fit(X, y)
    same = SVM(kernel="poly", gamma=1.0, coef0=1.0, degree=2, tol=1e-8).fit(X, y)
    np.testing.assert_allclose(ours.decision_function(X), same.decision_function(X), atol=1e-7)
    with pytest.raises(ValueError, match="kernel must return finite numbers of shape"):
        SVM(kernel=lambda A, B: A).fit(X, y)


@pytest.mark.parametrize("kernel", KERNELS)
def test_svr_is_libsvms(SVR, kernel):
    X, y = DIABETES
    params = {"tol": 1e-8, "epsilon": 0.2} | KERNELS[kernel]
    ours, theirs = SVR(**params).fit(X, y), peer.SVR(**params).fit(X, y)
    np.testing.assert_array_equal(ours.support_, theirs.support_)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=1e-5)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-5)
    inside = abs(y - ours.predict(X)) < 0.2 - 1e-6
    assert inside.any() and not np.isin(np.flatnonzero(inside), ours.support_).any()


def test_svr_of_a_tube_that_holds_all_rows_is_flat(SVR):
    model = SVR(epsilon=10.0).fit(*DIABETES)
    assert not len(model.support_)
    np.testing.assert_allclose(model.predict(DIABETES[0]), model.intercept_[0])


# ---- linear machines ----


def primal(model, X, y, C, p):
    f = X @ model.coef_[0] + model.intercept_[0]
    h = np.maximum(0, 1 - np.where(y == y.max(), 1, -1) * f)
    return np.sum(model.coef_[0] ** 2) / 2 + C * np.sum(h**p)


@pytest.mark.parametrize("C", [0.01, 1.0])
def test_hinge_is_the_linear_kernels_machine(LinearSVM, C):
    X, y = WDBC
    ours = LinearSVM(C=C, loss="hinge", tol=1e-12).fit(X, y)
    theirs = peer.SVC(kernel="linear", C=C, tol=1e-9).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-5)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-6)
    assert ours.objective_[0] == pytest.approx(primal(ours, X, y, C, 1), rel=1e-12)
    assert ours.objective_[0] <= primal(theirs, X, y, C, 1) * (1 + 1e-12)
    dual = module("scratch", "svm").SVM(kernel="linear", C=C, tol=1e-9).fit(X, y)
    assert ours.objective_[0] == pytest.approx(dual.dual_objective_[0], rel=1e-9)
    np.testing.assert_allclose(ours.coef_, dual.coef_, atol=1e-6)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_squared_hinge_is_liblinears_with_a_free_intercept(LinearSVM, fit_intercept):
    X, y = WDBC
    ours = LinearSVM(fit_intercept=fit_intercept).fit(X, y)
    theirs = peer.LinearSVC(fit_intercept=fit_intercept, dual=False, tol=1e-10, max_iter=10**5)
    theirs.fit(X, y)
    best = primal(theirs, X, y, 1.0, 2) if fit_intercept else ours.objective_[0]
    assert ours.objective_[0] == pytest.approx(primal(ours, X, y, 1.0, 2), rel=1e-12)
    assert ours.objective_[0] <= best
    if not fit_intercept:
        np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)
        assert ours.intercept_ == 0
    else:  # as a kernel machine whose diagonal is raised
        K = X @ X.T + np.eye(len(X)) / 2
        kernel = peer.SVC(kernel="precomputed", C=1e9, tol=1e-9).fit(K, y)
        coef = kernel.dual_coef_[0] @ X[kernel.support_]
        np.testing.assert_allclose(ours.coef_[0], coef, atol=1e-5)
        np.testing.assert_allclose(ours.intercept_, kernel.intercept_, atol=1e-5)


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
def test_more_classes_are_one_against_the_rest(LinearSVM, loss):
    X, y = WINE
    ours = LinearSVM(loss=loss, C=0.1).fit(X, y)
    assert ours.coef_.shape == (3, 13) and ours.decision_function(X).shape == (178, 3)
    for k in range(3):
        one = LinearSVM(loss=loss, C=0.1).fit(X, (y == k).astype(int))
        np.testing.assert_allclose(ours.coef_[k], one.coef_[0], atol=1e-7)
    np.testing.assert_array_equal(ours.predict(X), ours.decision_function(X).argmax(1))
    assert ours.score(X, y) > 0.98


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
def test_the_intercept_is_not_penalised_and_weights_count_rows(LinearSVM, loss):
    X, y = WDBC[0][:100, :3], WDBC[1][:100]
    params = {"loss": loss, "C": 0.1, "tol": 1e-13}
    near, far = (LinearSVM(**params).fit(Z, y) for Z in (X, X + 1000))
    np.testing.assert_allclose(far.coef_, near.coef_, atol=1e-6)
    np.testing.assert_allclose(far.intercept_, near.intercept_ - 1000 * near.coef_.sum(), rtol=1e-6)
    w = np.random.default_rng(0).integers(0, 3, 100)
    repeated = LinearSVM(**params).fit(np.repeat(X, w, 0), np.repeat(y, w))
    np.testing.assert_allclose(LinearSVM(**params).fit(X, y, w).coef_, repeated.coef_, atol=1e-6)


def test_a_rehearsal_on_fewer_rows_changes_nothing_but_the_time(LinearSVM, monkeypatch):
    X = np.random.default_rng(0).normal(size=(6000, 3))
    y = (X[:, 0] + np.random.default_rng(1).normal(size=6000) > 0).astype(int)
    staged = LinearSVM().fit(X, y)
    monkeypatch.setattr(linear_svm_solvers, "REHEARSAL", 10**9)
    plain = LinearSVM().fit(X, y)
    assert staged.n_iter_ <= plain.n_iter_
    np.testing.assert_allclose(staged.coef_, plain.coef_, atol=1e-9)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_gradient_and_hessian_of_the_squared_hinge(LinearSVM, fit_intercept):
    rng = np.random.default_rng(0)
    model = LinearSVM(fit_intercept=fit_intercept)
    X, M, _ = model._centred(rng.normal(2, 1, (13, 4)))
    e = np.append(np.ones(4), 1.0 - fit_intercept)[:, None]
    s, C = rng.choice([-1.0, 1.0], (13, 1)), rng.uniform(0.1, 2, (13, 1))
    inputs = model._to_backend(X, s, C, M, e)

    def at(theta, part):
        found = model._loss_gradient_hessian(model._to_backend(theta[:, None]), *inputs)[part]
        return model._to_numpy(found).ravel() if part == 1 else found

    theta = rng.normal(size=5) / 3
    numeric = central_difference(lambda t: float(at(t, 0)), theta)
    assert (abs(at(theta, 1) - numeric) <= 1e-7 + 1e-5 * abs(numeric)).all()
    numeric = central_difference(lambda t: at(t, 1), theta)
    hessian = model._to_numpy(at(theta, 2))
    assert (abs(hessian - numeric) <= 1e-7 + 1e-5 * abs(numeric)).all()


# ---- the three backends ----


@pytest.mark.parametrize("kernel", KERNELS)
def test_three_backends_agree_on_kernel_machines(kernel):
    for name, (X, y) in {"SVM": WINE, "SVR": DIABETES}.items():
        params = {"tol": 1e-9} | KERNELS[kernel]
        ours, *others = (of(b, name)(**params).fit(X, y) for b in BACKENDS)
        for other in others:
            np.testing.assert_array_equal(other.support_, ours.support_)
            np.testing.assert_allclose(other.dual_objective_, ours.dual_objective_, rtol=1e-9)
            np.testing.assert_allclose(other.dual_coef_, ours.dual_coef_, atol=1e-6)
            np.testing.assert_allclose(other.intercept_, ours.intercept_, atol=1e-8)
            assert type(other.dual_coef_) is np.ndarray


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
@pytest.mark.parametrize("shape", [(150, 4), (40, 1), (12, 20)])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_three_backends_agree_on_linear_machines(loss, shape, fit_intercept):
    X = np.random.default_rng(0).normal(1, 2, shape)
    y = np.arange(len(X)) % 2
    params = {"loss": loss, "fit_intercept": fit_intercept, "tol": 1e-12}
    ours, *others = (of(b, "LinearSVM")(**params).fit(X, y) for b in BACKENDS)
    for other in others:
        assert other.n_iter_ == ours.n_iter_
        np.testing.assert_allclose(other.coef_, ours.coef_, rtol=0, atol=1e-8)
        np.testing.assert_allclose(other.intercept_, ours.intercept_, rtol=0, atol=1e-8)
        np.testing.assert_allclose(other.objective_, ours.objective_, rtol=1e-9)


# ---- by hand, and what other machines got wrong ----


def test_two_patients_by_hand(SVM):
    """x = -1 and 1: the margin lies between, w = 1, b = 0, and alpha = 1/2 for both."""
    model = SVM(kernel="linear", C=10.0).fit([[-1.0], [1.0]], [0, 1])
    np.testing.assert_allclose(model.dual_coef_, [[-0.5, 0.5]])
    np.testing.assert_allclose(model.coef_, [[1.0]])
    np.testing.assert_allclose(model.intercept_, [0], atol=1e-12)
    assert model.dual_objective_[0] == pytest.approx(0.5)


def test_the_intercept_comes_from_rows_between_the_bounds(SVM):
    """At C = 0.1 most support vectors are at the bound, and would give another b each."""
    X, y = WDBC
    model = SVM(C=0.1, tol=1e-8).fit(X, y)
    beta, s = np.zeros(len(X)), np.where(y == 1, 1, -1)
    beta[model.support_] = model.dual_coef_[0]
    free = (abs(beta) > 0) & (abs(beta) < 0.1)
    assert 0 < np.count_nonzero(free) < np.count_nonzero(abs(beta) == 0.1)
    np.testing.assert_allclose((s * model.decision_function(X))[free], 1, atol=1e-6)


def test_rows_all_at_their_bound_give_the_middle(SVM):
    X, y = [[0.0], [1.0], [0.0], [1.0]], [0, 0, 1, 1]
    model = SVM(kernel="linear", C=1e-3).fit(X, y)
    assert (abs(model.dual_coef_) == 1e-3).all()
    np.testing.assert_allclose(model.decision_function(X), 0, atol=1e-9)


def test_every_row_can_be_drawn_even_the_last(SVM):
    X = np.array([[0.0], [0.1], [0.2], [5.0]])
    model = SVM(kernel="linear", C=100.0).fit(X, [0, 0, 0, 1])
    assert 3 in model.support_ and (model.predict(X) == [0, 0, 0, 1]).all()


def test_equal_rows_of_opposite_classes_end(SVM):
    X = np.repeat([[0.0, 1.0], [2.0, 3.0]], 4, axis=0)
    model = SVM(tol=1e-6).fit(X, np.arange(8) % 2)
    np.testing.assert_allclose(model.decision_function(X), 0, atol=1e-6)


def test_smo_keeps_the_sum_the_bounds_and_raises_the_objective():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(30, 4))
    K, t = A @ A.T, rng.choice([-1.0, 1.0], 30)
    lo, hi = np.where(t > 0, 0, -0.3), np.where(t > 0, 0.3, 0)
    values, beta = [], np.zeros(30)
    for _ in range(60):
        beta, n_iter = smo(K, t - K @ beta, beta, lo, hi, 1e-9, 1)
        values.append(t @ beta - beta @ K @ beta / 2)
        assert abs(beta.sum()) < 1e-12 and (beta >= lo).all() and (beta <= hi).all()
    assert np.all(np.diff(values) >= -1e-12)
    beta, n_iter = smo(K, t.copy(), np.zeros(30), lo, hi, 1e-9, 10**6)
    assert 0 < n_iter < 10**5 and t @ beta - beta @ K @ beta / 2 >= values[-1] - 1e-12


def test_columns_far_from_zero_have_the_same_gaussian_kernel(SVM):
    X, y = WDBC
    near, far = (SVM(gamma=0.05, tol=1e-8).fit(Z, y) for Z in (X, X + 1e6))
    np.testing.assert_allclose(far.dual_objective_, near.dual_objective_, rtol=1e-6)


# ---- probabilities ----


def test_probabilities_are_platts(SVM):
    X, y = WDBC
    params = {"gamma": 0.03, "C": 2.0, "tol": 1e-8}
    model = SVM(probability=True, random_state=3, **params).fit(X, y)
    fold = platt.folds(y, np.random.default_rng(3))
    splits = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(5)]
    theirs = CalibratedClassifierCV(peer.SVC(**params), cv=splits, ensemble=False).fit(X, y)
    P = model.predict_proba(X)
    np.testing.assert_allclose(P, theirs.predict_proba(X), atol=1e-4)
    np.testing.assert_allclose(P.sum(1), 1)
    assert model.sigmoids_[0, 0] < 0
    again = SVM(probability=True, random_state=3, **params).fit(X, y)
    np.testing.assert_array_equal(again.sigmoids_, model.sigmoids_)
    other = SVM(probability=True, random_state=4, **params).fit(X, y)
    assert (other.sigmoids_ != model.sigmoids_).any()


def test_probabilities_of_three_classes_are_coupled_pairs(SVM):
    X, y = WINE
    model = SVM(probability=True, random_state=0).fit(X, y)
    P = model.predict_proba(X)
    np.testing.assert_allclose(P.sum(1), 1)
    assert (P >= 0).all() and (P.argmax(1) == model.predict(X)).mean() > 0.98
    assert not hasattr(SVM(), "predict_proba")
    model.set_params(probability=False).fit(X, y).set_params(probability=True)
    with pytest.raises(ValueError, match="probability was False when this was fitted"):
        model.predict_proba(X)


def test_a_class_of_one_row_still_gets_probabilities(SVM):
    """While that row is left out there is nothing to compare: its class gets -1 or 1."""
    X, y = [[0.0], [0.1], [0.2], [0.3], [0.4], [5.0]], [0, 0, 0, 0, 0, 1]
    P = SVM(kernel="linear", probability=True, random_state=0).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(P.sum(1), 1)
    assert ((P > 0) & (P < 1)).all()


def test_coupling_recovers_probabilities_that_the_pairs_agree_on():
    P = np.random.default_rng(0).dirichlet([1, 2, 3, 4], 20)
    R = P[:, :, None] / (P[:, :, None] + P[:, None, :])
    R[:, np.arange(4), np.arange(4)] = 0
    np.testing.assert_allclose(platt.couple(R), P, atol=1e-10)


def test_the_sigmoid_of_separated_classes_is_finite():
    a, b = platt.fit_sigmoid(np.array([-2.0, -1, 1, 2]), np.array([False, False, True, True]))
    assert np.isfinite([a, b]).all() and a < 0 and abs(b) < 1e-6


def test_folds_hold_every_class_alike():
    codes = np.repeat([0, 1, 2], [50, 20, 5])
    fold = platt.folds(codes, np.random.default_rng(0))
    for k in range(5):
        np.testing.assert_array_equal(np.bincount(codes[fold == k]), [10, 4, 1])


# ---- bad input ----


@pytest.mark.parametrize(
    "name, params, words",
    [
        ("SVM", {"C": 0}, "C must be a finite number > 0, got 0"),
        ("SVM", {"kernel": "sigmoid"}, "kernel must be one of 'linear', 'rbf', 'poly'"),
        ("SVM", {"gamma": 0}, "gamma must be a finite number > 0"),
        ("SVM", {"gamma": "wide"}, "gamma must be one of 'scale', 'auto', got 'wide'"),
        ("SVM", {"degree": 0}, "degree must be an integer ≥ 1"),
        ("SVM", {"coef0": np.nan}, "coef0 must be a finite number"),
        ("SVM", {"tol": 0}, "tol must be a finite number > 0"),
        ("SVM", {"max_iter": 0}, "max_iter must be an integer ≥ 1"),
        ("SVM", {"cache_size": -1}, "cache_size must be a finite number > 0"),
        ("SVM", {"decision_function_shape": "all"}, "must be one of 'ovr', 'ovo', got 'all'"),
        ("SVM", {"class_weight": "equal"}, "class_weight must be None, 'balanced' or a dict"),
        ("SVR", {"epsilon": -0.1}, "epsilon must be a finite number ≥ 0"),
        ("SVR", {"kernel": "cosine"}, "kernel must be one of"),
        ("LinearSVM", {"C": -1}, "C must be a finite number > 0"),
        ("LinearSVM", {"loss": "log"}, "loss must be one of 'squared_hinge', 'hinge'"),
        ("LinearSVM", {"tol": 0}, "tol must be a finite number > 0"),
        ("LinearSVM", {"max_iter": 0.5}, "max_iter must be an integer ≥ 1"),
    ],
)
def test_parameters(backend, name, params, words):
    with pytest.raises(ValueError, match=words):
        of(backend, name)(**params).fit(*IRIS)


@pytest.mark.parametrize("name", FILES)
def test_data(backend, name):
    X, y = IRIS
    Model = of(backend, name)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        Model().fit(np.where(X > 5, np.nan, X), y)
    with pytest.raises(ValueError, match="Input X contains infinity"):
        Model().fit(np.where(X > 5, np.inf, X), y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        Model().fit(X, y[:-1])
    with pytest.raises(NotFittedError, match="not fitted yet"):
        Model().predict(X)
    with pytest.raises(ValueError, match=r"X has 1 features.*expecting 4"):
        Model().fit(X, y).predict(X[:, :1])
    with pytest.raises(ValueError, match=r"(?i)sample.weight"):
        Model().fit(X, y, np.zeros(len(y)))
    if name != "SVR":
        with pytest.raises(ValueError, match="only one class, 0: a classifier needs at least two"):
            Model().fit(X, np.zeros(len(y), int))


def test_stopping_early_is_said(backend):
    with pytest.warns(ConvergenceWarning, match="stopped at max_iter=5 steps"):
        of(backend, "SVM")(max_iter=5).fit(*WDBC)
    with pytest.warns(ConvergenceWarning, match="stopped at max_iter=3"):
        of(backend, "SVR")(max_iter=3).fit(*DIABETES)
    for loss in ("hinge", "squared_hinge"):
        with pytest.warns(ConvergenceWarning, match="stopped at max_iter=2"):
            of(backend, "LinearSVM")(loss=loss, max_iter=2).fit(*WDBC)


def test_only_a_linear_kernel_has_coefficients(backend):
    for name, data in {"SVM": IRIS, "SVR": DIABETES}.items():
        with pytest.raises(AttributeError, match='only kernel="linear" has coef_'):
            _ = of(backend, name)().fit(*data).coef_
        model = of(backend, name)(kernel="linear").fit(*data)
        f = data[0] @ model.coef_.T + model.intercept_
        if name == "SVM":
            model.set_params(decision_function_shape="ovo")
            np.testing.assert_allclose(model.decision_function(data[0]), f, atol=1e-9)
        else:
            np.testing.assert_allclose(model.predict(data[0]), f[:, 0], atol=1e-9)

"""PCA: scikit-learn's components, three backends, the sign, the share, awkward data, errors."""

import numpy as np
import pytest
from sklearn import decomposition
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.exceptions import NotFittedError

from medai_course.scratch.pca import PCA as ScratchPCA
from tests.backends import BACKENDS, module

WDBC = load_breast_cancer().data
WDBC = (WDBC - WDBC.mean(0)) / WDBC.std(0) + 5
DIABETES = load_diabetes().data
RNG = np.random.default_rng(0)
WIDE = RNG.normal(size=(40, 90)) * np.geomspace(1, 0.01, 90)
LEARNED = (
    "components_ explained_variance_ explained_variance_ratio_ singular_values_ mean_ "
    "noise_variance_"
).split()


@pytest.fixture(params=BACKENDS)
def PCA(request):
    return module(request.param, "pca").PCA


def assert_same(ours, theirs, atol):
    for name in LEARNED:
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), atol=atol)
    assert ours.n_components_ == theirs.n_components_


@pytest.mark.parametrize("X", [WDBC, DIABETES, WIDE], ids=["wdbc", "diabetes", "wide"])
@pytest.mark.parametrize("solver", ["auto", "full", "covariance_eigh"])
@pytest.mark.parametrize("n_components, whiten", [(None, False), (3, True), (0.9, False)])
def test_everything_learned_is_scikit_learns(PCA, X, solver, n_components, whiten):
    if solver == "covariance_eigh" and X is WIDE:
        n_components = 3  # beyond the rank, directions are arbitrary
    params = {"n_components": n_components, "whiten": whiten, "svd_solver": solver}
    ours, theirs = PCA(**params).fit(X), decomposition.PCA(**params).fit(X)
    if X is WIDE:  # the last one has no variance left, and the covariance counts d directions
        ours.components_, theirs.components_ = (m.components_[:38] for m in (ours, theirs))
        theirs.noise_variance_ = (
            decomposition.PCA(n_components, svd_solver="full").fit(X).noise_variance_
        )
    assert_same(ours, theirs, 1e-6)
    if X is not WIDE:
        Z = ours.transform(X)
        np.testing.assert_allclose(Z, theirs.transform(X), atol=1e-6)
        np.testing.assert_allclose(ours.inverse_transform(Z), theirs.inverse_transform(Z))
        theirs.whiten = False  # with it, theirs multiplies by the variances twice
        np.testing.assert_allclose(ours.get_covariance(), theirs.get_covariance(), atol=1e-9)
        assert ours.score(X) == pytest.approx(theirs.score(X), rel=1e-9)


@pytest.mark.parametrize("shape", [(700, 60), (60, 700), (600, 600)], ids=str)
def test_the_randomized_solver_finds_the_exact_directions(PCA, shape):
    X = RNG.normal(size=shape) @ np.diag(0.7 ** np.arange(shape[1])) + 3
    ours = PCA(5, svd_solver="randomized", random_state=0).fit(X)
    assert_same(ours, decomposition.PCA(5, svd_solver="full").fit(X), 1e-6)
    again = PCA(5, svd_solver="randomized", random_state=0).fit(X)
    np.testing.assert_array_equal(again.components_, ours.components_)


def test_power_iterations_sharpen_a_flat_spectrum():
    X = RNG.normal(size=(800, 600))
    best = decomposition.PCA(5, svd_solver="full").fit(X).explained_variance_.sum()
    found = [
        ScratchPCA(5, svd_solver="randomized", iterated_power=i, random_state=0).fit(X)
        for i in (0, 2, 20)
    ]
    sums = [m.explained_variance_.sum() / best for m in found]
    assert sums[0] < sums[1] < sums[2] <= 1 + 1e-12 and sums[2] > 0.99


@pytest.mark.parametrize("solver", ["full", "covariance_eigh", "randomized"])
@pytest.mark.parametrize("shape", [(50, 7), (2, 3), (9, 1), (5000, 3)], ids=str)
def test_three_backends_agree(solver, shape):
    X = np.random.default_rng(3).normal(size=shape) * np.geomspace(1, 4, shape[1])
    k = min(shape) - (shape == (2, 3))
    models = [
        module(b, "pca").PCA(k, svd_solver=solver, random_state=1, whiten=True).fit(X)
        for b in BACKENDS
    ]
    ours, *others = models
    for other in others:
        assert_same(other, ours, 1e-9)
        np.testing.assert_allclose(other.transform(X), ours.transform(X), atol=1e-9)
        assert type(other.components_) is np.ndarray and type(other.noise_variance_) is float


@pytest.mark.parametrize("n_components", [1, 2, None])
def test_directions_are_orthonormal_sorted_and_their_largest_entry_is_positive(PCA, n_components):
    model = PCA(n_components).fit(-DIABETES)
    V = model.components_
    np.testing.assert_allclose(V @ V.T, np.eye(len(V)), atol=1e-12)
    assert (np.diff(model.explained_variance_) <= 0).all()
    assert (V[np.arange(len(V)), np.abs(V).argmax(1)] > 0).all()


def test_the_mean_does_not_matter(PCA):
    near, far = PCA(2).fit(WDBC), PCA(2).fit(WDBC + 1e6)
    np.testing.assert_allclose(far.explained_variance_, near.explained_variance_, rtol=1e-8)
    np.testing.assert_allclose(far.components_, near.components_, atol=1e-6)


def test_whitened_components_have_unit_variance_and_all_components_rebuild_the_rows(PCA):
    model = PCA(whiten=True).fit(WDBC)
    Z = model.transform(WDBC)
    np.testing.assert_allclose(np.cov(Z.T), np.eye(30), atol=1e-9)
    np.testing.assert_allclose(model.inverse_transform(Z), WDBC, atol=1e-9)


def test_the_error_of_k_components_is_the_variance_left_out(PCA):
    model = PCA(4).fit(WDBC)
    error = np.sum((WDBC - model.inverse_transform(model.transform(WDBC))) ** 2)
    left_out = model.noise_variance_ * 26 * (len(WDBC) - 1)
    assert error == pytest.approx(left_out, rel=1e-9)


def test_three_patients_by_hand(PCA):
    model = PCA().fit([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])  # on one line
    np.testing.assert_allclose(model.components_[0], [0.5**0.5] * 2)
    np.testing.assert_allclose(model.explained_variance_, [8, 0], atol=1e-12)
    np.testing.assert_allclose(model.transform([[1.0, 2.0]])[0, 0], -(8**0.5))


def test_constant_rows_have_no_variance(PCA):
    for solver in ("full", "covariance_eigh", "randomized"):
        model = PCA(2, svd_solver=solver, whiten=True, random_state=0).fit(np.ones((6, 3)))
        np.testing.assert_allclose(model.explained_variance_, 0, atol=1e-25)
        np.testing.assert_array_equal(model.transform(np.ones((1, 3))), 0)


@pytest.mark.parametrize("n, d", [(300, 5), (2, 2), (70_000, 2), (999, 300)])
def test_the_blocked_scatter_is_the_readable_one(PCA, n, d):
    X, model = np.sort(np.random.default_rng(n).normal(50, 1, (n, d)), 0), PCA()
    mean, C = model._to_numpy(*model._scatter(model._to_backend(X)))
    r = X - X.mean(0)
    np.testing.assert_allclose(mean, X.mean(0), rtol=1e-13)
    np.testing.assert_allclose(C, r.T @ r, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "params, words",
    [
        ({"n_components": 0}, "n_components must be an integer ≥ 1, got 0"),
        ({"n_components": 11}, "n_components=11 must be at most 10, the number of min"),
        ({"n_components": 1.0}, "n_components=1.0 must be an integer ≥ 1, or a share"),
        ({"n_components": 1.5}, "or a share of the variance between 0 and 1"),
        ({"n_components": "mle"}, "n_components must be an integer ≥ 1, got 'mle'"),
        ({"n_components": 0.5, "svd_solver": "randomized"}, "as a share needs svd_solver"),
        ({"svd_solver": "arpack"}, "svd_solver must be one of 'auto', 'full'"),
        ({"iterated_power": -1}, "iterated_power must be an integer"),
        ({"n_oversamples": 0}, "n_oversamples must be an integer ≥ 1"),
    ],
)
def test_parameters(PCA, params, words):
    with pytest.raises(ValueError, match=words):
        PCA(**params).fit(DIABETES)


def test_data(PCA):
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        PCA().fit(DIABETES[:1])
    with pytest.raises(ValueError, match="Input X contains NaN"):
        PCA().fit(np.where(DIABETES > 0.1, np.nan, DIABETES))
    with pytest.raises(NotFittedError, match="not fitted yet"):
        PCA().transform(DIABETES)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        PCA().inverse_transform(DIABETES)
    model = PCA(2).fit(DIABETES)
    with pytest.raises(ValueError, match=r"Z must have shape \(n, 2\), got \(442, 10\)"):
        model.inverse_transform(DIABETES)
    with pytest.raises(ValueError, match="the fitted covariance is singular"):
        PCA().fit(np.column_stack([DIABETES, DIABETES[:, 0]])).score(np.ones((2, 11)))

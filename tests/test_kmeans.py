"""K-means: scikit-learn's path from the same start, three backends, awkward data, clear errors."""

import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn import cluster
from sklearn.datasets import load_iris, make_blobs
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from tests.backends import BACKENDS, module

IRIS = load_iris().data
BLOBS = make_blobs(2000, 5, centers=7, random_state=3)[0]


@pytest.fixture(params=BACKENDS)
def KMeans(request):
    return module(request.param, "kmeans").KMeans


def fit_quietly(model, X, **keywords):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, **keywords)


@pytest.mark.parametrize("X", [IRIS, BLOBS, BLOBS + 1e5], ids=["iris", "blobs", "far"])
@pytest.mark.parametrize("k", [1, 3, 9])
@pytest.mark.parametrize("max_iter, tol", [(1, 0), (4, 0), (300, 0), (300, 1e-4)])
def test_the_path_is_scikit_learns(KMeans, X, k, max_iter, tol):
    start = X[:: len(X) // k][:k]
    params = {"n_clusters": k, "init": start, "n_init": 1, "max_iter": max_iter, "tol": tol}
    ours = fit_quietly(KMeans(**params), X)
    theirs = fit_quietly(cluster.KMeans(**params), X)
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-9)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-9)
    assert ours.n_iter_ == theirs.n_iter_
    np.testing.assert_array_equal(ours.predict(X), ours.labels_)
    np.testing.assert_allclose(ours.transform(X), cdist(X, ours.cluster_centers_), atol=1e-6)
    assert ours.score(X) == pytest.approx(-ours.inertia_, rel=1e-9)


def test_weights_follow_scikit_learn_and_count_as_repeated_rows(KMeans):
    rng = np.random.default_rng(0)
    w = rng.integers(0, 4, len(IRIS))
    params = {"n_clusters": 4, "init": IRIS[[0, 60, 100, 149]], "n_init": 1}
    ours = KMeans(**params).fit(IRIS, sample_weight=w)
    theirs = cluster.KMeans(**params).fit(IRIS, sample_weight=w)
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-9)
    assert ours.inertia_ == pytest.approx(theirs.inertia_, rel=1e-9)
    repeated = KMeans(**params, tol=0).fit(np.repeat(IRIS, w, 0))
    once = KMeans(**params, tol=0).fit(IRIS, sample_weight=w)
    np.testing.assert_allclose(once.cluster_centers_, repeated.cluster_centers_, rtol=1e-12)


def test_an_empty_cluster_takes_the_row_worst_served(KMeans):
    X = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [30.0]])
    params = {"n_clusters": 3, "init": [[0.0], [10.0], [1e6]], "n_init": 1, "tol": 0}
    ours, theirs = KMeans(**params).fit(X), cluster.KMeans(**params).fit(X)
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_)
    np.testing.assert_allclose(ours.cluster_centers_.ravel(), [1, 10.5, 30])
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)


def test_fewer_different_rows_than_clusters(KMeans):
    X = np.repeat([[0.0, 0.0], [3.0, 4.0]], 5, axis=0)
    with pytest.warns(ConvergenceWarning, match="only 2 of n_clusters=3 clusters have rows"):
        model = KMeans(3, random_state=0).fit(X)
    assert model.inertia_ == 0 and np.isfinite(model.cluster_centers_).all()


@pytest.mark.parametrize("params", [{}, {"init": "random"}, {"batch_size": 64}, {"n_init": 3}])
@pytest.mark.parametrize("weighted", [False, True])
def test_three_backends_agree(params, weighted):
    w = np.random.default_rng(1).uniform(size=len(BLOBS)) if weighted else None
    models = [
        module(b, "kmeans").KMeans(7, random_state=5, **params).fit(BLOBS, sample_weight=w)
        for b in BACKENDS
    ]
    ours, *others = models
    for other in others:
        np.testing.assert_allclose(other.cluster_centers_, ours.cluster_centers_, atol=1e-9)
        np.testing.assert_array_equal(other.labels_, ours.labels_)
        np.testing.assert_allclose(other.transform(BLOBS), ours.transform(BLOBS), atol=1e-9)
        assert other.inertia_ == pytest.approx(ours.inertia_, rel=1e-10)
        assert other.n_iter_ == ours.n_iter_
        assert type(other.cluster_centers_) is np.ndarray and type(other.inertia_) is float


def test_mini_batches_are_scikit_learns_given_the_same_rows(KMeans):
    start, order = BLOBS[:7], np.random.default_rng(4).permutation(len(BLOBS))
    ours = KMeans(7, init=start, batch_size=300, max_iter=1, random_state=4).fit(BLOBS)
    theirs = cluster.MiniBatchKMeans(7, init=start, n_init=1, reassignment_ratio=0)
    for rows in np.split(order, range(300, len(BLOBS), 300)):  # the last one is shorter
        theirs.partial_fit(BLOBS[rows])
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-9)


def test_mini_batches_come_close_to_the_whole(KMeans):
    whole = KMeans(7, random_state=0, n_init=5).fit(BLOBS)
    parts = KMeans(7, random_state=0, n_init=5, batch_size=100).fit(BLOBS)
    assert whole.inertia_ <= parts.inertia_ * (1 + 1e-9) and parts.inertia_ < 1.02 * whole.inertia_


def test_a_careful_start_beats_a_random_one(KMeans):
    X = make_blobs(400, centers=20, cluster_std=0.2, random_state=0)[0]
    inertia = {
        init: np.mean([KMeans(20, init, 1, random_state=s).fit(X).inertia_ for s in range(5)])
        for init in ("k-means++", "random")
    }
    assert inertia["k-means++"] < 0.5 * inertia["random"]


def test_predict_assigns_and_learns_nothing(KMeans):
    model = KMeans(3, random_state=0).fit(IRIS)
    before = model.cluster_centers_.copy()
    assert model.predict([[100.0] * 4]).shape == (1,)
    far = model.predict(np.vstack([IRIS + 50, IRIS]))[len(IRIS) :]
    np.testing.assert_array_equal(far, model.labels_)
    np.testing.assert_array_equal(model.cluster_centers_, before)


def test_seeds(KMeans):
    X = np.random.default_rng(0).normal(size=(300, 3))
    fits = [KMeans(8, random_state=s).fit(X).cluster_centers_ for s in (0, 0, 1)]
    np.testing.assert_array_equal(fits[0], fits[1])
    assert not np.array_equal(fits[0], fits[2])


def plain_sums(A, weighted, centers):
    nearest = np.argmin(np.sum((A[:, None, :-1] - centers) ** 2, 2), 1)
    return np.array([weighted[nearest == k].sum(0) for k in range(len(centers))])


@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e30, 1e-100])
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_the_fast_sums_are_the_readable_ones(KMeans, scale, offset, monkeypatch):
    rng = np.random.default_rng(0)
    A = np.column_stack([scale * (rng.normal(size=(9000, 3)) + offset), np.ones(9000)])
    A[5] = A[6] = A[7]  # and rows midway between two centres
    weighted = rng.uniform(size=(9000, 1)) * A
    monkeypatch.setattr(KMeans, "_block_size", lambda self, width: 3000)
    verbs, previous = KMeans(), None
    blocks = verbs._blocks(*verbs._to_backend(A, weighted), 40)
    assert len(blocks) > 2
    for _ in range(4):
        centers = scale * (rng.normal(size=(40, 3)) + offset)
        centers[3] = centers[4]
        previous = verbs._sums(blocks, verbs._to_backend(centers), previous)
        expected = plain_sums(A, weighted, centers)
        found = verbs._to_numpy(previous[0])
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * scale)
        assert not expected[4].any()  # of two equal centres the first has the rows


@pytest.mark.parametrize(
    "params, words",
    [
        ({"n_clusters": 0}, "n_clusters must be an integer ≥ 1, got 0"),
        ({"n_clusters": 2.0}, "n_clusters must be an integer ≥ 1, got 2.0"),
        ({"n_clusters": 151}, "n_clusters=151 must be at most 150, the number of rows of X"),
        (
            {"init": "kmeans++"},
            "init must be one of 'k-means",
        ),
        ({"init": np.ones((3, 2))}, r"shape \(n_clusters, d\) = \(8, 4\), got shape \(3, 2\)"),
        ({"n_init": 0}, "n_init must be an integer ≥ 1"),
        ({"max_iter": 0}, "max_iter must be an integer ≥ 1"),
        ({"tol": -1}, "tol must be a finite number ≥ 0"),
        ({"batch_size": 0}, "batch_size must be an integer ≥ 1"),
    ],
)
def test_parameters(KMeans, params, words):
    with pytest.raises(ValueError, match=words):
        KMeans(**params).fit(IRIS)


def test_data(KMeans):
    with pytest.raises(ValueError, match="Input X contains NaN"):
        KMeans().fit(np.where(IRIS > 7, np.nan, IRIS))
    with pytest.raises(ValueError, match="at least one non-zero"):
        KMeans().fit(IRIS, sample_weight=np.zeros(len(IRIS)))
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        KMeans().fit(IRIS, sample_weight=-np.ones(len(IRIS)))
    with pytest.raises(NotFittedError, match="not fitted yet"):
        KMeans().predict(IRIS)
    with pytest.raises(ValueError, match=r"X has 1 features.*expecting 4"):
        KMeans().fit(IRIS).predict(IRIS[:, :1])

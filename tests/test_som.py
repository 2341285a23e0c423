"""The self-organising map: its formula, its limit K-means, three backends, its measures, errors."""

import numpy as np
import pytest
from sklearn import cluster
from sklearn.datasets import load_iris, make_blobs
from sklearn.exceptions import NotFittedError

from tests.backends import BACKENDS, module

IRIS = load_iris().data
BLOBS = make_blobs(600, 4, centers=6, random_state=2)[0]
SORTED = np.repeat(np.arange(8.0)[:, None] * 10, 50, 0) + np.linspace(0, 1, 400)[:, None] % 0.1


@pytest.fixture(params=BACKENDS)
def SOM(request):
    return module(request.param, "som").SelfOrganizingMap


def kernel(positions, radius):
    steps = positions[:, None] - positions
    return np.exp(-np.sum(steps**2, 2) / (2 * radius**2))


@pytest.mark.parametrize("topology", ["rectangular", "hexagonal"])
def test_a_batch_step_is_the_weighted_mean_of_all_rows(SOM, topology):
    start = IRIS[::12][:12]
    model = SOM((3, 4), topology, max_iter=1, radius_end=0.8, init=start).fit(IRIS)
    nearest = np.sum((IRIS[:, None] - start) ** 2, 2).argmin(1)
    h = kernel(model.positions_, 0.8)[:, nearest]  # (nodes, rows)
    expected = h @ IRIS / h.sum(1, keepdims=True)
    np.testing.assert_allclose(model.cluster_centers_, expected, rtol=1e-10)


def test_with_no_neighbours_it_is_k_means(SOM):
    start = BLOBS[:6]
    params = {"radius": 1e-3, "radius_end": 1e-3, "init": start, "max_iter": 5}
    ours = SOM((2, 3), **params).fit(BLOBS)
    theirs = cluster.KMeans(6, init=start, n_init=1, max_iter=5, tol=0).fit(BLOBS)
    np.testing.assert_allclose(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-9)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    distance = np.linalg.norm(BLOBS - theirs.cluster_centers_[theirs.labels_], axis=1).mean()
    assert ours.quantization_error(BLOBS) == pytest.approx(distance, rel=1e-9)


def test_online_is_kohonens_rule_row_by_row(SOM):
    start = IRIS[::25][:6]
    model = SOM((2, 3), algorithm="online", max_iter=2, init=start, random_state=7).fit(IRIS)
    rng, W, n = np.random.default_rng(7), start.copy(), len(IRIS)
    for t, i in enumerate(np.concatenate([rng.permutation(n), rng.permutation(n)])):
        share = t / (2 * n - 1)
        rate, radius = 0.5 * (0.01 / 0.5) ** share, 1.5 * (1.0 / 1.5) ** share
        b = np.linalg.norm(IRIS[i] - W, axis=1).argmin()
        W += rate * kernel(model.positions_, radius)[b][:, None] * (IRIS[i] - W)
    np.testing.assert_allclose(model.cluster_centers_, W, rtol=1e-10)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"topology": "hexagonal", "shape": (4, 7), "init": "random"},
        {"batch_size": 64, "max_iter": 3},
        {"algorithm": "online", "max_iter": 1},
        {"shape": (1, 9)},
    ],
    ids=str,
)
def test_three_backends_agree(params):
    models = [
        module(b, "som").SelfOrganizingMap(random_state=1, **params).fit(BLOBS) for b in BACKENDS
    ]
    ours, *others = models
    for other in others:
        np.testing.assert_allclose(other.cluster_centers_, ours.cluster_centers_, atol=1e-9)
        np.testing.assert_array_equal(other.labels_, ours.labels_)
        np.testing.assert_array_equal(other.transform(BLOBS), ours.transform(BLOBS))
        np.testing.assert_allclose(other.u_matrix(), ours.u_matrix(), atol=1e-9)
        for error in ("quantization_error", "topographic_error"):
            gap = getattr(other, error)(BLOBS) - getattr(ours, error)(BLOBS)
            assert abs(gap) < 1e-9
        assert type(other.cluster_centers_) is np.ndarray


def test_the_measures_by_their_definitions(SOM):
    model = SOM((5, 6), "hexagonal", max_iter=4).fit(BLOBS)
    W, p = model.cluster_centers_, model.positions_
    distance = np.linalg.norm(BLOBS[:, None] - W, axis=2)
    assert model.quantization_error(BLOBS) == pytest.approx(distance.min(1).mean(), rel=1e-9)
    assert model.score(BLOBS) == -model.quantization_error(BLOBS)
    first, second = np.argsort(distance, 1)[:, :2].T
    apart = np.linalg.norm(p[first] - p[second], axis=1) > 1.01
    assert model.topographic_error(BLOBS) == pytest.approx(apart.mean()) and 0 < apart.mean() < 1
    np.testing.assert_array_equal(model.labels_, first)
    np.testing.assert_array_equal(model.predict(BLOBS), first)
    np.testing.assert_array_equal(model.transform(BLOBS), p[first])
    near = [j for j in range(30) if 0 < np.linalg.norm(p[j] - p[8]) < 1.01]
    expected = np.mean([np.linalg.norm(W[j] - W[8]) for j in near])
    assert model.u_matrix()[1, 2] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("topology, inner, corner", [("rectangular", 8, 3), ("hexagonal", 6, 2)])
def test_nodes_have_the_neighbours_of_their_grid(SOM, topology, inner, corner):
    model = SOM((5, 5), topology, max_iter=1).fit(IRIS)
    neighbours = model._adjacent().sum(1)
    assert neighbours[12] == inner and neighbours[0] == corner
    if topology == "hexagonal":
        p = model.positions_
        near = np.linalg.norm(p[model._adjacent()[12]] - p[12], axis=1)
        np.testing.assert_allclose(near, 1)


def test_a_ridge_of_the_u_matrix_parts_two_groups(SOM):
    X = np.vstack([RNG_ROWS, RNG_ROWS + 20])
    model = SOM((1, 12), max_iter=15, radius_end=0.5).fit(X)
    u = model.u_matrix()[0]
    assert 3 <= u.argmax() <= 8 and u.max() > 5 * np.median(u)
    assert len(set(model.predict(RNG_ROWS)) & set(model.predict(RNG_ROWS + 20))) == 0


RNG_ROWS = np.random.default_rng(0).normal(size=(80, 3))


@pytest.mark.parametrize(
    "params", [{"batch_size": 50}, {"algorithm": "online", "learning_rate_end": 0.1}, {}]
)
def test_it_sees_all_rows_also_when_they_come_sorted(SOM, params):
    model = SOM((1, 8), max_iter=4, radius_end=0.3, init="random", random_state=0, **params)
    near = np.abs(SORTED - model.fit(SORTED).cluster_centers_.T).min(1)
    assert near.max() < 11 and np.median(near) < 5
    assert model.cluster_centers_.max() > 60 and model.cluster_centers_.min() < 10


def test_the_map_keeps_order_on_the_plane(SOM):
    X = np.random.default_rng(1).uniform(size=(2000, 2)) * [3, 1]
    model = SOM((12, 4)).fit(X)
    assert model.topographic_error(X) < 0.05
    along = np.corrcoef(model.transform(X)[:, 0], X[:, 0])[0, 1]
    assert abs(along) > 0.97


def test_awkward_data(SOM):
    one = SOM((2, 2)).fit([[1.0, 2.0]])
    np.testing.assert_allclose(one.cluster_centers_, [[1.0, 2.0]] * 4)
    column = SOM((3, 3)).fit(np.arange(20.0)[:, None])
    assert np.isfinite(column.cluster_centers_).all()
    far = SOM((3, 3)).fit(IRIS + 1e6)
    near = SOM((3, 3)).fit(IRIS)
    np.testing.assert_allclose(far.cluster_centers_ - 1e6, near.cluster_centers_, atol=1e-6)
    few = SOM((4, 4), init="random", random_state=0).fit(IRIS[:5])
    assert np.isfinite(few.cluster_centers_).all()


def test_seeds(SOM):
    fits = [
        SOM((3, 3), init="random", max_iter=1, random_state=s).fit(IRIS).cluster_centers_
        for s in (0, 0, 1)
    ]
    np.testing.assert_array_equal(fits[0], fits[1])
    assert not np.allclose(fits[0], fits[2])


@pytest.mark.parametrize(
    "params, words",
    [
        ({"shape": 10}, r"shape must be two integers, such as \(10, 10\), got 10"),
        ({"shape": (3, 0)}, r"shape\[1\] must be an integer ≥ 1, got 0"),
        ({"topology": "ring"}, "topology must be one of 'rectangular', 'hexagonal', got 'ring'"),
        ({"algorithm": "lvq"}, "algorithm must be one of 'batch', 'online'"),
        ({"max_iter": 0}, "max_iter must be an integer ≥ 1"),
        ({"batch_size": 0}, "batch_size must be an integer ≥ 1"),
        ({"radius": 0}, "radius must be a finite number > 0"),
        ({"radius_end": -1}, "radius_end must be a finite number > 0"),
        ({"learning_rate": None}, "learning_rate must be a finite number > 0, got None"),
        ({"init": "plane"}, "init must be one of 'pca', 'random', got 'plane'"),
        ({"init": np.ones((4, 4))}, r"\(n_nodes, d\) = \(100, 4\), got shape \(4, 4\)"),
    ],
)
def test_parameters(SOM, params, words):
    with pytest.raises(ValueError, match=words):
        SOM(**params).fit(IRIS)


def test_data(SOM):
    with pytest.raises(ValueError, match="Input X contains NaN"):
        SOM().fit(np.where(IRIS > 7, np.nan, IRIS))
    with pytest.raises(NotFittedError, match="not fitted yet"):
        SOM().predict(IRIS)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        SOM().u_matrix()
    with pytest.raises(ValueError, match="at least two nodes for a topographic error"):
        SOM((1, 1)).fit(IRIS).topographic_error(IRIS)
    with pytest.raises(ValueError, match=r"X has 1 features.*expecting 4"):
        SOM((2, 2)).fit(IRIS).transform(IRIS[:, :1])

"""DBSCAN: scikit-learn's labels, by grid and by blocks, in three backends; ties, edges, errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import cluster
from sklearn.datasets import load_iris, make_blobs, make_moons

from medai_course.scratch import dbscan as scratch
from tests.backends import BACKENDS, module

RNG = np.random.default_rng(0)
CASES = {
    "moons": (make_moons(1500, noise=0.06, random_state=0)[0], 0.08, 5),
    "blobs": (make_blobs(1500, centers=6, random_state=1)[0], 0.3, 10),
    "sparse": (RNG.uniform(0, 10, (1200, 2)), 0.3, 4),
    "one cell": (RNG.uniform(0, 1, (300, 2)), 5.0, 5),
    "all noise": (RNG.uniform(0, 100, (200, 2)), 0.1, 3),
    "a line": (RNG.uniform(0, 30, (900, 1)), 0.05, 3),
    "space": (RNG.uniform(0, 5, (1500, 3)), 0.4, 6),
    "iris": (load_iris().data, 0.5, 5),
    "many columns": (make_blobs(400, 20, centers=4, random_state=0)[0], 5.5, 5),
    "dense": (RNG.normal(size=(1500, 2)) * [1, 0.01], 0.2, 20),
}


@pytest.fixture(params=BACKENDS)
def DBSCAN(request):
    return module(request.param, "dbscan").DBSCAN


def assert_labels_are_scikit_learns(model, X):
    theirs = cluster.DBSCAN(eps=model.eps, min_samples=model.min_samples).fit(X)
    np.testing.assert_array_equal(model.fit(X).labels_, theirs.labels_)
    np.testing.assert_array_equal(model.core_sample_indices_, theirs.core_sample_indices_)
    np.testing.assert_array_equal(model.components_, theirs.components_)
    return model


@pytest.mark.parametrize("algorithm", ["auto", "brute"])
@pytest.mark.parametrize("case", CASES)
def test_labels_are_scikit_learns(DBSCAN, case, algorithm):
    X, eps, min_samples = CASES[case]
    model = assert_labels_are_scikit_learns(DBSCAN(eps, min_samples, algorithm), X)
    assert type(model.labels_) is np.ndarray


@settings(deadline=None, max_examples=60)
@given(
    hnp.arrays(float, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.integers(0, 9)),
    st.sampled_from([1.0, 2.0, 2.5]),
    st.integers(1, 6),
)
def test_distances_of_exactly_eps_duplicates_and_borders_between_clusters(X, eps, min_samples):
    for algorithm in ("grid", "brute"):
        assert_labels_are_scikit_learns(scratch.DBSCAN(eps, min_samples, algorithm), X)


def test_small_blocks_of_pairs_change_nothing(monkeypatch):
    monkeypatch.setattr(scratch, "PAIRS", 700)
    for case in ("moons", "blobs", "space", "iris", "many columns"):
        X, eps, min_samples = CASES[case]
        assert_labels_are_scikit_learns(scratch.DBSCAN(eps, min_samples), X)


def test_a_border_row_joins_the_cluster_whose_first_core_row_comes_first(DBSCAN):
    left, right = [[-1.0], [-1.1], [-1.2], [-1.3]], [[1.0], [1.1], [1.2], [1.3]]
    for first, second in ((left, right), (right, left)):
        labels = DBSCAN(1.0, 4).fit([[0.0], *first, *second]).labels_
        np.testing.assert_array_equal(labels, [0, 0, 0, 0, 0, 1, 1, 1, 1])
    assert DBSCAN(1.0, 3).fit([[0.0], *left, *right]).labels_.max() == 0  # now it is a bridge


def test_core_rows_and_groups_do_not_depend_on_the_order(DBSCAN):
    X, eps, min_samples = CASES["moons"]
    order = np.random.default_rng(5).permutation(len(X))
    one, other = DBSCAN(eps, min_samples).fit(X), DBSCAN(eps, min_samples).fit(X[order])
    core = np.isin(np.arange(len(X)), one.core_sample_indices_)
    np.testing.assert_array_equal(np.sort(order[other.core_sample_indices_]), np.flatnonzero(core))
    pairs = np.unique(np.column_stack([one.labels_[order], other.labels_])[core[order]], axis=0)
    assert len(pairs) == len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1]))


def test_one_row_is_noise_or_a_cluster(DBSCAN):
    for algorithm in ("grid", "brute"):
        assert DBSCAN(1.0, 2, algorithm).fit([[3.0, 4.0]]).labels_.tolist() == [-1]
        assert DBSCAN(1.0, 1, algorithm).fit([[3.0, 4.0]]).labels_.tolist() == [0]


def test_the_fast_distances_are_the_readable_ones_at_the_edge():
    A = np.random.default_rng(0).integers(0, 50, (300, 4)) * 0.1 + 1e3
    model = scratch.DBSCAN(eps=0.5)
    expected = np.sum((A[:, None] - A) ** 2, 2) <= 0.25
    np.testing.assert_array_equal(model._near(A, A), expected)


@pytest.mark.parametrize(
    "params, words",
    [
        ({"eps": 0}, "eps must be a finite number > 0, got 0"),
        ({"eps": np.inf}, "eps must be a finite number > 0, got inf"),
        ({"min_samples": 0}, "min_samples must be an integer ≥ 1, got 0"),
        ({"algorithm": "tree"}, "algorithm must be one of 'auto', 'grid', 'brute', got 'tree'"),
        ({"algorithm": "grid"}, "X has 4 columns: use algorithm='brute'"),
    ],
)
def test_parameters(DBSCAN, params, words):
    with pytest.raises(ValueError, match=words):
        DBSCAN(**params).fit(load_iris().data)


def test_data(DBSCAN):
    with pytest.raises(ValueError, match="at least a millionth"):
        DBSCAN(1e-9, algorithm="grid").fit([[0.0], [1.0]])
    assert DBSCAN(1e-9, 1).fit([[0.0], [1.0]]).labels_.tolist() == [0, 1]
    with pytest.raises(ValueError, match="Input X contains NaN"):
        DBSCAN().fit([[np.nan, 1.0]])
    with pytest.raises(ValueError, match="Expected 2D array"):
        DBSCAN().fit([1.0, 2.0])

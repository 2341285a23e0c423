"""Silhouette, adjusted Rand index and gap statistic: scikit-learn's values, and known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.datasets import make_blobs

from medai_course.evaluation import (
    adjusted_rand_index,
    gap_statistic,
    silhouette_samples,
    silhouette_score,
)
from medai_course.scratch.kmeans import KMeans

label_lists = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2)
)


@pytest.mark.parametrize("n, k", [(5, 2), (60, 4), (1500, 7)])
def test_silhouette_is_scikit_learns(n, k):
    rng = np.random.default_rng(n)
    X, labels = rng.normal(size=(n, 3)) + 1e6, np.append(rng.integers(0, k - 1, n - 1), k - 1)
    expected = metrics.silhouette_samples(X - 1e6, labels)  # the last cluster is one row
    np.testing.assert_allclose(silhouette_samples(X, labels), expected, atol=1e-7)
    assert silhouette_samples(X, labels)[-1] == 0
    assert silhouette_score(X, labels) == pytest.approx(expected.mean(), abs=1e-7)


def test_silhouette_of_two_pairs_by_hand():
    s = silhouette_samples([[0.0], [1.0], [10.0], [12.0]], ["a", "a", "b", "b"])
    np.testing.assert_allclose(s, [1 - 1 / 11, 1 - 1 / 10, 1 - 2 / 9.5, 1 - 2 / 11.5])


def test_silhouette_of_equal_rows_is_zero():
    np.testing.assert_array_equal(silhouette_samples(np.ones((4, 2)), [0, 0, 1, 1]), 0)


@given(label_lists)
def test_adjusted_rand_index_is_scikit_learns_and_symmetric(pair):
    expected = metrics.adjusted_rand_score(*pair)
    assert adjusted_rand_index(*pair) == pytest.approx(expected, abs=1e-12)
    assert adjusted_rand_index(*pair[::-1]) == pytest.approx(expected, abs=1e-12)


def test_adjusted_rand_index_ignores_names_and_is_near_zero_for_chance():
    rng = np.random.default_rng(0)
    one = rng.integers(0, 4, 20_000)
    assert adjusted_rand_index(one, np.array(list("wxyz"))[one]) == 1
    assert abs(adjusted_rand_index(one, rng.permutation(one))) < 1e-3
    assert adjusted_rand_index([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)


@pytest.mark.parametrize("reference", ["pca", "box"])
def test_gap_statistic_finds_three_blobs_and_no_clusters_in_none(reference):
    X, _ = make_blobs(150, centers=[[0, 0], [8, 0], [0, 8]], random_state=0)
    model = KMeans(n_init=3, random_state=0)
    found = gap_statistic(
        model, X, range(1, 6), n_references=10, reference=reference, random_state=0
    )
    assert found.best == 3 and found.gap.argmax() == 2
    flat = np.random.default_rng(1).uniform(size=(150, 2))
    none = gap_statistic(
        model, flat, range(1, 4), n_references=10, reference=reference, random_state=0
    )
    assert none.best == 1


def test_gap_of_one_cluster_by_hand():
    X = np.random.default_rng(3).normal(size=(40, 2))
    found = gap_statistic(KMeans(), X, [1], n_references=5, reference="box", random_state=9)
    rng, low, high = np.random.default_rng(9), X.min(0), X.max(0)
    logs = [np.log(np.sum((s - s.mean(0)) ** 2)) for s in rng.uniform(low, high, (5, 40, 2))]
    expected = np.mean(logs) - np.log(np.sum((X - X.mean(0)) ** 2))
    np.testing.assert_allclose(found.gap, expected)
    np.testing.assert_allclose(found.standard_error, np.std(logs) * np.sqrt(1.2))


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: silhouette_score([[1.0], [2.0]], [0, 0]), "2 to n - 1 clusters, got 1 for 2 rows"),
        (lambda: silhouette_score([[1.0], [2.0]], [0, 1]), "got 2 for 2 rows"),
        (lambda: silhouette_score([[1.0], [np.nan]], [0, 1]), "X holds NaN or infinity"),
        (lambda: silhouette_score([1.0, 2.0], [0, 1]), "X must be two-dimensional"),
        (lambda: silhouette_score([[1.0], [2.0]], [0]), "labels must have one entry"),
        (lambda: adjusted_rand_index([], []), "at least one label"),
        (lambda: adjusted_rand_index([1, 2], [1]), "other must have one entry"),
        (lambda: gap_statistic(KMeans(), np.eye(3), [2, 1]), "n_clusters must ascend"),
        (lambda: gap_statistic(KMeans(), np.eye(3), [1, 3]), "at most 2"),
        (lambda: gap_statistic(KMeans(), np.eye(3), [1], n_references=1), "at least 2, got 1"),
        (lambda: gap_statistic(KMeans(), np.eye(3), [1], reference="cube"), "reference must be"),
        (lambda: gap_statistic(KMeans(), np.ones((3, 1)), [1]), "nothing is left"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(ValueError, match=words):
        call()

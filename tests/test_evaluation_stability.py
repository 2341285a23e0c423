"""Stability of clusters: what comes back, what dissolves, whose rows are drawn together."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClusterMixin

from medai_course.data import simulate_patients
from medai_course.evaluation import cluster_stability
from medai_course.evaluation.stability import _best_jaccard
from medai_course.scratch.dbscan import DBSCAN
from medai_course.scratch.kmeans import KMeans


class Halves(ClusterMixin, BaseEstimator):
    """Cuts the rows it is given at their median: stable on any data."""

    def fit(self, X, y=None):
        self.labels_ = (X[:, 0] > np.median(X[:, 0])).astype(int)
        self.rows_ = X
        return self


def test_jaccard_by_pencil():
    labels, again = np.array([0, 0, 0, 1, 1, -1]), np.array([5, 5, 2, 2, 2, 2])
    # cluster 0 = rows 0 1 2 against {0 1}: 2/3; cluster 1 = rows 3 4 against {2 3 4 5}: 2/4
    np.testing.assert_allclose(_best_jaccard(labels, again, np.array([0, 1])), [2 / 3, 1 / 2])
    # noise in the resample is no cluster: nothing comes back
    gone = _best_jaccard(labels, np.full(6, -1), np.array([0, 1, 2]))
    np.testing.assert_array_equal(gone, [0, 0, np.nan])


def test_groups_far_apart_always_come_back():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(c, 0.1, (40, 2)) for c in (0, 5, 10)])
    for estimator in (KMeans(3, n_init=5, random_state=0), DBSCAN(1.0, 3)):
        stability = cluster_stability(estimator, X, n_resamples=20)
        assert stability.clusters.tolist() == [0, 1, 2] and stability.jaccard.shape == (20, 3)
        np.testing.assert_array_equal(stability.jaccard, 1.0)
        np.testing.assert_array_equal(stability.adjusted_rand, 1.0)


def test_more_clusters_than_groups_dissolve():
    cohort = simulate_patients(300, spread=0.6)
    Z = (cohort.X - cohort.X.mean()) / cohort.X.std()
    right, wrong = (
        cluster_stability(KMeans(k, n_init=5, random_state=0), Z, n_resamples=20) for k in (4, 7)
    )
    assert right.mean_jaccard.min() > 0.9 and right.adjusted_rand.mean() > 0.9
    assert wrong.mean_jaccard.min() < 0.75 and wrong.adjusted_rand.mean() < 0.75


def test_stable_is_not_real():
    cloud = np.random.default_rng(1).normal(size=(400, 1))
    stability = cluster_stability(Halves(), cloud, n_resamples=20)
    assert stability.mean_jaccard.min() > 0.9  # there are no two groups


def test_rows_of_a_patient_are_drawn_together():
    patient = np.repeat(np.arange(30), 4)
    X = np.column_stack([patient + 0.0, np.tile(np.arange(4), 30)])
    seen = []

    class Spy(Halves):
        def fit(self, X, y=None):
            seen.append(X)
            return super().fit(X)

    cluster_stability(Spy(), X, [f"p{i}" for i in patient], n_resamples=5)
    for drawn in seen[1:]:
        counts = np.array([np.sum(drawn[:, 0] == i) for i in range(30)])
        assert counts.sum() == 120 and not np.any(counts % 4)
        assert np.any(counts == 0) and np.any(counts > 4)


def test_same_seed_same_draws():
    X = simulate_patients(80).X
    first, again, other = (
        cluster_stability(KMeans(3, random_state=0), X, n_resamples=5, random_state=s)
        for s in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.jaccard, again.jaccard)
    assert not np.array_equal(first.jaccard, other.jaccard)


def test_bad_input_is_named():
    X = np.arange(12.0).reshape(6, 2)
    with pytest.raises(ValueError, match="n_resamples must be a whole number ≥ 2"):
        cluster_stability(KMeans(2), X, n_resamples=1)
    with pytest.raises(ValueError, match="at least two patients"):
        cluster_stability(KMeans(2), X, ["a"] * 6)
    with pytest.raises(ValueError, match="patient_ids"):
        cluster_stability(KMeans(2), X, ["a", "b"])
    with pytest.raises(ValueError, match="finds no cluster"):
        cluster_stability(DBSCAN(0.1, 3), X)

"""Would another sample of patients give the same clusters?  Stability by bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone

from .clustering import adjusted_rand_index
from .inputs import patient_codes


@dataclass(frozen=True, eq=False)
class ClusterStability:
    """How well clusters come back in resampled patients; made by ``cluster_stability``.

    Attributes
    ----------
    clusters : ndarray of shape (k,)
        The labels of the clusters found in all rows, ascending, noise (-1) left out.
    jaccard : ndarray of shape (n_resamples, k)
        In each resample, how much of each cluster came back: 1 all of it and nothing else.  NaN
        where none of its patients was drawn.
    adjusted_rand : ndarray of shape (n_resamples,)
        Agreement of the whole grouping with that of the resample, corrected for chance.
    """

    clusters: np.ndarray
    jaccard: np.ndarray
    adjusted_rand: np.ndarray

    @property
    def mean_jaccard(self) -> np.ndarray:
        """The mean over the resamples, one a cluster, shape (k,)."""
        return np.nanmean(self.jaccard, axis=0)


def cluster_stability(
    estimator: BaseEstimator,
    X: ArrayLike,
    patient_ids: ArrayLike | None = None,
    *,
    n_resamples: int = 100,
    random_state: int | np.random.Generator | None = 0,
) -> ClusterStability:
    r"""Cluster resampled patients and see which of the clusters come back.

    As many patients as there are get drawn with replacement, each with all rows, and are clustered
    anew.  With :math:`C` the rows of a cluster and :math:`D_1, D_2, \dots` those of the clusters
    of the resample, both among the rows that were drawn (each counted once),

    .. math:: J(C) = \max_j \frac{|C \cap D_j|}{|C \cup D_j|}.

    Hennig (2007) calls this the stability of a cluster: below 0.5 it has dissolved; from 0.75 on
    his software calls it stable.  It is not evidence that the cluster is real: K-means cuts one
    smooth cloud at the same places again and again.

    Parameters
    ----------
    estimator : unfitted clusterer that learns ``labels_``
        Such as ``KMeans(4, n_init=10, random_state=0)``; noise of DBSCAN (-1) is no cluster.
    X : array-like of shape (n, d)
        The rows, scaled as they are to be clustered.
    patient_ids : array-like of shape (n,), optional
        Whose each row is; by default each row is a patient.
    n_resamples : int ≥ 2
    random_state : int, Generator or None

    Raises
    ------
    ValueError
        Lengths differ; fewer than two patients or resamples; no cluster in all rows.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics &
    Data Analysis 52(1), 258-271. doi:10.1016/j.csda.2006.11.025
    """
    X = np.asarray(X, np.float64)
    whole = isinstance(n_resamples, (int, np.integer)) and not isinstance(n_resamples, bool)
    if not whole or n_resamples < 2:
        raise ValueError(f"n_resamples must be a whole number ≥ 2, got {n_resamples!r}")
    codes, P = patient_codes(np.arange(len(X)) if patient_ids is None else patient_ids, len(X))
    if P < 2:
        raise ValueError(f"stability needs at least two patients, patient_ids names {P}")
    labels = clone(estimator).fit(X).labels_
    clusters = np.unique(labels[labels >= 0])
    if len(clusters) == 0:
        raise ValueError("the estimator finds no cluster in X: change its parameters")
    rng, jaccard, rand = np.random.default_rng(random_state), [], []
    rows_of = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    for _ in range(n_resamples):
        drawn = np.concatenate([rows_of[p] for p in rng.integers(0, P, P)])
        again = clone(estimator).fit(X[drawn]).labels_
        rows, first = np.unique(drawn, return_index=True)
        jaccard.append(_best_jaccard(labels[rows], again[first], clusters))
        rand.append(adjusted_rand_index(labels[rows], again[first]))
    return ClusterStability(clusters, np.array(jaccard), np.array(rand))


def _best_jaccard(labels, again, clusters):
    """max_j |C and D_j| / |C or D_j| for each cluster C, NaN if it has no rows: shape (k,)."""
    found = np.unique(again[again >= 0])
    C = (labels[:, None] == clusters).astype(float)
    D = (again[:, None] == found).astype(float)
    both = C.T @ D
    either = C.sum(0)[:, None] + D.sum(0) - both
    best = np.max(both / either, axis=1, initial=0.0)
    return np.where(C.any(0), best, np.nan)

"""K-means, PCA and DBSCAN against scikit-learn, the map against its plain loop, in one run.

Run it with ``make bench`` or ``python bench/unsupervised.py``; ``OMP_NUM_THREADS=1`` for one
thread.  A rival whose quality is worse than the peer's is shown, and not timed.
"""

import warnings

import numpy as np
from sklearn import cluster, datasets, decomposition
from timing import compare, ours, show_frameworks


def kmeans():
    X = np.random.default_rng(0).normal(size=(200_000, 16))
    params = {"n_clusters": 8, "init": X[:8], "n_init": 1, "max_iter": 20, "tol": 0}
    classes = {"scikit-learn": cluster.KMeans} | ours("kmeans", "KMeans")
    rivals = {name: lambda cls=cls: cls(**params).fit(X) for name, cls in classes.items()}
    return compare(
        "K-means, 200,000 x 16, k = 8, 20 steps from one start; inertia",
        rivals,
        lambda model: model.inertia_,
        "scikit-learn",
    )


def pca(n, d, k):
    X = np.random.default_rng(0).normal(size=(n, d)) * np.geomspace(1, 0.1, d) + 1
    classes = {"scikit-learn": decomposition.PCA} | ours("pca", "PCA")
    return compare(
        f"PCA, {n:,} x {d} -> {k}; share of the variance explained",
        {name: lambda cls=cls: cls(k).fit(X) for name, cls in classes.items()},
        lambda model: model.explained_variance_ratio_.sum(),
        "scikit-learn",
        higher=True,
    )


def dbscan(name, X, eps, min_samples):
    classes = {"scikit-learn": cluster.DBSCAN} | ours("dbscan", "DBSCAN")
    params = {"eps": eps, "min_samples": min_samples}
    expected = cluster.DBSCAN(**params).fit(X).labels_
    return compare(
        f"DBSCAN, {name}, {len(X):,} x {X.shape[1]}, eps = {eps}; labels unlike scikit-learn's",
        {name: lambda cls=cls: cls(**params).fit(X) for name, cls in classes.items()},
        lambda model: np.count_nonzero(model.labels_ != expected),
        "scikit-learn",
    )


class PlainMap:
    """The peer of the map: Kohonen's rule row by row as one writes it down, random start.

    It stands in for minisom, which is no dependency of the course.
    """

    def __init__(self, side, epochs):
        self.side, self.epochs = side, epochs

    def fit(self, X):
        rng, n = np.random.default_rng(0), len(X)
        p = np.indices((self.side, self.side)).reshape(2, -1).T
        G2 = np.sum((p[:, None] - p) ** 2, 2)
        W = X[rng.choice(n, self.side**2, replace=False)]
        for t, i in enumerate(np.concatenate([rng.permutation(n) for _ in range(self.epochs)])):
            share = t / (self.epochs * n)
            rate, radius = 0.5 * 0.02**share, self.side / 2 * (2 / self.side) ** share
            r = X[i] - W
            b = np.sum(r**2, 1).argmin()
            W += (rate * np.exp(-G2[b] / (2 * radius**2)))[:, None] * r
        self.cluster_centers_ = W
        return self


def som():
    X = datasets.make_blobs(20_000, 30, centers=12, cluster_std=3, random_state=0)[0]
    X = (X - X.mean(0)) / X.std(0)
    params = {"shape": (20, 20), "max_iter": 2, "batch_size": 2000, "random_state": 0}
    rivals = {"plain online loop": lambda: PlainMap(20, 2).fit(X)}
    for name, cls in ours("som", "SelfOrganizingMap").items():
        rivals[name] = lambda cls=cls: cls(**params).fit(X)
    return compare(
        "Self-organising map, 20 x 20, 20,000 x 30, 2 epochs; quantisation error",
        rivals,
        lambda model: quantisation_error(X, model.cluster_centers_),
        "plain online loop",
        repeats=3,
    )


def quantisation_error(X, W):
    """Mean distance of a row to the nearest of W."""
    d2 = np.sum(X**2, 1) + np.min(np.sum(W**2, 1) - 2 * X @ W.T, 1)
    return np.sqrt(np.maximum(d2, 0)).mean()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    races = {
        "K-means, 200,000 x 16": kmeans(),
        "PCA, 100,000 x 30": pca(100_000, 30, 10),
        "PCA, 10,000 x 784": pca(10_000, 784, 50),
    }
    blobs = datasets.make_blobs(20_000, centers=10, random_state=0)[0]
    races["DBSCAN, ten blobs, 20,000 x 2"] = dbscan("ten blobs", blobs, 0.3, 10)
    dbscan("two moons", datasets.make_moons(20_000, noise=0.05, random_state=0)[0], 0.05, 10)
    dbscan("uniform", np.random.default_rng(0).uniform(0, 100, (20_000, 2)), 1.0, 5)
    show_frameworks(races | {"Self-organising map, 20,000 x 30": som()})

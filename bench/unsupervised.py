"""K-means, PCA and DBSCAN against scikit-learn, and our frameworks against our NumPy, in one run.

Run it with ``make bench`` or ``python bench/unsupervised.py``; ``OMP_NUM_THREADS=1`` for one
thread.  A line is refused where its quality is worse than the peer's.
"""

import importlib
import warnings

import numpy as np
from sklearn import cluster, datasets, decomposition
from timing import race, show

BACKENDS = {"NumPy": "scratch", "PyTorch": "pytorch", "TensorFlow": "tensorflow"}


def ours(file, name):
    """{"ours, NumPy": class, ...} of one algorithm."""
    modules = {k: importlib.import_module(f"medai_course.{v}.{file}") for k, v in BACKENDS.items()}
    return {f"ours, {label}": getattr(module, name) for label, module in modules.items()}


def compare(title, rivals, quality, peer, *, higher=False, slack=1e-9, repeats=5):
    """Race ``rivals`` {name: fit}; ``quality(model)`` must not be worse than the peer's."""
    reached = {name: quality(fit()) for name, fit in rivals.items()}
    sign = -1 if higher else 1
    worst = sign * reached[peer] + slack * abs(reached[peer])
    fair = {name: fit for name, fit in rivals.items() if sign * reached[name] <= worst}
    show(title, race(fair, repeats), {k: f"{v:.10g}" for k, v in reached.items()}, peer)
    for name in rivals.keys() - fair.keys():
        print(f"  {name:32s} not compared: {reached[name]:.10g} is worse than the peer")


def kmeans():
    X = np.random.default_rng(0).normal(size=(200_000, 16))
    params = {"n_clusters": 8, "init": X[:8], "n_init": 1, "max_iter": 20, "tol": 0}
    classes = {"scikit-learn": cluster.KMeans} | ours("kmeans", "KMeans")
    rivals = {name: lambda cls=cls: cls(**params).fit(X) for name, cls in classes.items()}
    compare(
        "K-means, 200,000 x 16, k = 8, 20 steps from one start; inertia",
        rivals,
        lambda model: model.inertia_,
        "scikit-learn",
    )


def pca(n, d, k):
    X = np.random.default_rng(0).normal(size=(n, d)) * np.geomspace(1, 0.1, d) + 1
    classes = {"scikit-learn": decomposition.PCA} | ours("pca", "PCA")
    compare(
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
    compare(
        f"DBSCAN, {name}, {len(X):,} x {X.shape[1]}, eps = {eps}; labels unlike scikit-learn's",
        {name: lambda cls=cls: cls(**params).fit(X) for name, cls in classes.items()},
        lambda model: np.count_nonzero(model.labels_ != expected),
        "scikit-learn",
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    kmeans()
    pca(100_000, 30, 10)
    pca(10_000, 784, 50)
    dbscan("ten blobs", datasets.make_blobs(20_000, centers=10, random_state=0)[0], 0.3, 10)
    dbscan("two moons", datasets.make_moons(20_000, noise=0.05, random_state=0)[0], 0.05, 10)
    dbscan("uniform", np.random.default_rng(0).uniform(0, 100, (20_000, 2)), 1.0, 5)

"""K-means against scikit-learn, and our frameworks against our NumPy, in one run.

Run it with ``make bench`` or ``python bench/unsupervised.py``; ``OMP_NUM_THREADS=1`` for one
thread.  A line is refused where its quality is worse than the peer's.
"""

import importlib
import warnings

import numpy as np
from sklearn import cluster
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


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    kmeans()

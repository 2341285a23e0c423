"""Decision trees and random forests against scikit-learn, in one run.

Run it with ``make bench`` or ``python bench/trees.py``; ``OMP_NUM_THREADS=1`` for one thread.  A
rival whose test quality is worse than the peer's by more than chance is shown, and not timed.
"""

import sys

import numpy as np
from sklearn import datasets, ensemble, tree
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from timing import ours, race, show, show_frameworks

PEER = "scikit-learn"


def slack(y, p):
    """Two standard errors of the area A under a ROC curve: sqrt(A (1 - A) / n) is the most."""
    auc, n = roc_auc_score(y, p), min(np.sum(y == 1), np.sum(y == 0))
    return 2 * np.sqrt(auc * (1 - auc) / n)


def compare(title, classes, data, params, repeats):
    """Seconds of the fits of those whose AUC on the test rows is no worse than the peer's."""
    X, Xt, y, yt = data
    risk = {name: cls(**params).fit(X, y).predict_proba(Xt)[:, 1] for name, cls in classes.items()}
    auc = {name: roc_auc_score(yt, p) for name, p in risk.items()}
    worst = auc[PEER] - slack(yt, risk[PEER])
    fits = {n: lambda c=c: c(**params).fit(X, y) for n, c in classes.items() if auc[n] >= worst}
    seconds = race(fits, repeats)
    show(title, seconds, {k: f"test AUC {v:.4f}" for k, v in auc.items()}, PEER)
    for name in classes.keys() - fits.keys():
        print(f"  {name:32s} not compared: test AUC {auc[name]:.4f} is worse than the peer's")
    return seconds


def simulated(n):
    """n rows to learn from and n to test on, 30 features, two classes."""
    X, y = datasets.make_classification(2 * n, 30, n_informative=10, random_state=0)
    return train_test_split(X, y, test_size=n, random_state=0)


def wdbc(n):
    """n patients of the Wisconsin data to learn from, the others to test on."""
    return train_test_split(
        *datasets.load_breast_cancer(return_X_y=True), train_size=n, random_state=0
    )


if __name__ == "__main__":
    quick = "--quick" in sys.argv  # the large forest of every backend takes minutes
    trees = {PEER: tree.DecisionTreeClassifier} | ours("trees", "DecisionTreeClassifier")
    forests = {PEER: ensemble.RandomForestClassifier} | ours("forests", "RandomForestClassifier")
    depth10 = {"max_depth": 10, "random_state": 0}
    compare("Decision tree, 399 x 30, depth ≤ 10", trees, wdbc(399), depth10, 5)
    compare("Forest, 100 trees, 399 x 30, depth ≤ 10", forests, wdbc(399), depth10, 5)
    title, data = "Decision tree, 20,000 x 30, depth ≤ 10", simulated(20_000)
    races = {title: compare(title, trees, data, depth10, 5)}
    if not quick:
        title = "Forest, 100 trees, 20,000 x 30, no limit"
        races[title] = compare(title, forests, data, {"random_state": 0}, 1)
    show_frameworks(races)

"""Logistic regression and support vector machines against scikit-learn, in one run.

Run it with ``make bench`` or ``python bench/classification.py``; ``OMP_NUM_THREADS=1`` for one
thread.  A rival whose quality is worse than the peer's is shown, and not timed.
"""

import warnings

import numpy as np
from sklearn import linear_model, svm
from sklearn.datasets import make_classification
from timing import compare, ours, show_frameworks


def patients(n, d=30, noise=1.0, seed=0):
    """Standardised features, and classes that follow the logistic model: train and test."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(2 * n, d))
    y = (X @ rng.normal(size=d) / 2 + noise * rng.logistic(size=2 * n) > 0).astype(int)
    return X[:n], y[:n], X[n:], y[n:]


def logistic(n=100_000):
    X, y, X_new, y_new = patients(n)
    rivals = {
        "scikit-learn, lbfgs": lambda: linear_model.LogisticRegression().fit(X, y),
        "scikit-learn, newton-cholesky": lambda: linear_model.LogisticRegression(
            solver="newton-cholesky"
        ).fit(X, y),
    }
    for name, cls in ours("logistic", "LogisticRegression").items():
        rivals[name] = lambda cls=cls: cls().fit(X, y)
    return compare(
        f"Logistic regression, {n:,} x 30; log-loss of {n:,} new rows",
        rivals,
        lambda m: -np.mean(m.predict_log_proba(X_new)[np.arange(n), y_new]),
        "scikit-learn, lbfgs",
        slack=1e-5,
        repeats=9,
    )


def linear_svm(loss, n=100_000):
    power = {"squared_hinge": 2, "hinge": 1}[loss]
    X, y, *_ = patients(n)
    s = np.where(y == 1, 1, -1)

    def objective(model):
        h = np.maximum(0, 1 - s * (X @ model.coef_[0] + model.intercept_[0]))
        return np.sum(model.coef_**2) / 2 + np.sum(h**power)

    params = {"loss": loss} if power == 2 else {"loss": loss, "max_iter": 100_000}
    rivals = {"scikit-learn LinearSVC": lambda: svm.LinearSVC(**params).fit(X, y)}
    for name, cls in ours("linear_svm", "LinearSVM").items():
        rivals[name] = lambda cls=cls: cls(loss=loss).fit(X, y)
    return compare(
        f"Linear SVM, {loss}, {n:,} x 30; objective",
        rivals,
        objective,
        "scikit-learn LinearSVC",
        slack=1e-6,
        repeats=5 if power == 2 else 1,
    )


def kernel_svm(n, repeats):
    X, y = make_classification(n, 20, n_informative=8, n_redundant=4, flip_y=0.02, random_state=0)
    X = (X - X.mean(0)) / X.std(0)
    squares = np.sum(X**2, 1)

    def minus_dual(model):
        """beta'K beta / 2 - sum |beta|, from the coefficients themselves."""
        beta, S = model.dual_coef_[0], model.support_
        D2 = squares[S, None] + squares[S] - 2 * X[S] @ X[S].T
        return beta @ np.exp(-D2 / 20) @ beta / 2 - abs(beta).sum()

    rivals = {"scikit-learn SVC": lambda: svm.SVC().fit(X, y)}
    for name, cls in ours("svm", "SVM").items():
        rivals[name] = lambda cls=cls: cls().fit(X, y)
    title = f"RBF SVM, {n:,} x 20; minus the dual objective"
    return compare(title, rivals, minus_dual, "scikit-learn SVC", slack=1e-6, repeats=repeats)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    races = {
        "Logistic regression, 100,000 x 30": logistic(),
        "Linear SVM, squared hinge, 100,000 x 30": linear_svm("squared_hinge"),
        "Linear SVM, hinge, 100,000 x 30": linear_svm("hinge"),
    }
    kernel_svm(2_000, 9)
    show_frameworks(races | {"RBF SVM, 10,000 x 20": kernel_svm(10_000, 3)})

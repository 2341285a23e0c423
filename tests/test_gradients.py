"""Analytic derivatives against central differences, in float64."""

import numpy as np
import pytest

from tests.backends import BACKENDS, module


def central_difference(f, x, h=1e-6):
    steps = np.eye(x.size) * h
    return np.array([(f(x + e) - f(x - e)) / (2 * h) for e in steps])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("alpha", [0.0, 0.7])
def test_least_squares_gradient(backend, alpha):
    rng = np.random.default_rng(1)
    X, y, beta = rng.normal(size=(11, 3)), rng.normal(size=11), rng.normal(size=3)
    model = module(backend, "linear").LinearRegression(alpha=alpha)

    def loss_and_gradient(b):
        return model._loss_and_gradient(*model._to_backend(X, y, b))

    analytic = model._to_numpy(loss_and_gradient(beta)[1])
    numeric = central_difference(lambda b: float(loss_and_gradient(b)[0]), beta)
    assert (abs(analytic - numeric) <= 1e-7 + 1e-5 * abs(numeric)).all()
    expected = (np.sum((X @ beta - y) ** 2) + alpha * np.sum(beta**2)) / 22
    assert float(loss_and_gradient(beta)[0]) == pytest.approx(expected, rel=1e-14)

"""MEDAI_MIXED_PRECISION=1: PyTorch multiplies in bfloat16, and keeps its weights in float32."""

import numpy as np
import pytest

from medai_course.pytorch.cnn import CNNClassifier
from medai_course.pytorch.mlp import MLPClassifier


def rows(dtype="float32"):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 64)).astype(dtype)
    return X, (X[:, :8].sum(1) > 0).astype(int)


def fitted(monkeypatch, mixed, cls=MLPClassifier, dtype="float32", **params):
    monkeypatch.setenv("MEDAI_MIXED_PRECISION", mixed)
    return cls(epochs=20, random_state=0, learning_rate=3e-3, **params).fit(*rows(dtype))


@pytest.mark.parametrize(
    "cls, params",
    [(MLPClassifier, {}), (CNNClassifier, {"filters": (4,), "input_shape": (8, 8, 1)})],
)
def test_a_coarser_product_gives_nearly_the_same_training(monkeypatch, cls, params):
    fine, coarse = (fitted(monkeypatch, mixed, cls, **params) for mixed in "01")
    difference = np.abs(np.subtract(fine.loss_curve_, coarse.loss_curve_))
    assert 1e-5 < difference.max() < 0.1
    assert all(w.dtype == "float32" for w in coarse.weights_.values())
    assert coarse.score(*rows()) == pytest.approx(fine.score(*rows()), abs=0.05)


def test_float64_is_untouched(monkeypatch):
    fine, same = (fitted(monkeypatch, mixed, dtype="float64") for mixed in "01")
    assert fine.loss_curve_ == same.loss_curve_


def test_another_value_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="MEDAI_MIXED_PRECISION='yes' must be 0 or 1"):
        fitted(monkeypatch, "yes")

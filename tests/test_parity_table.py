"""The parity table of a chapter: it sees a difference wherever there is one."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from medai_course.scratch.mlp import MLPClassifier
from medai_course.teaching import parity

X = np.random.default_rng(0).normal(size=(20, 3))
y = X @ [1.0, -2.0, 0.5] + 3


def test_backends_and_a_reference_agree_on_arrays():
    table = parity.parity_table("linear", "LinearRegression", X, y, reference=LinearRegression())
    assert list(table.index) == ["NumPy", "PyTorch", "TensorFlow", "sklearn"]
    assert table["difference"].max() < 1e-10 and (table["seconds"] > 0).all()


class Shifted(MLPClassifier):
    """One weight of one array is off by a quarter."""

    @property
    def weights_(self):
        weights = super().weights_
        weights["layers0.b"][-1] += 0.25
        return weights


@pytest.mark.parametrize("attributes", [("weights_",), ("loss_curve_", "weights_")])
def test_one_weight_that_differs_is_seen(monkeypatch, attributes):
    classes = {"NumPy": MLPClassifier, "PyTorch": Shifted}
    monkeypatch.setattr(parity, "backend_classes", lambda file, name: classes)
    settings = {"hidden": (4,), "epochs": 2, "random_state": 0}
    table = parity.parity_table("mlp", "MLPClassifier", X, y > 3, attributes=attributes, **settings)
    assert table["difference"].tolist() == [0.0, 0.25]


def test_lists_are_compared_number_by_number():
    settings = {"hidden": (4,), "epochs": 2, "random_state": 0, "attributes": ("loss_curve_",)}
    table = parity.parity_table("mlp", "MLPClassifier", X, y > 3, **settings)
    assert table["difference"].max() < 1e-9

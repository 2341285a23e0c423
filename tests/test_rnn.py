"""Recurrent networks: padding, order, length, errors."""

import numpy as np
import pytest

from tests.backends import BACKENDS, module
from tests.test_parity_networks import courses

X, Y, SUM = courses()


@pytest.fixture(params=BACKENDS)
def rnn(request):
    return module(request.param, "rnn")


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_more_padding_changes_no_prediction(rnn, cell, bidirectional):
    params = {"cell": cell, "bidirectional": bidirectional, "num_layers": 1 + bidirectional}
    model = rnn.RNNClassifier(hidden=4, epochs=2, mask_value=-9.0, random_state=0, **params)
    model.fit(X, Y)
    shortened = X.copy()
    shortened[:, 4:] = -9.0
    full = model.predict_proba(shortened)
    model.input_shape_ = (4, 3)
    model.n_features_in_ = 4
    np.testing.assert_allclose(model.predict_proba(shortened[:, :4]), full, atol=1e-12)
    unlike = model.predict_proba(np.where(shortened == -9.0, 0.0, shortened)[:, :4])
    assert abs(unlike - full).max() > 1e-3, "without the mask padding is read as data"


def test_a_course_of_nothing_but_padding_gets_the_answer_of_the_bias(rnn):
    model = rnn.RNNRegressor(cell="gru", hidden=4, epochs=2, mask_value=-9.0, random_state=0)
    model.fit(X, SUM)
    bias = model.weights_["head.layers0.b"]
    np.testing.assert_allclose(model.predict(X[:1]), bias, atol=1e-12)


def test_a_gap_that_equals_the_mask_value_is_no_end():
    model = module("scratch", "rnn").RNNClassifier(mask_value=0.0)
    x = np.array([[[1.0], [0.0], [2.0], [0.0], [0.0]], [[0.0]] * 5])
    np.testing.assert_array_equal(model._inputs(x)[1], [[1, 1, 1, 0, 0], [0] * 5])
    assert len(module("scratch", "rnn").RNNClassifier()._inputs(x)) == 1


def test_it_remembers_the_first_step(rnn):
    rng = np.random.default_rng(0)
    A = rng.normal(size=(240, 8, 2))
    y = (A[:, 0, 0] > 0).astype(int)
    params = {"cell": "lstm", "hidden": 12, "epochs": 40, "learning_rate": 0.02, "random_state": 0}
    assert rnn.RNNClassifier(**params).fit(A[:160], y[:160]).score(A[160:], y[160:]) > 0.9


def test_one_measurement_a_step_and_flat_rows(rnn):
    params = {"cell": "rnn", "hidden": 3, "epochs": 1, "random_state": 0}
    one = rnn.RNNRegressor(**params).fit(X[:, :, 0], SUM)
    np.testing.assert_array_equal(one.predict(X[:, :, 0]), one.predict(X[:, :, :1]))
    flat = rnn.RNNRegressor(input_shape=(7, 3), **params).fit(X.reshape(60, 21), SUM)
    cube = rnn.RNNRegressor(**params).fit(X, SUM)
    np.testing.assert_array_equal(flat.predict(X.reshape(60, 21)), cube.predict(X))
    single = rnn.RNNRegressor(**params).fit(X[:, :1], SUM)
    assert single.predict(X[:3, :1]).shape == (3,)


def test_several_outcomes_at_once(rnn):
    y = np.column_stack([SUM, -SUM, SUM**2])
    model = rnn.RNNRegressor(cell="gru", hidden=4, epochs=1).fit(X, y)
    assert model.predict(X).shape == y.shape


@pytest.mark.parametrize(
    "params, words",
    [
        ({"cell": "transformer"}, "cell must be one of 'rnn', 'lstm', 'gru', got 'transformer'"),
        ({"hidden": 0}, "hidden must be a finite number > 0"),
        ({"num_layers": 0}, "num_layers must be"),
        ({"dropout": 1}, "dropout must be < 1"),
        ({"mask_value": np.nan}, "mask_value must be a finite number, got nan"),
        ({"input_shape": (21,)}, r"input_shape must be \(T, D\), got \(21,\)"),
        ({"input_shape": (5, 3)}, "with the 21 numbers of a row of X"),
    ],
)
def test_parameters(rnn, params, words):
    with pytest.raises(ValueError, match=words):
        rnn.RNNClassifier(**params).fit(X, Y)


def test_images_are_no_courses(rnn):
    with pytest.raises(ValueError, match=r"X must be \(n, T, D\), or \(n, T\)"):
        rnn.RNNClassifier().fit(X[..., None], Y)
    model = rnn.RNNClassifier(cell="rnn", hidden=2, epochs=1).fit(X, Y)
    with pytest.raises(ValueError, match=r"rows of X have the shape \(7, 2\), fit saw \(7, 3\)"):
        model.predict(X[:, :, :2])

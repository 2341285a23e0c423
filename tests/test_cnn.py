"""The convolutional network: what it computes, what it refuses, that it sees shapes."""

import numpy as np
import pytest

from medai_course.scratch.convolution import Conv2D
from medai_course.scratch.layers import ReLU, Sequential
from medai_course.scratch.pooling import MaxPool2D
from tests.backends import BACKENDS, module
from tests.test_parity_networks import images


@pytest.fixture(params=BACKENDS)
def CNNClassifier(request):
    return module(request.param, "cnn").CNNClassifier


def by_the_formula(x, W, b, stride, padding):
    """y_hwf = b_f + sum_ijc W_ijcf x_(sh+i-p)(sw+j-p)c, one number at a time."""
    (n, H, W_, C), (kh, kw, _, F), (s, t), (p, q) = x.shape, W.shape, stride, padding
    y = np.zeros((n, (H + 2 * p - kh) // s + 1, (W_ + 2 * q - kw) // t + 1, F))
    for m, h, w, f in np.ndindex(*y.shape):
        y[m, h, w, f] = b[f]
        for i, j, c in np.ndindex(kh, kw, C):
            row, column = s * h + i - p, t * w + j - q
            if 0 <= row < H and 0 <= column < W_:
                y[m, h, w, f] += W[i, j, c, f] * x[m, row, column, c]
    return y


@pytest.mark.parametrize("stride, padding", [((1, 1), (1, 1)), ((2, 3), (0, 2)), ((1, 2), (3, 0))])
def test_unrolled_convolution_is_the_formula(stride, padding):
    rng = np.random.default_rng(0)
    layer, x = Conv2D(2, 3, (3, 2), rng, stride, padding), rng.normal(size=(2, 6, 5, 2))
    layer.b[...] = rng.normal(size=3)
    expected = by_the_formula(x, layer.W, layer.b, stride, padding)
    np.testing.assert_allclose(layer(x)[0], expected, atol=1e-13)


def test_a_patch_of_four_by_four_by_hand():
    layer = Conv2D(1, 1, 3, np.random.default_rng(0))
    layer.W[...] = np.array([[1, 0, -1]] * 3)[:, :, None, None]
    x = np.arange(16.0).reshape(1, 4, 4, 1) ** 2
    left, right = x[0, :3, 0].sum(), x[0, :3, 2].sum()
    assert layer(x)[0][0, 0, 0, 0] == left - right, "cross-correlation: the kernel is not turned"
    np.testing.assert_array_equal(MaxPool2D()(x)[0].ravel(), [25, 49, 169, 225])


def test_pooling_before_a_rising_bend_changes_nothing():
    rng = np.random.default_rng(0)
    x = np.round(rng.normal(size=(3, 6, 7, 2)), 1)
    x = np.where(x == 0, 0.05, x)
    before, after = Sequential(MaxPool2D(), ReLU()), Sequential(ReLU(), MaxPool2D())
    (y, back_y), (z, back_z) = before(x), after(x)
    np.testing.assert_array_equal(y, z)
    dy = rng.normal(size=y.shape)
    np.testing.assert_array_equal(back_y(dy), back_z(dy) * (x > 0))


def test_it_sees_a_bar_wherever_it_lies(CNNClassifier):
    X, y = images(200, (10, 9, 1))
    params = {"filters": (6, 8), "epochs": 15, "learning_rate": 0.01, "random_state": 0}
    assert CNNClassifier(**params).fit(X[:120], y[:120]).score(X[120:], y[120:]) > 0.9


def test_rows_may_be_flat_where_the_shape_is_given(CNNClassifier):
    X, y = images(20, (6, 5, 2))
    params = {"epochs": 1, "random_state": 0}
    square = CNNClassifier(**params).fit(X, y)
    flat = CNNClassifier(input_shape=(6, 5, 2), **params).fit(X.reshape(20, -1), y)
    np.testing.assert_array_equal(flat.predict_proba(X.reshape(20, -1)), square.predict_proba(X))
    grey = CNNClassifier(input_shape=(6, 5, 1), **params).fit(X[..., 0], y)
    assert grey.predict(X[..., 0]).shape == (20,)


def test_a_signal_shorter_than_the_kernel(CNNClassifier):
    X = np.random.default_rng(0).normal(size=(12, 1))
    assert CNNClassifier(epochs=1, kernel_size=7).fit(X, X[:, 0] > 0).predict(X).shape == (12,)


@pytest.mark.parametrize(
    "params, words",
    [
        ({"filters": ()}, "filters must have at least one stage"),
        ({"filters": 16}, "filters must be a tuple of widths"),
        ({"kernel_size": 4}, "kernel_size must be odd, got 4"),
        ({"kernel_size": 0}, "kernel_size must be a finite number > 0"),
        ({"pool": 0}, "pool must be a finite number > 0"),
        ({"input_shape": (6, 6, 1)}, r"with the 60 numbers of a row of X, got \(6, 6, 1\) with 36"),
        ({"input_shape": (60,)}, r"input_shape must be \(H, W, C\) or \(T, C\)"),
    ],
)
def test_parameters(CNNClassifier, params, words):
    X, y = images(10, (6, 5, 2))
    with pytest.raises(ValueError, match=words):
        CNNClassifier(**params).fit(X, y)


def test_images_of_another_size_are_refused(CNNClassifier):
    X, y = images(10, (6, 5, 2))
    model = CNNClassifier(epochs=1).fit(X, y)
    with pytest.raises(
        ValueError, match=r"rows of X have the shape \(6, 4, 2\), fit saw \(6, 5, 2\)"
    ):
        model.predict(X[:, :, :4])
    with pytest.raises(ValueError, match="NaN"):
        model.predict(np.full_like(X, np.nan))
    with pytest.raises(ValueError, match=r"images \(n, H, W, C\)"):
        CNNClassifier().fit(X[..., None], y)
    with pytest.raises(ValueError, match=r"kernel_size .* is larger than the image"):
        Conv2D(1, 1, 3, np.random.default_rng(0))(np.zeros((1, 2, 5, 1)))

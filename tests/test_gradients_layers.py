"""Every layer, loss and composed model: its derivative against central differences, in float64.

The upstream gradient is random: a wrong path that a gradient of ones would hide is seen.
"""

import numpy as np
import pytest

from medai_course.scratch import layers as L
from medai_course.scratch import losses
from medai_course.scratch import pooling as P
from medai_course.scratch import recurrent as R
from medai_course.scratch.convolution import Conv1D, Conv2D, ConvTranspose1D, ConvTranspose2D


def numeric(f, x, h=1e-6):
    """df/dx by central differences; x is changed in place and put back."""
    g = np.zeros_like(x)
    for i in np.ndindex(*x.shape):
        old = x[i]
        x[i] = old + h
        up = f()
        x[i] = old - h
        g[i] = (up - f()) / (2 * h)
        x[i] = old
    return g


def assert_derivative(analytic, expected, what=""):
    off = abs(analytic - expected) - 1e-7 - 1e-5 * abs(expected)
    assert (off <= 0).all(), f"{what}: {off.max():.1e} beyond the bound"


def check(layer, *inputs, seed=0, **kwargs):
    """The gradients of the weights and of the first input, for a random upstream gradient."""
    for values in layer.gradients().values():
        values += 1.0  # so that a layer that overwrites instead of adding is caught
    y, back = layer(*inputs, **kwargs)
    dy = np.random.default_rng(seed).normal(size=y.shape)
    before = dy.copy()
    dx = back(dy)
    np.testing.assert_array_equal(dy, before)
    f = lambda: (layer(*inputs, **kwargs)[0] * dy).sum()
    for path, g in layer.gradients().items():
        owner, name = layer.arrays()[path]
        assert_derivative(g - 1.0, numeric(f, getattr(owner, name)), path)
    if np.issubdtype(inputs[0].dtype, np.floating):
        assert dx.shape == inputs[0].shape
        assert_derivative(dx, numeric(f, inputs[0]), "x")


def draw(*shape, seed=1):
    return np.random.default_rng(seed).normal(size=shape)


def rng():
    return np.random.default_rng(2)


DENSE = {
    "Linear": (lambda: L.Linear(4, 3, rng()), (5, 4)),
    "Linear, one row": (lambda: L.Linear(4, 3, rng()), (1, 4)),
    "Linear, sequences": (lambda: L.Linear(4, 3, rng()), (2, 3, 4)),
    "ReLU": (L.ReLU, (5, 4)),
    "LeakyReLU": (L.LeakyReLU, (5, 4)),
    "Tanh": (L.Tanh, (5, 4)),
    "Sigmoid": (L.Sigmoid, (5, 4)),
    "GELU": (L.GELU, (5, 4)),
    "Flatten": (L.Flatten, (2, 3, 4)),
    "Reshape": (lambda: L.Reshape(2, 3, 2), (2, 12)),
    "LayerNorm": (lambda: L.LayerNorm(6), (2, 3, 6)),
    "BatchNorm in training": (lambda: L.BatchNorm(3).train(), (7, 3)),
    "BatchNorm of images": (lambda: L.BatchNorm(3).train(), (2, 4, 5, 3)),
    "BatchNorm in inference": (lambda: L.BatchNorm(3), (7, 3)),
    "MLP": (
        lambda: L.Sequential(
            L.Linear(4, 5, rng()), L.Tanh(), L.LayerNorm(5), L.Linear(5, 2, rng())
        ),
        (3, 4),
    ),
}
CONVOLUTIONS = {
    "odd sizes": (lambda: Conv2D(2, 3, 3, rng()), (2, 7, 5, 2)),
    "padding 1": (lambda: Conv2D(2, 3, 3, rng(), padding=1), (2, 6, 5, 2)),
    "one image, one channel": (lambda: Conv2D(1, 1, 3, rng(), padding=1), (1, 3, 4, 1)),
    "one pixel": (lambda: Conv2D(2, 3, 3, rng(), padding=1), (2, 1, 1, 2)),
    "stride 2": (lambda: Conv2D(2, 3, 3, rng(), stride=2, padding=1), (2, 6, 7, 2)),
    "stride 3, even kernel": (lambda: Conv2D(2, 3, (2, 4), rng(), stride=3), (2, 8, 9, 2)),
    "uneven everything": (
        lambda: Conv2D(2, 1, (1, 3), rng(), stride=(2, 1), padding=(0, 2)),
        (2, 5, 4, 2),
    ),
    "padding wider than kernel": (lambda: Conv2D(1, 2, 2, rng(), padding=3), (1, 3, 2, 1)),
    "stride wider than kernel": (lambda: Conv2D(1, 2, 2, rng(), stride=5, padding=1), (1, 7, 9, 1)),
    "signal": (lambda: Conv1D(3, 2, 5, rng(), padding=2), (2, 9, 3)),
    "signal, stride": (lambda: Conv1D(3, 2, 4, rng(), stride=3), (1, 11, 3)),
    "transposed": (lambda: ConvTranspose2D(3, 2, 4, rng(), stride=2, padding=1), (2, 3, 4, 3)),
    "transposed, uneven": (
        lambda: ConvTranspose2D(2, 1, (3, 2), rng(), stride=(1, 3)),
        (1, 3, 2, 2),
    ),
    "transposed signal": (lambda: ConvTranspose1D(2, 3, 4, rng(), stride=2, padding=1), (2, 5, 2)),
    "max pool": (P.MaxPool2D, (2, 6, 4, 2)),
    "max pool, odd sizes": (lambda: P.MaxPool2D(3), (2, 7, 5, 2)),
    "max pool of signals": (P.MaxPool1D, (2, 7, 3)),
    "mean pool": (lambda: P.AvgPool2D((2, 3)), (2, 5, 7, 2)),
    "mean pool of signals": (lambda: P.AvgPool1D(3), (2, 7, 2)),
    "global pool of images": (P.GlobalAveragePool, (2, 3, 5, 2)),
    "global pool of signals": (P.GlobalAveragePool, (2, 3, 2)),
    "up-sampling": (P.UpSampling2D, (2, 3, 4, 2)),
    "up-sampling of signals": (lambda: P.UpSampling1D(3), (2, 4, 2)),
    "CNN": (
        lambda: L.Sequential(
            Conv2D(1, 3, 3, rng(), padding=1),
            P.MaxPool2D(),
            L.ReLU(),
            Conv2D(3, 2, 3, rng()),
            L.BatchNorm(2).train(),
            L.Flatten(),
            L.Linear(8, 3, rng()),
        ),
        (3, 8, 9, 1),
    ),
}


@pytest.mark.parametrize("make, shape", DENSE.values(), ids=DENSE)
def test_dense_layers(make, shape):
    check(make(), draw(*shape))


@pytest.mark.parametrize("make, shape", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_convolution_and_pooling(make, shape):
    check(make(), draw(*shape))


MASKS = {
    "no mask": None,
    "padded": np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]], bool),
    "gaps and an all-masked row": np.array([[1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 1, 1]], bool),
}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("last", [True, False], ids=["last state", "all states"])
@pytest.mark.parametrize("cell", R.CELLS)
def test_recurrent_layers(cell, last, mask):
    check(R.CELLS[cell](2, 5, rng(), last=last), draw(3, 4, 2), mask=mask)


@pytest.mark.parametrize("cell", R.CELLS)
def test_a_recurrent_layer_of_one_row_and_one_step(cell):
    check(R.CELLS[cell](3, 2, rng()), draw(1, 1, 3))


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("cell", R.CELLS)
def test_stacked_and_bidirectional_layers(cell, mask):
    new = R.CELLS[cell]
    both = [
        R.Bidirectional(new(d, 2, rng(), last), new(d, 2, rng(), last))
        for d, last in ((3, 0), (4, 1))
    ]
    check(R.Stacked(*both), draw(3, 4, 3), mask=mask)


@pytest.mark.parametrize("cell", R.CELLS)
def test_gradients_of_the_starting_and_of_the_last_state(cell):
    layer, x = R.CELLS[cell](3, 2, rng()), draw(2, 4, 3)
    start = draw(2, 2, 2) if cell == "lstm" else draw(2, 2)
    (hs, end), back = layer.run(x, start)
    dhs, dend = draw(*hs.shape, seed=3), draw(*np.shape(end), seed=4)
    f = lambda: (lambda out: (out[0] * dhs).sum() + (np.array(out[1]) * dend).sum())(
        layer.run(x, start)[0]
    )
    dx, dstart = back(dhs, dend)
    assert_derivative(dx, numeric(f, x))
    assert_derivative(np.array(dstart), numeric(f, start))


def test_an_embedding_adds_the_gradients_of_repeated_tokens():
    check(L.Embedding(5, 3, rng()), np.array([[1, 1, 2], [0, 3, 1]]))


def test_dropout_passes_gradients_where_it_passed_values():
    layer, x = L.Dropout(0.4, rng()).train(), draw(20, 10)
    y, back = layer(x)
    np.testing.assert_allclose(back(np.ones_like(x)), y / x)
    kept = (y != 0).mean()
    assert 0.5 < kept < 0.7
    np.testing.assert_allclose(y[y != 0], x[y != 0] / 0.6)
    layer.train(False)
    assert layer(x)[0] is x


def test_a_layer_called_twice_before_its_backs_adds_both_gradients():
    for layer, shape in [
        (L.Linear(3, 2, rng()), (4, 3)),
        (Conv2D(1, 2, 3, rng()), (2, 5, 4, 1)),
        (R.LSTM(3, 2, rng()), (2, 4, 3)),
        (R.GRU(3, 2, rng()), (2, 4, 3)),
    ]:
        a, b = draw(*shape, seed=5), draw(*shape, seed=6)
        (ya, back_a), (yb, back_b) = layer(a), layer(b)
        dya, dyb = draw(*ya.shape, seed=7), draw(*yb.shape, seed=8)
        dxa, dxb = back_a(dya), back_b(dyb)
        f = lambda a=a, b=b, dya=dya, dyb=dyb, layer=layer: (
            (layer(a)[0] * dya).sum() + (layer(b)[0] * dyb).sum()
        )
        assert_derivative(dxa, numeric(f, a))
        assert_derivative(dxb, numeric(f, b))
        for path, g in layer.gradients().items():
            owner, name = layer.arrays()[path]
            assert_derivative(g, numeric(f, getattr(owner, name)), path)


def test_a_discriminator_passes_its_gradient_on_to_the_generator():
    G, D = (
        L.Linear(2, 3, rng()),
        L.Sequential(L.Linear(3, 4, rng()), L.Tanh(), L.Linear(4, 1, rng())),
    )
    z, ones = draw(5, 2), np.ones((5, 1))
    x, back_G = G(z)
    logits, back_D = D(x)
    back_G(back_D(losses.binary_cross_entropy(logits, ones)[1]))
    f = lambda: losses.binary_cross_entropy(D(G(z)[0])[0], ones)[0]
    assert_derivative(G.dW, numeric(f, G.W))
    assert abs(G.dW).max() > 1e-3, "a generator that never moves"


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy", "squared_error"])
def test_losses(name, weighted):
    a, loss = draw(6, 3) * 3, getattr(losses, name)
    y = np.array([0, 2, 1, 1, 0, 2]) if name == "cross_entropy" else draw(6, 3, seed=4) ** 2 % 1
    weight = np.array([0.5, 2, 1, 0, 3, 1]) if weighted else None
    assert_derivative(loss(a, y, weight)[1], numeric(lambda: loss(a, y, weight)[0], a))


@pytest.mark.parametrize("kind", [L.Linear, Conv2D, R.LSTM])
def test_the_first_layer_in_training_saves_the_gradient_nobody_reads(kind):
    layer, x = {
        L.Linear: (L.Linear(3, 2, rng()), draw(4, 3)),
        Conv2D: (Conv2D(1, 2, 3, rng()), draw(2, 5, 4, 1)),
        R.LSTM: (R.LSTM(3, 2, rng()), draw(2, 4, 3)),
    }[kind]
    y, back = layer(x)
    back(np.ones_like(y))
    expected = {k: g.copy() for k, g in layer.gradients().items()}
    layer.zero_gradients()
    layer.input_gradient = False
    y, back = layer(x)
    assert back(np.ones_like(y)) is None
    for key, g in layer.gradients().items():
        np.testing.assert_array_equal(g, expected[key])

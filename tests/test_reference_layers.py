"""Layers, losses and optimisers against PyTorch's, in float64: values and gradients."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from medai_course.scratch import convolution as C
from medai_course.scratch import layers as L
from medai_course.scratch import losses, optimisers
from medai_course.scratch import pooling as P
from medai_course.scratch import recurrent as R


def rng():
    return np.random.default_rng(3)


def tensor(array, grad=False):
    return torch.tensor(np.ascontiguousarray(array), requires_grad=grad)


def first(x):
    """Channels last to channels first."""
    return torch.movedim(x, -1, 1)


def last(x):
    return torch.movedim(x, 1, -1)


def assert_same(layer, x, function, **kwargs):
    """``function(x, W, b, ...)`` of tensors gives what ``layer`` gives, and so do its gradients."""
    y, back = layer(x, **kwargs)
    dy = rng().normal(size=y.shape)
    dx = back(dy)
    xt = tensor(x, True)
    paths = list(layer.gradients())
    weights = [tensor(getattr(*layer.arrays()[p]), True) for p in paths]
    yt = function(xt, *weights)
    yt.backward(tensor(dy))
    np.testing.assert_allclose(y, yt.detach().numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(dx, xt.grad.numpy(), rtol=0, atol=1e-11)
    for path, weight in zip(paths, weights):
        np.testing.assert_allclose(layer.gradients()[path], weight.grad.numpy(), atol=1e-10)


@pytest.mark.parametrize("stride, padding", [(1, 0), (1, 1), (2, 1), (3, 2)])
@pytest.mark.parametrize("kernel", [1, 3, 4])
def test_convolution_is_torchs(kernel, stride, padding):
    x = rng().normal(size=(3, 9, 8, 2))
    assert_same(
        C.Conv2D(2, 4, kernel, rng(), stride, padding),
        x,
        lambda x, W, b: last(F.conv2d(first(x), W.permute(3, 2, 0, 1), b, stride, padding)),
    )
    assert_same(
        C.Conv1D(2, 4, kernel, rng(), stride, padding),
        x[:, 0],
        lambda x, W, b: last(F.conv1d(first(x), W.permute(2, 1, 0), b, stride, padding)),
    )
    assert_same(
        C.ConvTranspose2D(2, 4, kernel, rng(), stride, 0),
        x,
        lambda x, W, b: last(F.conv_transpose2d(first(x), W.permute(3, 2, 0, 1), b, stride)),
    )


@pytest.mark.parametrize("values", ["distinct", "ties"])
@pytest.mark.parametrize("size", [2, 3, (2, 3)])
def test_pooling_is_torchs_also_where_values_are_equal(size, values):
    x = rng().normal(size=(3, 7, 8, 2))
    x = x if values == "distinct" else np.round(x) + 0.0
    assert_same(P.MaxPool2D(size), x, lambda x: last(F.max_pool2d(first(x), size)))
    assert_same(P.AvgPool2D(size), x, lambda x: last(F.avg_pool2d(first(x), size)))


def test_up_sampling_is_torchs():
    x = rng().normal(size=(3, 2, 3, 2))
    up = lambda x: last(F.interpolate(first(x), scale_factor=2, mode="nearest"))
    assert_same(P.UpSampling2D(2), x, up)


def test_activations_are_torchs():
    x = rng().normal(size=(6, 5)) * 3
    for layer, function in [
        (L.ReLU(), F.relu),
        (L.LeakyReLU(0.2), lambda x: F.leaky_relu(x, 0.2)),
        (L.Tanh(), torch.tanh),
        (L.Sigmoid(), torch.sigmoid),
        (L.GELU(), F.gelu),
    ]:
        assert_same(layer, x, function)


def test_sigmoid_of_large_numbers_does_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        y = L.Sigmoid()(np.array([[-1000.0, 0.0, 1000.0]]))[0]
    np.testing.assert_allclose(y, [[0, 0.5, 1]], atol=1e-300)


def test_layer_and_batch_normalisation_are_torchs():
    x = rng().normal(size=(5, 4, 3)) * 2 + 1
    assert_same(L.LayerNorm(3), x, lambda x, g, b: F.layer_norm(x, (3,), g, b))
    layer, module = L.BatchNorm(3).train(), nn.BatchNorm1d(3).double()
    norm = lambda x, g, b: last(F.batch_norm(first(x), None, None, g, b, training=True))
    assert_same(layer, x, norm)
    module(first(tensor(x)))
    np.testing.assert_allclose(layer.mean, module.running_mean, atol=1e-12)
    unbiased = (module.running_var.numpy() - 0.9) * 19 / 20 + 0.9  # torch divides by n - 1
    np.testing.assert_allclose(layer.var, unbiased, atol=1e-12)


def test_batch_norm_in_inference_does_not_look_at_the_batch():
    x = rng().normal(size=(8, 3))
    layer = L.BatchNorm(3).train()
    layer(x)
    layer.train(False)
    np.testing.assert_array_equal(layer(x)[0][:1], layer(x[:1])[0])


def torch_cell(cell, module, x, Wx, Wh, b):
    zero = torch.zeros_like(b)
    args = (x, (Wx.T, Wh.T, b, zero), True, 1, 0.0, False, False, True)
    h = torch.zeros(1, len(x), Wh.shape[0], dtype=x.dtype)
    if cell == "lstm":
        return torch.lstm(args[0], (h, h), *args[1:])[0]
    return {"gru": torch.gru, "rnn": torch.rnn_tanh}[cell](args[0], h, *args[1:])[0]


@pytest.mark.parametrize("cell", R.CELLS)
def test_recurrent_layers_are_torchs(cell):
    x = rng().normal(size=(3, 6, 4))
    for last_only in (False, True):
        layer = R.CELLS[cell](4, 5, rng(), last=last_only)
        layer.b[...] = rng().normal(size=layer.b.shape)
        cut = np.s_[:, -1] if last_only else np.s_[:]
        run = lambda x, Wx, Wh, b, cut=cut: torch_cell(cell, None, x, Wx, Wh, b)[cut]
        assert_same(layer, x, run)


@pytest.mark.parametrize("cell", R.CELLS)
def test_padding_changes_nothing(cell):
    x = rng().normal(size=(2, 6, 4))
    mask = np.ones((2, 6), bool)
    mask[0, 3:] = False
    layer = R.CELLS[cell](4, 5, rng())
    np.testing.assert_allclose(layer(x, mask)[0][0], layer(x[:1, :3])[0][0], atol=1e-15)
    np.testing.assert_allclose(layer(x, mask)[0][1], layer(x[1:])[0][0], atol=1e-15)
    both = R.Bidirectional(layer, R.CELLS[cell](4, 5, rng()))
    np.testing.assert_allclose(both(x, mask)[0][0], both(x[:1, :3])[0][0], atol=1e-15)


MASKS = {"no mask": None, "gaps, an empty row": np.array([[1, 0, 1, 0], [0] * 4, [1] * 4], bool)}


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@pytest.mark.parametrize("cell", R.CELLS)
def test_the_fast_form_is_the_textbook_form(cell, mask):
    layer, x = R.CELLS[cell](5, 6, rng()), rng().normal(size=(3, 4, 5))
    layer.b[...] = rng().normal(size=layer.b.shape)
    dhs, dlast = rng().normal(size=(3, 4, 6)), rng().normal(size=(3, 6))
    (plain, end), back = layer.run(x, mask=mask)
    (fast, fast_end), fast_back = layer.fast_run(x, mask)
    np.testing.assert_allclose(fast, plain, rtol=0, atol=1e-14)
    np.testing.assert_allclose(np.array(fast_end), np.array(end), rtol=0, atol=1e-14)
    only_last = np.zeros_like(dhs)
    only_last[:, -1] = dlast
    for full, given in ((dhs, dhs), (only_last, dlast)):
        found = []
        for run, d in ((back, full), (fast_back, given), (fast_back, given)):
            layer.zero_gradients()
            dx, dstate = run(d)
            found.append(
                [dx, *np.atleast_3d(dstate), *(g.copy() for g in layer.gradients().values())]
            )
        for a, b, again in zip(*found):
            np.testing.assert_allclose(b, a, rtol=0, atol=1e-13)
            np.testing.assert_array_equal(b, again)


@pytest.mark.parametrize("cell", R.CELLS)
def test_no_state_leaks_from_one_batch_to_the_next(cell):
    layer, x = R.CELLS[cell](4, 5, rng()), rng().normal(size=(2, 6, 4))
    once = layer(x)[0].copy()
    layer(10 * x)
    np.testing.assert_array_equal(layer(x)[0], once)


def test_losses_are_torchs():
    a, y, p = rng().normal(size=(7, 4)) * 5, rng().integers(0, 4, 7), rng().random((7, 4))
    w = rng().random(7)
    T = lambda *arrays: [tensor(v) for v in arrays]
    at, yt, pt, wt = T(a, y, p, w)
    mean = lambda each: (each * wt[:, None]).sum() / wt.sum() / 4
    for ours, theirs in [
        (losses.cross_entropy(a, y), F.cross_entropy(at, yt)),
        (losses.binary_cross_entropy(a, p), F.binary_cross_entropy_with_logits(at, pt)),
        (losses.squared_error(a, p), F.mse_loss(at, pt)),
        (
            losses.cross_entropy(a, y, w),
            (F.cross_entropy(at, yt, reduction="none") * wt).sum() / wt.sum(),
        ),
        (losses.squared_error(a, p, w), mean((at - pt) ** 2)),
        (
            losses.binary_cross_entropy(a, p, w),
            mean(F.binary_cross_entropy_with_logits(at, pt, reduction="none")),
        ),
    ]:
        assert ours[0] == pytest.approx(theirs.item(), rel=1e-12)


def test_losses_of_sure_and_wrong_predictions_are_finite():
    a = np.array([[2000.0, -2000.0]])
    assert losses.cross_entropy(a, np.array([1]))[0] == pytest.approx(4000)
    assert losses.binary_cross_entropy(a, np.array([[0.0, 1.0]]))[0] == pytest.approx(2000)


def test_a_loss_is_a_mean_so_a_doubled_batch_has_the_same_loss_and_gradient():
    a, y, w = rng().normal(size=(5, 3)), np.array([0, 2, 1, 1, 0]), rng().random(5)
    for weight in (None, w):
        double = None if weight is None else np.tile(w, 2)
        loss, d = losses.cross_entropy(a, y, weight)
        loss2, d2 = losses.cross_entropy(np.tile(a, (2, 1)), np.tile(y, 2), double)
        assert loss2 == pytest.approx(loss)
        np.testing.assert_allclose(d2[:5] + d2[5:], d)


@pytest.mark.parametrize("clip", [None, 0.5])
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("name", optimisers.OPTIMISERS)
def test_optimisers_are_torchs_for_300_steps(name, decay, clip):
    theta, grad = rng().normal(size=10_000), np.zeros(10_000)
    start, scale = theta.copy(), 1 + rng().random(10_000)
    ours = optimisers.OPTIMISERS[name](theta, grad, 6_000, decay, clip)
    matrix, bias = tensor(start[:6_000], True), tensor(start[6_000:], True)
    groups = [{"params": [matrix], "weight_decay": decay}, {"params": [bias], "weight_decay": 0}]
    theirs = {
        "sgd": lambda: torch.optim.SGD(groups, lr=1e-2, momentum=0.9),
        "adam": lambda: torch.optim.Adam(groups, lr=1e-2),
        "adamw": lambda: torch.optim.AdamW(groups, lr=1e-2),
    }[name]()
    for _ in range(300):
        grad += scale * np.sin(theta)
        ours.step(1e-2)
        theirs.zero_grad()
        parts = zip((matrix, bias), np.split(scale, [6_000]))
        sum((tensor(s) * -torch.cos(w)).sum() for w, s in parts).backward()
        if clip is not None:
            norm = torch.cat([matrix.grad, bias.grad]).norm()
            for w in (matrix, bias):
                w.grad *= min(1, clip / norm)
        theirs.step()
    assert not grad.any()
    np.testing.assert_allclose(theta[:6_000], matrix.detach(), rtol=0, atol=1e-11)
    np.testing.assert_allclose(theta[6_000:], bias.detach(), rtol=0, atol=1e-11)


def test_adam_takes_whole_steps_from_the_first():
    theta, grad = np.zeros(3), np.array([1e-3, 5.0, -20.0])
    optimisers.Adam(theta, grad, 0).step(0.1)
    np.testing.assert_allclose(theta, [-0.1, -0.1, 0.1], rtol=1e-4)


def test_schedules_fall_from_one_to_zero():
    for name in ("linear", "cosine"):
        factors = [optimisers.scheduled(name, done) for done in np.linspace(0, 1, 11)]
        assert factors[0] == 1 and factors[5] == pytest.approx(0.5)
        assert factors[-1] == pytest.approx(0, abs=1e-15)
        assert (np.diff(factors) < 0).all()
    assert optimisers.scheduled("constant", 0.7) == 1


def test_flatten_moves_weights_into_one_vector_matrices_first():
    net = L.Sequential(L.Linear(3, 2, rng()), L.BatchNorm(2), L.Linear(2, 1, rng()))
    x = rng().normal(size=(4, 3))
    before = net(x)[0]
    theta, grad, decayed = L.flatten(net, "float64")
    np.testing.assert_array_equal(net(x)[0], before)
    assert decayed == 8 and theta.size == 15
    theta[...] = 0
    assert not net(x)[0].any()
    net(x)[1](np.ones((4, 1)))
    assert grad[-1] == 4

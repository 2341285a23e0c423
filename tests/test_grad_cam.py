"""Grad-CAM: the formula by pencil, the same by autograd, the same map from every backend."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from medai_course.trust.grad_cam import grad_cam
from tests.backends import BACKENDS, module
from tests.test_parity_networks import images


def fitted(backend, X, y, **params):
    params = {"epochs": 2, "filters": (3, 5), "random_state": 0, "learning_rate": 0.01} | params
    return module(backend, "cnn").CNNClassifier(**params).fit(X, y)


def by_autograd(model, X, target, layers, average=True):
    """alpha_k = mean of da/dA_k, max(0, sum_k alpha_k A_k), on the places of the stage."""
    net, x = model._net.eval(), torch.tensor(X)
    A = net[: 1 + layers](x)  # the first module moves the channels
    A.retain_grad()
    net[1 + layers :](A)[torch.arange(len(X)), torch.tensor(target)].sum().backward()
    alpha = A.grad.mean((2, 3), keepdim=True) if average else A.grad
    return torch.relu((alpha * A).sum(1)).detach()


@pytest.mark.parametrize("stage, layers, block", [(0, 3, 2), (-1, 6, 4), (1, 6, 4), (-2, 3, 2)])
def test_it_is_what_autograd_gives(stage, layers, block):
    X, y = images(12, (8, 12, 2))
    model = fitted("pytorch", X, y)
    cam = by_autograd(model, X, 1 - y, layers)
    bilinear = {"scale_factor": block, "mode": "bilinear", "align_corners": False}
    expected = F.interpolate(cam[:, None], **bilinear)[:, 0].numpy()
    assert expected.max() > 0
    np.testing.assert_allclose(grad_cam(model, X, 1 - y, stage), expected, atol=1e-12)


def test_each_place_may_keep_its_derivative():
    X, y = images(12, (8, 12, 2))
    model = fitted("pytorch", X, y)
    cam = by_autograd(model, X, y, 3, average=False)[:, None]
    expected = F.interpolate(cam, scale_factor=2, mode="bilinear", align_corners=False)[:, 0]
    np.testing.assert_allclose(grad_cam(model, X, y, 0, average=False), expected, atol=1e-12)


def test_without_the_mean_the_last_stage_adds_up_to_the_logit():
    """A linear layer on the features: the products are what it adds, but for those below 0."""
    X, y = images(9, (8, 8, 1))
    model = fitted("scratch", X, y)
    V, c = list(model.weights_.values())[-2:]
    V[...] = abs(V)  # so that no product is cut off: the features are not below 0 either
    vars(model)["_net"].layers[-1].W[...] = V
    sums = grad_cam(model, X, 1, average=False)
    logits = model._output(X)[:, 1] - c[1]
    blocks = sums[:, [0, 0, -1, -1], [0, -1, 0, -1]]  # the middles of the four places
    np.testing.assert_allclose(blocks.sum(1), logits, rtol=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "gelu"])
def test_other_bends_and_a_hidden_layer(activation):
    X, y = images(8, (8, 8, 1))
    model = fitted("pytorch", X, y, activation=activation, hidden=(7,))
    cam = by_autograd(model, X, y, 6)[:, None]
    expected = F.interpolate(cam, scale_factor=4, mode="bilinear", align_corners=False)[:, 0]
    np.testing.assert_allclose(grad_cam(model, X, y), expected.numpy(), atol=1e-12)


def test_every_backend_gives_the_same_map():
    X, y = images(10, (9, 8, 2))
    maps = [grad_cam(fitted(backend, X, y), X, 0) for backend in BACKENDS]
    for other in maps[1:]:
        np.testing.assert_allclose(other, maps[0], atol=1e-9)


def test_by_pencil():
    """One filter that passes the image on, one logit that reads its upper left quarter."""
    X = np.arange(16.0).reshape(1, 4, 4, 1) - 4
    model = fitted("scratch", np.r_[X, -X], [0, 1], filters=(1,), kernel_size=1, epochs=1)
    weights = model._net.arrays()
    for slot in weights.values():
        getattr(*slot)[...] = 0
    W, _, V, _ = (getattr(*slot) for slot in weights.values())
    W[...], V[0, 1] = 1, 2.0  # a_1 = 2 A_00
    # A = the maxima of 2 x 2: [[1, 3], [9, 11]], alpha = 2 / 4
    maps = grad_cam(model, X, 1)
    np.testing.assert_allclose(maps[0, [0, 0, -1, -1], [0, -1, 0, -1]], [0.5, 1.5, 4.5, 5.5])
    np.testing.assert_allclose(maps[0, 0], [0.5, 0.75, 1.25, 1.5])  # middles at 0.5 and 2.5
    np.testing.assert_array_equal(grad_cam(model, X, 0), 0)  # nothing speaks for class 0


def test_what_speaks_against_is_not_shown():
    X, y = images(6, (8, 8, 1))
    model = fitted("scratch", X, y)
    maps = grad_cam(model, X, y)
    assert maps.min() == 0 and maps.shape == (6, 8, 8)


def test_none_asks_about_the_class_that_is_predicted():
    X, y = images(9, (8, 8, 1))
    names = np.array(["upright", "level"])[y]
    model = fitted("scratch", X, names)
    np.testing.assert_array_equal(grad_cam(model, X), grad_cam(model, X, model.predict(X)))


def test_sides_that_do_not_divide_and_stages_that_do_not_pool():
    X, y = images(6, (7, 5, 1))
    model = fitted("scratch", X, y, filters=(2, 3, 4))
    assert model._pooled() == [True, True, False]
    assert grad_cam(model, X).shape == grad_cam(model, X, stage=0).shape == (6, 7, 5)
    cam = by_autograd(fitted("pytorch", X, y, filters=(2, 3, 4)), X, y, 8)
    np.testing.assert_allclose(grad_cam(model, X, y)[:, 0, 0], cam[:, 0, 0], atol=1e-12)


def test_signals_and_flat_rows():
    X, y = images(8, (6, 8, 1))
    flat = fitted("scratch", X.reshape(8, -1), y, input_shape=(6, 8, 1))
    square = fitted("scratch", X, y)
    np.testing.assert_array_equal(grad_cam(flat, X.reshape(8, -1)), grad_cam(square, X))
    assert grad_cam(fitted("scratch", X[..., 0], y), X[..., 0]).shape == (8, 6)


def test_the_model_and_the_images_stay_as_they_are():
    X, y = images(6, (8, 8, 1))
    model = fitted("scratch", X, y)
    before, images_before = model.weights_, X.copy()
    gradients = {k: v.copy() for k, v in model._net.gradients().items()}
    grad_cam(model, X)
    for name, value in model.weights_.items():
        np.testing.assert_array_equal(value, before[name])
    for name, value in model._net.gradients().items():
        np.testing.assert_array_equal(value, gradients[name])
    np.testing.assert_array_equal(X, images_before)


@pytest.mark.parametrize("stage", [2, -3, 1.0, True])
def test_a_stage_that_is_not_there(stage):
    X, y = images(6, (8, 8, 1))
    with pytest.raises(ValueError, match="stage must be an integer from -2 to 1"):
        grad_cam(fitted("scratch", X, y), X, stage=stage)


def test_a_class_that_the_model_does_not_know():
    X, y = images(6, (8, 8, 1))
    with pytest.raises(ValueError, match=r"target must be a class of the model.* got 2"):
        grad_cam(fitted("scratch", X, y), X, target=2)
    with pytest.raises(ValueError, match="X has 4 features"):
        grad_cam(fitted("scratch", X, y), X[:, :4])

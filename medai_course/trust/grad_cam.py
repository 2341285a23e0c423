"""Where in an image does a convolutional network find its reasons?  Grad-CAM, in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def grad_cam(model, X: ArrayLike, target=None, stage: int = -1, average: bool = True) -> np.ndarray:
    r"""Map of the places whose features speak for a class, one map for each image.

    .. math::
        \alpha_k = \frac{1}{|P|} \sum_{p \in P} \frac{\partial a_y}{\partial A_{pk}}, \qquad
        L_p = \max\Bigl(0, \sum_k \alpha_k A_{pk}\Bigr)

    where :math:`A_{pk}` is feature k of a stage at place p, after pooling and the bend, P are all
    places, and :math:`a_y` the logit of class y.  A place is a block of pixels; between the middles
    of blocks the map is interpolated, beyond the last middle it stays as it is.

    The mean over places forgets where a feature counts: right for a network that ends in a global
    mean, wrong for one that flattens its features and weighs each place by itself.  With
    ``average=False`` each place keeps its own derivative, :math:`L_p = \max(0, \sum_k A_{pk}\,
    \partial a_y / \partial A_{pk})` (HiResCAM).

    The map says where the evidence was found, not whether it is good evidence.

    Parameters
    ----------
    model : fitted CNNClassifier of any backend
        Its weights are copied into NumPy's layers, where the derivatives are taken.
    X : array-like of shape (n, H, W, C) or (n, T, C)
        Images or signals, or what else ``model.predict`` takes.
    target : class or array-like of shape (n,), optional
        The class that is asked about, for all or for each; None takes the predicted ones.
    stage : int, default -1
        Which stage to look at, counted like the entries of ``model.filters``.  An earlier stage has
        smaller blocks and simpler features.
    average : bool, default True
        Grad-CAM if True, HiResCAM if False.

    Returns
    -------
    ndarray of shape (n, H, W) or (n, T)
        At least 0, in logits; only its shape over an image has a meaning.

    Raises
    ------
    ValueError
        ``target`` names a class that the model does not know; ``stage`` is out of range; ``X`` is
        not what ``fit`` saw.

    References
    ----------
    Selvaraju, R. R. et al. (2017). Grad-CAM: visual explanations from deep networks via
    gradient-based localization. ICCV 2017, 618-626. doi:10.1109/ICCV.2017.74

    Draelos, R. L. and Carin, L. (2020). Use HiResCAM instead of Grad-CAM for faithful explanations
    of convolutional neural networks. doi:10.48550/arXiv.2011.08891
    """
    X = model._check_X(X, **model._checks)
    layers, stage = _layers_in_numpy(model), _checked_stage(model, stage)
    A, logits, back = _split_at(layers, _end_of_stage(model, stage), X)
    asked = _codes(model.classes_, target, logits)
    dA = back(np.eye(len(model.classes_), dtype=logits.dtype)[asked])
    cam, places = _map(A, dA, average), range(1, A.ndim - 1)
    block = model.pool ** sum(model._pooled()[: stage + 1])
    for axis, side in zip(places, X.shape[1:]):
        cam = np.moveaxis(
            np.moveaxis(cam, axis, -1) @ _between(cam.shape[axis], side, block), -1, axis
        )
    return cam


def _map(A, dA, average):
    """L_p = max(0, sum_k alpha_k A_pk); alpha is the mean of dA, or dA."""
    places = tuple(range(1, A.ndim - 1))
    alpha = dA.mean(places, keepdims=True) if average else dA
    return np.maximum((alpha * A).sum(-1), 0)


def _layers_in_numpy(model):
    """The network's layers in NumPy, with its weights; gradients pass, none is added up."""
    net = model._layers(np.random.default_rng(0))
    for slot, value in zip(net.arrays().values(), model.weights_.values(), strict=True):
        setattr(*slot, value)
    net.train(False).freeze()
    return net.layers


def _checked_stage(model, stage):
    n = len(model.filters)
    if isinstance(stage, bool) or not isinstance(stage, (int, np.integer)) or not -n <= stage < n:
        raise ValueError(f"stage must be an integer from {-n} to {n - 1}, got {stage!r}")
    return int(stage) % n


def _end_of_stage(model, stage):
    """Number of layers up to the end of a stage: a convolution, perhaps a pooling, a bend."""
    return sum(3 if pooled else 2 for pooled in model._pooled()[: stage + 1])


def _split_at(layers, end, x):
    """What the first ``end`` layers make of x, the logits, and the way back between them."""
    for layer in layers[:end]:
        x, _ = layer(x)
    features, backs = x, []
    for layer in layers[end:]:
        x, back = layer(x)
        backs.append(back)

    def back_all(dy):
        for back in reversed(backs):
            dy = back(dy)
        return dy

    return features, x, back_all


def _codes(classes, target, logits):
    """The position in ``classes`` of the class that is asked about, for each row."""
    if target is None:
        return logits.argmax(1)
    target = np.broadcast_to(np.asarray(target), len(logits))
    unknown = sorted(set(target.tolist()) - set(classes.tolist()), key=str)
    if unknown:
        raise ValueError(
            f"target must be a class of the model, one of {classes}, got {unknown[0]!r}"
        )
    return np.searchsorted(classes, target)


def _between(n_places, side, block):
    """The matrix (n_places, side) that interpolates from the middles of blocks to pixels."""
    middles = (np.arange(n_places) + 0.5) * block - 0.5
    return np.stack([np.interp(np.arange(side), middles, unit) for unit in np.eye(n_places)])

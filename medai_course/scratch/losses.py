"""Losses and their derivatives, from logits: ``loss, d = cross_entropy(logits, y)``.

Each is a mean over the rows (or, with weights, a weighted mean), never a sum, so that the learning
rate does not depend on the size of a batch.  None takes the logarithm of a rounded probability.
"""

import numpy as np
from scipy.special import expit


def softmax(a):
    """exp(a_k) / sum_j exp(a_j) over the last axis, shifted so that nothing overflows."""
    e = np.exp(a - a.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def cross_entropy(a, y, weight=None):
    """L = mean(logsumexp(a) - a_y), dL/da = (softmax(a) - onehot(y)) / n.

    ``a`` (..., k) are logits and ``y`` (...) integer classes; ``weight`` (...) makes it a
    weighted mean, as in torch's CrossEntropyLoss.
    """
    e = a - a.max(-1, keepdims=True)
    picked = np.take_along_axis(e, y[..., None], -1)[..., 0]
    np.exp(e, out=e)
    total = e.sum(-1, keepdims=True)
    share = _share(y, weight, a.dtype)
    loss = ((np.log(total[..., 0]) - picked) * share).sum()
    d = e / total  # softmax
    d.reshape(-1, d.shape[-1])[np.arange(y.size), y.ravel()] -= 1
    return loss, d * (share[..., None] if weight is not None else share)


def binary_cross_entropy(a, y, weight=None):
    """L = mean(log(1 + e^a) - y a), dL/da = (sigmoid(a) - y) / n, for targets y in [0, 1]."""
    share = _share(a, weight, a.dtype)
    return ((np.logaddexp(0, a) - y * a) * share).sum(), (expit(a) - y) * share


def squared_error(a, y, weight=None):
    """L = mean((a - y)^2), dL/da = 2 (a - y) / n."""
    share = _share(a, weight, a.dtype)
    r = a - y
    return np.vdot(r, r * share), 2 * share * r


def _share(like, weight, dtype):
    """What each row counts: 1 / n, or its weight over the sum of weights."""
    if weight is None:
        return dtype.type(1 / like.size)
    weight = weight.reshape(weight.shape + (1,) * (like.ndim - weight.ndim))
    return np.broadcast_to(weight, like.shape) / (weight.sum() * (like.size // weight.size))

"""How weights follow their gradients: SGD with momentum, Adam, AdamW, clipping, schedules.

An optimiser sees a network as one vector of weights and one of gradients (``layers.flatten``), and
goes through them in blocks that stay in the processor's cache.
"""

import math

import numpy as np

BLOCK = 8192


class Optimiser:
    """``step(rate)`` moves ``theta`` against ``grad`` and then empties ``grad``.

    ``decayed`` is how many of the first weights are matrices: decay never shrinks a bias.
    """

    n_moments = 0

    def __init__(self, theta, grad, decayed, weight_decay=0.0, clip_norm=None):
        self.theta, self.grad, self.decayed = theta, grad, decayed
        self.weight_decay, self.clip_norm = weight_decay, clip_norm
        self.moments = np.zeros((self.n_moments, theta.size), theta.dtype)
        self.t = 0

    def step(self, rate):
        self.t += 1
        if self.clip_norm is not None:
            self.grad *= clip_factor(np.linalg.norm(self.grad), self.clip_norm)
        self._decay(rate)
        for start in range(0, self.theta.size, BLOCK):
            cut = slice(start, start + BLOCK)
            self._update(self.theta[cut], self.grad[cut], *self.moments[:, cut], rate)
        self.grad.fill(0)

    def _decay(self, rate):
        """g = g + weight_decay w: the gradient of weight_decay |w|^2 / 2."""
        if self.weight_decay > 0:
            end = self.decayed
            self.grad[:end] += self.weight_decay * self.theta[:end]


class SGD(Optimiser):
    """v = momentum v + g,  w = w - rate v."""

    n_moments = 1
    momentum = 0.9

    def _update(self, w, g, v, rate):
        v *= self.momentum
        v += g
        w -= rate * v


class Adam(Optimiser):
    """m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2, both without their bias towards zero.

    Kingma, D. P. and Ba, J. (2015). Adam: a method for stochastic optimization. ICLR.
    arXiv:1412.6980
    """

    n_moments = 2
    b1, b2, eps = 0.9, 0.999, 1e-8

    def _update(self, w, g, m, v, rate):
        """w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)."""
        m *= self.b1
        m += (1 - self.b1) * g
        v *= self.b2
        g *= g
        g *= 1 - self.b2
        v += g
        np.sqrt(v, out=g)
        g /= (1 - self.b2**self.t) ** 0.5
        g += self.eps
        np.divide(m, g, out=g)
        g *= rate / (1 - self.b1**self.t)
        w -= g


class AdamW(Adam):
    """Adam, with the decay taken from the weights and not put into the gradient.

    Loshchilov, I. and Hutter, F. (2019). Decoupled weight decay regularization. ICLR.
    arXiv:1711.05101
    """

    def _decay(self, rate):
        """w = w - rate weight_decay w."""
        self.theta[: self.decayed] *= 1 - rate * self.weight_decay


OPTIMISERS = {"sgd": SGD, "adam": Adam, "adamw": AdamW}
SCHEDULES = ("constant", "linear", "cosine")


def clip_factor(norm, limit):
    """min(1, limit / norm): what to multiply a gradient by so that its norm is at most limit."""
    return min(1.0, limit / float(norm)) if norm > 0 else 1.0


def scheduled(schedule, done):
    """The learning rate's factor when the share ``done`` of all steps is behind us."""
    if schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * done))
    return 1 - done if schedule == "linear" else 1.0

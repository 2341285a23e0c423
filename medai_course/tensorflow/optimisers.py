"""SGD with momentum, Adam and AdamW in TensorFlow, step for step those of NumPy and PyTorch.

Keras' own Adam adds epsilon before it corrects the second moment's bias, NumPy's and PyTorch's
after.  The fused kernels below take any epsilon, so the difference is one factor.
"""

import tensorflow as tf

from ..scratch import optimisers as scratch


class Optimiser:
    """``step(gradients, rate)`` moves ``weights``; decay shrinks matrices, never biases."""

    n_moments = 0

    def __init__(self, weights, weight_decay=0.0, clip_norm=None):
        self.weights, self.weight_decay, self.clip_norm = weights, weight_decay, clip_norm
        zeros = lambda w: [tf.Variable(tf.zeros_like(w)) for _ in range(self.n_moments)]
        self.moments = [zeros(w) for w in weights]
        self.t = tf.Variable(0.0, dtype=weights[0].dtype)

    def step(self, gradients, rate):
        self.t.assign_add(1)
        if self.clip_norm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self.clip_norm)
        for weight, gradient, moments in zip(self.weights, gradients, self.moments):
            if self.weight_decay > 0 and len(weight.shape) > 1 and weight.name != "bias":
                gradient = self._decay(weight, gradient, rate)
            self._update(weight, gradient, *moments, rate)

    def _decay(self, weight, gradient, rate):
        """g = g + weight_decay w."""
        return gradient + self.weight_decay * weight


class SGD(Optimiser):
    n_moments = 1

    def _update(self, w, g, v, rate):
        momentum = tf.constant(scratch.SGD.momentum, g.dtype)
        tf.raw_ops.ResourceApplyMomentum(
            var=w.handle, accum=v.handle, lr=rate, grad=g, momentum=momentum
        )


class Adam(Optimiser):
    n_moments = 2
    b1, b2, eps = scratch.Adam.b1, scratch.Adam.b2, scratch.Adam.eps

    def _update(self, w, g, m, v, rate):
        b1, b2, eps = (tf.constant(c, g.dtype) for c in (self.b1, self.b2, self.eps))
        b1_t, b2_t = b1**self.t, b2**self.t
        moments = {"m": m.handle, "v": v.handle, "beta1_power": b1_t, "beta2_power": b2_t}
        eps_t = eps * tf.sqrt(1 - b2_t)  # epsilon beside the corrected moment, as in the paper
        tf.raw_ops.ResourceApplyAdam(
            var=w.handle, **moments, lr=rate, beta1=b1, beta2=b2, epsilon=eps_t, grad=g
        )


class AdamW(Adam):
    def _decay(self, weight, gradient, rate):
        """w = w - rate weight_decay w."""
        weight.assign(weight * (1 - rate * self.weight_decay))
        return gradient


OPTIMISERS = {"sgd": SGD, "adam": Adam, "adamw": AdamW}

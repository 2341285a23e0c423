"""What every TensorFlow network of the course shares: the verbs of ``scratch.network`` in Keras.

The weights are drawn by the layers in NumPy and copied, so that all backends start from the same
numbers.  The derivatives are GradientTape's, and each step is compiled by ``tf.function``.
"""

import keras
import numpy as np
import tensorflow as tf

from ..scratch.layers import dropout_mask
from .base import TensorFlowArrays, device
from .optimisers import OPTIMISERS

ACTIVATIONS = {
    "relu": tf.nn.relu,
    "leaky_relu": lambda x: tf.maximum(x, 0.2 * x),  # tf.nn.leaky_relu rounds 0.2 to float32
    "tanh": tf.tanh,
    "sigmoid": tf.sigmoid,
    "gelu": lambda x: 0.5 * x * tf.math.erfc(-x / 2**0.5),  # tf.nn.gelu is exact to 5e-9 only
}


class KerasNet(TensorFlowArrays):
    """A subclass says ``_model()``: the same layers as ``_layers``, as a Keras model."""

    _not_pickled = ("_optimiser", "_compiled", "_rate")
    _eager_steps = 3  # a training so short is over before tracing would be

    def _start(self, net):
        with tf.device(device()):
            self._net = self._model()
            self._net(*self._example())
            self._set_weights([getattr(*slot) for slot in net.arrays().values()])
            self._optimiser = self._optimiser_for(self._net)
            self._rate = tf.Variable(self.learning_rate, dtype=self.dtype_, trainable=False)
        self._compiled, self._steps = None, 0

    def _example(self):
        """Inputs of one row: Keras makes its weights when it sees them."""
        row = np.zeros((1, *self.input_shape_), self.dtype_)
        return [tf.convert_to_tensor(a) for a in self._inputs(row)]

    def _optimiser_for(self, net):
        rule = OPTIMISERS[self.optimizer]
        optimiser = rule(net.trainable_variables, self.weight_decay, self.clip_norm)
        optimiser.b1 = self.beta1
        return optimiser

    def _take(self, array, index):
        return tf.gather(array, index)

    def _step(self, inputs, target, weight, rate):
        self._rate.assign(rate)
        batch = (inputs, target, [] if weight is None else [weight])
        self._steps += 1
        if self._steps <= self._eager_steps:
            return self._update(*batch)
        if self._compiled is None:
            rows = tf.nest.map_structure(any_rows, batch)
            self._compiled = tf.function(self._update).get_concrete_function(*rows)
        return self._compiled(*batch)

    def _update(self, inputs, target, weight):
        """One gradient step, compiled by ``_step``; ``weight`` is a list of one array, or empty."""
        weight = weight[0] if weight else None
        with tf.GradientTape() as tape:
            loss = self._loss(self._net(*inputs, training=True), target, weight)
        weights = self._net.trainable_variables
        self._optimiser.step(gradients(tape, loss, weights), self._rate)
        return loss

    def _forward(self, *inputs):
        return self._net(*inputs, training=False)

    def _evaluate(self, inputs, target, weight):
        return self._loss(self._forward(*inputs), target, weight)

    def _get_weights(self):
        return [array for layer in leaves(self._net) for array in read(layer)]

    def _set_weights(self, weights):
        weights = list(weights)
        for layer in leaves(self._net):
            n = len(read(layer))
            write(layer, weights[:n])
            del weights[:n]


def any_rows(array):
    """What ``array`` looks like, whatever its number of rows."""
    return tf.TensorSpec([None, *array.shape[1:]], array.dtype)


class CrossEntropy:
    def _loss(self, output, target, weight):
        """L = mean(logsumexp(a) - a_y), from logits a."""
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(target, output)
        if weight is None:
            return tf.reduce_mean(each)
        return tf.reduce_sum(each * weight) / tf.reduce_sum(weight)


class SquaredError:
    def _loss(self, output, target, weight):
        """L = mean((a - y)^2)."""
        return tf.reduce_mean(tf.square(output - target))


class Dropout(keras.layers.Layer):
    """Dropout with the masks that NumPy draws, the same in every backend."""

    def __init__(self, rate, rng, dtype):
        super().__init__(dtype=dtype)
        self.rate, self.rng = rate, rng

    def call(self, x, training=False):
        if not training:
            return x
        draw = lambda shape: dropout_mask(self.rng, tuple(shape), self.rate).astype(self.dtype)
        return x * tf.ensure_shape(tf.numpy_function(draw, [tf.shape(x)], x.dtype), x.shape)


def gradients(tape, loss, weights):
    """d loss / d weights; Keras' GRU has two rows of biases, of which the second is kept at 0."""
    found = tape.gradient(loss, weights)
    two_rows = lambda w: w.name == "bias" and len(w.shape) == 2
    return [g * [[1.0], [0.0]] if two_rows(w) else g for g, w in zip(found, weights)]


def leaves(net):
    """The layers that have weights, in the order of ``Layer.arrays``."""
    for layer in net.layers:
        if hasattr(layer, "layers"):
            yield from leaves(layer)
        elif isinstance(layer, keras.layers.Bidirectional):
            yield from (layer.forward_layer, layer.backward_layer)
        elif layer.weights:
            yield layer


def read(layer):
    """The weights of a Keras layer in the course's layout."""
    arrays = [w.numpy() for w in layer.weights]
    if isinstance(layer, keras.layers.GRU):
        arrays[2] = arrays[2][0]
        arrays = [swap_gates(a) for a in arrays]
    return arrays


def write(layer, arrays):
    """Give a Keras layer weights in the course's layout."""
    arrays = [np.asarray(a) for a in arrays]
    if isinstance(layer, keras.layers.GRU):
        arrays = [swap_gates(a) for a in arrays]
        arrays[2] = np.stack([arrays[2], np.zeros_like(arrays[2])])
    layer.set_weights(arrays)


def swap_gates(array):
    """Gates r z n in the order z r n of Keras, or back."""
    r, z, n = np.split(array, 3, -1)
    return np.concatenate([z, r, n], -1)

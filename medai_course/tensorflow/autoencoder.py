"""Autoencoders in Keras: the layers; the loop is in ``scratch.network``."""

import keras
import numpy as np
from keras.layers import (
    Activation,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    MaxPool1D,
    MaxPool2D,
    Reshape,
    UpSampling1D,
    UpSampling2D,
)

from ..scratch import autoencoder as scratch
from .network import ACTIVATIONS, KerasNet, SquaredError


class Coder(keras.Model):
    """An encoder, then a decoder."""

    def __init__(self, encoder, decoder, dtype):
        super().__init__(dtype=dtype)
        self.encoder, self.decoder = keras.Sequential(encoder), keras.Sequential(decoder)

    def call(self, x, training=False):
        return self.decoder(self.encoder(x))


class Autoencoder(SquaredError, KerasNet, scratch.Autoencoder):
    def _model(self):
        kind = {"dtype": self.dtype_}
        stages_in, stages_out, shape = self._convolutions(kind)
        widths = [int(np.prod(shape)), *self.hidden, self.n_components]
        bend = [Activation(ACTIVATIONS[self.activation], **kind)] if self.filters else []
        decoder = [*self._dense(widths[::-1]), *bend, Reshape(shape, **kind), *stages_out]
        return Coder([*stages_in, Flatten(**kind), *self._dense(widths)], decoder, self.dtype_)

    def _dense(self, widths):
        bend, kind = ACTIVATIONS[self.activation], {"dtype": self.dtype_}
        return [Dense(n, bend, **kind) for n in widths[1:-1]] + [Dense(widths[-1], **kind)]

    def _convolutions(self, kind):
        *sides, channels = self.input_shape_
        planar = len(sides) == 2
        Conv, MaxPool, UpSampling = (
            (Conv2D, MaxPool2D, UpSampling2D) if planar else (Conv1D, MaxPool1D, UpSampling1D)
        )
        bend, k, down, up = ACTIVATIONS[self.activation], self.kernel_size, [], []
        for n_out in self.filters:
            down += [Conv(n_out, k, padding="same", **kind), MaxPool(**kind)]
            down += [Activation(bend, **kind)]
            back = [UpSampling(2, **kind), Conv(channels, k, padding="same", **kind)]
            up = [*back, Activation(bend, **kind), *up]
            sides, channels = [side // 2 for side in sides], n_out
        return down, up[:-1], (*sides, channels)

    def _encode(self, x):
        return self._net.encoder(x)

    def _decode(self, code):
        return self._net.decoder(code)

"""A convolutional network in Keras: the layers; the loop is in ``scratch.network``."""

import keras
from keras.layers import Activation, Conv1D, Conv2D, Dense, Flatten, MaxPool1D, MaxPool2D

from ..scratch import cnn as scratch
from .network import ACTIVATIONS, CrossEntropy, Dropout, KerasNet


class CNNClassifier(CrossEntropy, KerasNet, scratch.CNNClassifier):
    def _model(self):
        Conv, MaxPool = (Conv2D, MaxPool2D) if len(self.input_shape_) == 3 else (Conv1D, MaxPool1D)
        bend, kind, layers = ACTIVATIONS[self.activation], {"dtype": self.dtype_}, []
        for n_out, pooled in zip(self.filters, self._pooled()):
            layers += [Conv(n_out, self.kernel_size, padding="same", **kind)]
            layers += [MaxPool(self.pool, **kind)] if pooled else []
            layers += [Activation(bend, **kind)]
        layers += [Flatten(**kind)]
        layers += [Dropout(self.dropout, self._rng, self.dtype_)] if self.dropout else []
        layers += [Dense(width, bend, **kind) for width in self.hidden]
        return keras.Sequential([*layers, Dense(self.n_outputs_, **kind)])

"""Multi-layer perceptrons in Keras: the layers; the loop is in ``scratch.network``."""

from functools import partial

import keras

from ..scratch import mlp as scratch
from .network import ACTIVATIONS, CrossEntropy, Dropout, KerasNet, SquaredError


class _MLP(KerasNet):
    def _model(self):
        Dense, layers = partial(keras.layers.Dense, dtype=self.dtype_), []
        for width in self.hidden:
            layers += [Dense(width, ACTIVATIONS[self.activation])]
            layers += [Dropout(self.dropout, self._rng, self.dtype_)] if self.dropout else []
        return keras.Sequential([*layers, Dense(self.n_outputs_)])


class MLPClassifier(CrossEntropy, _MLP, scratch.MLPClassifier):
    pass


class MLPRegressor(SquaredError, _MLP, scratch.MLPRegressor):
    pass

"""Recurrent networks in Keras: the layers; the loop is in ``scratch.network``."""

import keras
from keras.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN

from ..scratch import rnn as scratch
from .network import CrossEntropy, Dropout, KerasNet, SquaredError

CELLS = {"rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}


class Reader(keras.Model):
    """The state after the last real step, then a linear layer."""

    def __init__(self, recurrent, head, dtype):
        super().__init__(dtype=dtype)
        self.recurrent, self.head = recurrent, head

    def call(self, x, real=None, training=False):
        for layer in self.recurrent:
            x = layer(x, mask=real, training=training)
        for layer in self.head:
            x = layer(x, training=training) if isinstance(layer, Dropout) else layer(x)
        return x


class _RNN(KerasNet):
    _eager_steps = 0  # each would go through all T steps of a course in Python

    def _model(self):
        kind, layers = {"dtype": self.dtype_}, []
        for i in range(self.num_layers):
            both = {"return_sequences": i < self.num_layers - 1, **kind}
            new = CELLS[self.cell](self.hidden, **both)
            if self.bidirectional:
                back = CELLS[self.cell](self.hidden, go_backwards=True, **both)
                new = Bidirectional(new, backward_layer=back, **kind)
            layers.append(new)
        head = [Dropout(self.dropout, self._rng, self.dtype_)] if self.dropout else []
        return Reader(layers, [*head, Dense(self.n_outputs_, **kind)], self.dtype_)


class RNNClassifier(CrossEntropy, _RNN, scratch.RNNClassifier):
    pass


class RNNRegressor(SquaredError, _RNN, scratch.RNNRegressor):
    pass

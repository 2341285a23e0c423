"""Recurrent networks in PyTorch: the layers; the loop is in ``scratch.network``."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from ..scratch import rnn as scratch
from .network import CrossEntropy, Dropout, SquaredError, TorchNet, with_one_bias

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class Reader(nn.Module):
    """The state after the last real step, then a linear layer."""

    def __init__(self, recurrent, head):
        super().__init__()
        self.recurrent, self.head = recurrent, head

    def forward(self, x, mask=None):
        if mask is None:
            return self.head(self.last_state(x))
        lengths = mask.sum(1)
        packed = pack_padded_sequence(x, lengths.clamp(min=1).cpu(), True, enforce_sorted=False)
        return self.head(self.last_state(packed) * (lengths > 0)[:, None])

    def last_state(self, x):
        _, state = self.recurrent(x)
        h = state[0] if isinstance(state, tuple) else state
        return torch.cat([h[-2], h[-1]], 1) if self.recurrent.bidirectional else h[-1]


class _RNN(TorchNet):
    def _module(self):
        both = {"bidirectional": self.bidirectional, "batch_first": True}
        cell = CELLS[self.cell](self.input_shape_[-1], self.hidden, self.num_layers, **both)
        width = self.hidden * (1 + self.bidirectional)
        head = [Dropout(self.dropout, self._rng)] if self.dropout else []
        return Reader(with_one_bias(cell), nn.Sequential(*head, nn.Linear(width, self.n_outputs_)))


class RNNClassifier(CrossEntropy, _RNN, scratch.RNNClassifier):
    pass


class RNNRegressor(SquaredError, _RNN, scratch.RNNRegressor):
    pass

"""Multi-layer perceptrons in PyTorch: the layers; the loop is in ``scratch.network``."""

from itertools import pairwise

from torch import nn

from ..scratch import mlp as scratch
from .network import ACTIVATIONS, CrossEntropy, Dropout, SquaredError, TorchNet


class _MLP(TorchNet):
    def _module(self):
        widths, layers = [self.input_shape_[0], *self.hidden], []
        for n_in, n_out in pairwise(widths):
            layers += [nn.Linear(n_in, n_out), ACTIVATIONS[self.activation]()]
            layers += [Dropout(self.dropout, self._rng)] if self.dropout else []
        return nn.Sequential(*layers, nn.Linear(widths[-1], self.n_outputs_))


class MLPClassifier(CrossEntropy, _MLP, scratch.MLPClassifier):
    pass


class MLPRegressor(SquaredError, _MLP, scratch.MLPRegressor):
    pass

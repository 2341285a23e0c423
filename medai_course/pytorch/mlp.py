"""Multi-layer perceptrons in PyTorch: the layers; the loop is in ``medai_course.scratch.network``."""

from torch import nn

from ..scratch import mlp as scratch
from .network import ACTIVATIONS, CrossEntropy, Dropout, SquaredError, TorchNet


class _MLP(TorchNet):
    def _module(self):
        widths, layers = [self.input_shape_[0], *self.hidden], []
        for n_in, n_out in zip(widths, widths[1:]):
            layers += [nn.Linear(n_in, n_out), ACTIVATIONS[self.activation]()]
            layers += [Dropout(self.dropout, self._rng)] if self.dropout else []
        return nn.Sequential(*layers, nn.Linear(widths[-1], self.n_outputs_))


class MLPClassifier(CrossEntropy, _MLP, scratch.MLPClassifier):
    pass


class MLPRegressor(SquaredError, _MLP, scratch.MLPRegressor):
    pass

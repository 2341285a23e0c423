"""A convolutional network in PyTorch: the layers; the loop is in ``scratch.network``."""

from itertools import pairwise

from torch import nn

from ..scratch import cnn as scratch
from .network import ACTIVATIONS, ChannelsFirst, ChannelsLast, CrossEntropy, Dropout, TorchNet


class CNNClassifier(CrossEntropy, TorchNet, scratch.CNNClassifier):
    def _module(self):
        *sides, n_in = self.input_shape_
        Conv, MaxPool = (nn.Conv2d, nn.MaxPool2d) if len(sides) == 2 else (nn.Conv1d, nn.MaxPool1d)
        bend, layers = ACTIVATIONS[self.activation], [ChannelsFirst()]
        for n_out, pooled in zip(self.filters, self._pooled()):
            layers += [Conv(n_in, n_out, self.kernel_size, padding=self.kernel_size // 2)]
            layers += [MaxPool(self.pool), bend()] if pooled else [bend()]
            n_in = n_out
        layers += [ChannelsLast(), nn.Flatten()]
        layers += [Dropout(self.dropout, self._rng)] if self.dropout else []
        widths = [self._flat_features(), *self.hidden]
        for n_in, n_out in pairwise(widths):
            layers += [nn.Linear(n_in, n_out), bend()]
        return nn.Sequential(*layers, nn.Linear(widths[-1], self.n_outputs_))

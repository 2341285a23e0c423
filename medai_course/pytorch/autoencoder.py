"""Autoencoders in PyTorch: the layers; the loop is in ``scratch.network``."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn

from ..scratch import autoencoder as scratch
from .network import ACTIVATIONS, ChannelsFirst, ChannelsLast, SquaredError, TorchNet


class Coder(nn.Module):
    """An encoder, then a decoder."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = nn.Sequential(*encoder), nn.Sequential(*decoder)

    def forward(self, x):
        return self.decoder(self.encoder(x))


class Autoencoder(SquaredError, TorchNet, scratch.Autoencoder):
    def _module(self):
        stages_in, stages_out, shape = self._convolutions()
        widths = [int(np.prod(shape)), *self.hidden, self.n_components]
        bend = [ACTIVATIONS[self.activation]()] if self.filters else []
        decoder = [*self._dense(widths[::-1]), *bend, nn.Unflatten(1, tuple(shape)), *stages_out]
        return Coder([*stages_in, nn.Flatten(), *self._dense(widths)], decoder)

    def _dense(self, widths):
        pairs = [(nn.Linear(a, b), ACTIVATIONS[self.activation]()) for a, b in pairwise(widths)]
        return [layer for pair in pairs for layer in pair][:-1]

    def _convolutions(self):
        *sides, channels = self.input_shape_
        Conv, MaxPool = (nn.Conv2d, nn.MaxPool2d) if len(sides) == 2 else (nn.Conv1d, nn.MaxPool1d)
        bend, k, down, up = ACTIVATIONS[self.activation], self.kernel_size, [], []
        for n_out in self.filters:
            down += [Conv(channels, n_out, k, padding=k // 2), MaxPool(2), bend()]
            conv = Conv(n_out, channels, k, padding=k // 2)
            up = [nn.Upsample(scale_factor=2), conv, bend(), *up]
            sides, channels = [side // 2 for side in sides], n_out
        if self.filters:
            down, up = [ChannelsFirst(), *down, ChannelsLast()], [ChannelsFirst(), *up[:-1]]
            up.append(ChannelsLast())
        return down, up, (*sides, channels)

    @torch.no_grad()
    def _encode(self, x):
        return self._net.eval().encoder(x)

    @torch.no_grad()
    def _decode(self, code):
        return self._net.eval().decoder(code)

"""A generative adversarial network in PyTorch: the two players and their step."""

from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from ..scratch import gan as scratch
from .network import ChannelsFirst, ChannelsLast, TorchNet

END = {"linear": [], "sigmoid": [nn.Sigmoid()], "tanh": [nn.Tanh()]}


class Players(nn.Module):
    """The generator, which writes rows, and the discriminator, which judges them."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator


class GAN(TorchNet, scratch.GAN):
    def _module(self):
        start, n_in, n_flat = self._sizes()
        up, down = [], []
        for n_out in self.filters:
            down += [nn.Conv2d(n_in, n_out, 4, 2, 1), nn.LeakyReLU(0.2)]
            n_in = n_out
        for n_out in [*self.filters[-2::-1], self.input_shape_[-1]] if self.filters else []:
            up += [nn.ReLU(), nn.ConvTranspose2d(n_in, n_out, 4, 2, 1)]
            n_in = n_out
        if self.filters:
            up = [ChannelsFirst(), *up, ChannelsLast()]
            down = [ChannelsFirst(), *down, ChannelsLast()]
        widths = [self.n_latent + self.n_labels_, *self.hidden, int(np.prod(start))]
        G = [*dense(widths, nn.ReLU), nn.Unflatten(1, tuple(start)), *up, *END[self.output]]
        D = [
            *down,
            nn.Flatten(),
            *dense([n_flat, *self.hidden[::-1], 1], lambda: nn.LeakyReLU(0.2)),
        ]
        return Players(nn.Sequential(*G), nn.Sequential(*D))

    def _optimiser_for(self, parameters):
        players = self._net.generator, self._net.discriminator
        return [super(GAN, self)._optimiser_for(list(p.parameters())) for p in players]

    def _joined(self, x, labels):
        if not self.filters:
            return torch.cat([x.flatten(1), labels], 1)
        planes = labels[:, None, None].expand(*x.shape[:3], self.n_labels_)
        return torch.cat([x, planes], -1)

    def _step(self, inputs, labels, weight, rate):
        (x, z), (move_G, move_D) = inputs, self._optimiser
        G, D = self._net.train().generator, self._net.discriminator
        fake = G(torch.cat([z, labels], 1))
        both = self._joined(torch.cat([x, fake.detach()]), torch.cat([labels, labels]))
        real = (torch.arange(len(both), device=x.device) < len(x)).to(x)[:, None]
        loss_D = F.binary_cross_entropy_with_logits(D(both), real)
        move_D.zero_grad()
        loss_D.backward()
        self._move(move_D, rate)
        logits = D(self._joined(fake, labels))
        loss_G = F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
        move_G.zero_grad()
        loss_G.backward(inputs=list(G.parameters()))
        self._move(move_G, rate)
        return loss_D.detach(), loss_G.detach()

    @torch.no_grad()
    def _forward(self, z):
        return self._net.eval().generator(z)

    @torch.no_grad()
    def _judge(self, x, labels):
        return self._net.eval().discriminator(self._joined(x, labels))


def dense(widths, Bend):
    """Linear layers between these widths; a bend after each but the last."""
    return [layer for n in pairwise(widths) for layer in (nn.Linear(*n), Bend())][:-1]

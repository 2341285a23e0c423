"""What every PyTorch network of the course shares: the verbs of ``scratch.network`` in PyTorch.

The weights are drawn by the layers in NumPy and copied, so that all backends start from the same
numbers.  The derivatives are autograd's: nothing of ``back`` is used here.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from ..scratch.layers import dropout_mask
from ..scratch.optimisers import SGD, Adam, clip_factor
from .base import TorchArrays, device, mixed_precision

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
}


class TorchNet(TorchArrays):
    """A subclass says ``_module()``: the same layers as ``_layers``, as an ``nn.Module``."""

    def _tensor(self, array):
        """Shared, not copied, where the device is the CPU: a network only reads its rows."""
        array = array if array.flags.writeable else array.copy()  # as PyTorch wants it
        return torch.from_numpy(array).to(device())

    def _start(self, net):
        self._net = self._module().to(device(), getattr(torch, self.dtype_))
        self._set_weights([getattr(*slot) for slot in net.arrays().values()])
        self._optimiser = self._optimiser_for(self._net.parameters())

    def _optimiser_for(self, parameters):
        trained = [p for p in parameters if p.requires_grad]
        decay, rate = self.weight_decay, self.learning_rate
        groups = [
            {"params": [p for p in trained if p.ndim > 1], "weight_decay": decay},
            {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
        ]
        if self.optimizer == "sgd":
            return torch.optim.SGD(groups, rate, SGD.momentum)
        rule = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[self.optimizer]
        return rule(groups, rate, (self.beta1, Adam.b2), Adam.eps)

    def _take(self, array, index):
        return array[index]

    def _step(self, inputs, target, weight, rate):
        self._optimiser.zero_grad()
        with mixed_precision():
            loss = self._loss(self._net.train()(*inputs), target, weight)
        loss.backward()
        self._move(self._optimiser, rate)
        return loss.detach()

    def _move(self, optimiser, rate):
        """One step of ``optimiser``, at this rate, with the gradient clipped."""
        for group in optimiser.param_groups:
            group["lr"] = rate
            if self.clip_norm is not None and group is optimiser.param_groups[0]:
                grads = [p.grad for g in optimiser.param_groups for p in g["params"]]
                norm = torch.linalg.vector_norm(torch.stack([g.norm() for g in grads]))
                torch._foreach_mul_(grads, clip_factor(norm, self.clip_norm))
        optimiser.step()

    @torch.no_grad()
    def _forward(self, *inputs):
        return self._net.eval()(*inputs)

    @torch.no_grad()
    def _evaluate(self, inputs, target, weight):
        return self._loss(self._forward(*inputs), target, weight)

    def _get_weights(self):
        views = course_views(self._net)
        return [v.detach().cpu().numpy().copy(order="C") for v in views]

    @torch.no_grad()
    def _set_weights(self, weights):
        for view, value in zip(course_views(self._net), weights, strict=True):
            assert view.shape == value.shape, "the module is not the network of the layers"
            view.copy_(torch.as_tensor(np.asarray(value)))


class CrossEntropy:
    def _loss(self, output, target, weight):
        """L = mean(logsumexp(a) - a_y), from logits a."""
        if weight is None:
            return F.cross_entropy(output, target)
        return (F.cross_entropy(output, target, reduction="none") * weight).sum() / weight.sum()


class SquaredError:
    def _loss(self, output, target, weight):
        """L = mean((a - y)^2)."""
        return F.mse_loss(output, target)


class ChannelsFirst(nn.Module):
    """(n, ..., C) to (n, C, ...), as a view: PyTorch then computes in its channels-last format."""

    def forward(self, x):
        return x.movedim(-1, 1)


class ChannelsLast(nn.Module):
    """(n, C, ...) to (n, ..., C)."""

    def forward(self, x):
        return x.movedim(1, -1)


class Dropout(nn.Module):
    """Dropout with the masks that NumPy draws, the same in every backend."""

    def __init__(self, rate, rng):
        super().__init__()
        self.rate, self.rng = rate, rng

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.from_numpy(dropout_mask(self.rng, tuple(x.shape), self.rate)).to(x)


def course_views(net):
    """The weights of ``net`` as views in the course's layout, in the order of ``Layer.arrays``."""
    return [view for module in net.modules() for view in _views(module)]


def _views(module):
    if isinstance(module, nn.Linear):
        return [module.weight.T, module.bias]
    if isinstance(module, nn.Conv1d):
        return [module.weight.permute(2, 1, 0), module.bias]  # (F, C, k) to (k, C, F)
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        return [module.weight.permute(2, 3, 1, 0), module.bias]  # (F, C, h, w) to (h, w, C, F)
    if isinstance(module, nn.RNNBase):
        named = dict(module.named_parameters())
        ends = [name.removeprefix("bias_ih_") for name in named if name.startswith("bias_ih_")]
        of = lambda end: (named[f"{kind}_{end}"] for kind in ("weight_ih", "weight_hh", "bias_ih"))
        return [w.T if w.ndim == 2 else w for end in ends for w in of(end)]
    return []


def with_one_bias(rnn):
    """PyTorch's recurrent layers have two biases that are only ever added; keep the second at 0."""
    for name, bias in rnn.named_parameters():
        if name.startswith("bias_hh"):
            nn.init.zeros_(bias)
            bias.requires_grad_(False)
    return rnn

"""A convolutional network in NumPy, for images and for signals."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .base import check_choice, check_positive
from .convolution import Conv1D, Conv2D
from .layers import ACTIVATIONS, Dropout, Flatten, Linear, Sequential
from .mlp import check_dropout, check_hidden
from .pooling import MaxPool1D, MaxPool2D
from .supervised import NeuralClassifier


@dataclass(eq=False, repr=False, kw_only=True)
class CNNClassifier(NeuralClassifier):
    r"""Convolutional network for classes: images (n, H, W, C) or signals (n, T, C).

    Each stage looks for patterns of ``kernel_size`` pixels and keeps the strongest answer of each
    block of ``pool``; linear layers then decide.

    .. math::
        h_l = \varphi(\operatorname{maxpool}(W_l \star h_{l-1} + b_l)), \qquad
        p = \operatorname{softmax}(\operatorname{flatten}(h_L)\, V + c)

    The maximum is taken before the bend :math:`\varphi`: for a rising one that is the same, and
    there are four times fewer numbers to bend.

    Parameters
    ----------
    filters : tuple of int, default (16, 32)
        Filters of each stage.
    kernel_size : odd int, default 3
        Side of a kernel, in pixels or time points; the border is padded with zeros.
    pool : int ≥ 1, default 2
        Side of a pooled block; a side that is already shorter is pooled no more.
    hidden : tuple of int, default ()
        Widths of linear layers between the last stage and the decision.
    activation : {"relu", "leaky_relu", "tanh", "sigmoid", "gelu"}
        The bend :math:`\varphi`.
    dropout : float in [0, 1)
        Share of the flattened features left out in each training step.
    input_shape : tuple, optional
        (H, W, C) or (T, C) into which each row of ``X`` is reshaped; without it a 4-D ``X`` is
        images, a 3-D one signals, and a 2-D one signals of one channel.
    class_weight : dict, "balanced" or None
        What an error in each class counts; "balanced" is the inverse of its frequency.
    {training}

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
        The classes, sorted.
    {learned}

    Raises
    ------
    ValueError
        ``X`` not finite or of the wrong shape, one class only, a parameter outside its range, or a
        loss that is no longer a number.

    References
    ----------
    LeCun, Y. et al. (1998). Gradient-based learning applied to document recognition. Proceedings of
    the IEEE 86(11), 2278-2324. doi:10.1109/5.726791
    """

    filters: tuple = (16, 32)
    kernel_size: int = 3
    pool: int = 2
    hidden: tuple = ()
    activation: str = "relu"
    dropout: float = 0.0
    input_shape: tuple | None = None

    _checks = {"allow_nd": True}  # noqa: RUF012

    def _layers(self, rng):
        """x -> act(maxpool(conv(x))) -> ... -> linear."""
        *sides, n_in = self.input_shape_
        Conv, MaxPool = (Conv2D, MaxPool2D) if len(sides) == 2 else (Conv1D, MaxPool1D)
        bend, layers = ACTIVATIONS[self.activation], []
        for n_out, pooled in zip(self.filters, self._pooled()):
            layers += [Conv(n_in, n_out, self.kernel_size, rng, padding=self.kernel_size // 2)]
            layers += [MaxPool(self.pool), bend()] if pooled else [bend()]
            n_in = n_out
        layers += [Flatten()] + ([Dropout(self.dropout, rng)] if self.dropout else [])
        widths = [self._flat_features(), *self.hidden]
        for n_in, n_out in pairwise(widths):
            layers += [Linear(n_in, n_out, rng), bend()]
        return Sequential(*layers, Linear(widths[-1], self.n_outputs_, rng))

    def _pooled(self):
        """For each stage, whether it pools: no side may vanish."""
        side, pooled = min(self.input_shape_[:-1]), []
        for _ in self.filters:
            pooled.append(1 < self.pool <= side)
            side = side // self.pool if pooled[-1] else side
        return pooled

    def _flat_features(self):
        """Numbers that the last stage hands on."""
        count = self.filters[-1]
        for side in self.input_shape_[:-1]:
            count *= side // self.pool ** sum(self._pooled())
        return count

    def _shape(self, X):
        """Rows as images or signals."""
        if self.input_shape is not None:
            return reshape_rows(X, self.input_shape)
        if X.ndim > 4:
            raise ValueError(f"X must be images (n, H, W, C) or signals (n, T, C), got {X.shape}")
        return X[:, :, None] if X.ndim == 2 else X

    def _check_params(self):
        super()._check_params()
        check_hidden(self.filters, "filters")
        check_hidden(self.hidden)
        check_positive("kernel_size", self.kernel_size)
        check_positive("pool", self.pool)
        if not self.filters:
            raise ValueError("filters must have at least one stage, such as (16,), got ()")
        if self.kernel_size % 2 != 1:
            raise ValueError(f"kernel_size must be odd, got {self.kernel_size!r}")
        check_choice("activation", self.activation, tuple(ACTIVATIONS))
        check_dropout(self.dropout)


def reshape_rows(X, shape):
    """Each row of ``X`` in the ``shape`` given, if it has as many numbers."""
    if X[0].size != (size := int(np.prod(shape))) or len(shape) not in (2, 3):
        raise ValueError(
            f"input_shape must be (H, W, C) or (T, C) with the {X[0].size} numbers of a row of X, "
            f"got {shape!r} with {size}"
        )
    return X.reshape(len(X), *shape)

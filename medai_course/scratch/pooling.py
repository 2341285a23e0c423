"""Pooling and its opposite, for signals (n, T, C) and images (n, H, W, C).

A signal is an image of height 1, here and in ``convolution.py``.
"""

import numpy as np

from .layers import Layer


class MaxPool2D(Layer):
    """The largest of each block of ``size`` x ``size`` pixels; of equal ones the first.

    What is left over at the right and at the bottom is not looked at.
    """

    def __init__(self, size=2):
        self.size = pair(size)

    def __call__(self, x):
        first, *others = _cuts(x.shape, self.size)
        y, wins = x[first], []
        for cut in others:
            wins.append(x[cut] > y)
            y = np.maximum(y, x[cut])

        def back(dy):
            dx = np.zeros_like(x)
            for cut, win in zip(reversed(others), reversed(wins)):
                np.multiply(dy, win, out=dx[cut])  # whoever was the last to win gets it all
                dy = dy - dx[cut]
            dx[first] = dy
            return dx

        return y, back


class AvgPool2D(Layer):
    """The mean of each block of ``size`` x ``size`` pixels."""

    def __init__(self, size=2):
        self.size = pair(size)

    def __call__(self, x):
        count = self.size[0] * self.size[1]

        def back(dy):
            dx = np.zeros_like(x)
            for cut in _cuts(x.shape, self.size):
                dx[cut] = dy / count
            return dx

        return sum(x[cut] for cut in _cuts(x.shape, self.size)) / count, back


class UpSampling2D(Layer):
    """Each pixel repeated ``size`` x ``size`` times; its gradient is the sum over them all."""

    def __init__(self, size=2):
        self.size = pair(size)

    def __call__(self, x):
        y = x.repeat(self.size[0], 1).repeat(self.size[1], 2)
        return y, lambda dy: sum(dy[cut] for cut in _cuts(dy.shape, self.size))


class GlobalAveragePool(Layer):
    """The mean over all pixels, or time points, of each channel: (n, ..., C) to (n, C)."""

    def __call__(self, x):
        axes = tuple(range(1, x.ndim - 1))
        count = np.prod(x.shape[1:-1]).item()
        return x.mean(axes), lambda dy: np.broadcast_to(np.expand_dims(dy, axes) / count, x.shape)


class Signal:
    """A layer for images, used on signals: (n, T, C) is (n, 1, T, C)."""

    def __call__(self, x):
        y, back = super().__call__(x[:, None])

        def back_signal(dy):
            dx = back(dy[:, None])
            return None if dx is None else dx[:, 0]

        return y[:, 0], back_signal


class MaxPool1D(Signal, MaxPool2D):
    """The largest of each ``size`` time points."""

    def __init__(self, size=2):
        super().__init__((1, size))


class AvgPool1D(Signal, AvgPool2D):
    """The mean of each ``size`` time points."""

    def __init__(self, size=2):
        super().__init__((1, size))


class UpSampling1D(Signal, UpSampling2D):
    """Each time point repeated ``size`` times."""

    def __init__(self, size=2):
        super().__init__((1, size))


def pair(value):
    return (value, value) if np.isscalar(value) else tuple(value)


def _cuts(shape, size):
    """For each place in a block: the index of all pixels at that place."""
    H, W = (n // s * s for n, s in zip(shape[1:3], size))
    return [
        np.s_[:, i : H : size[0], j : W : size[1]] for i in range(size[0]) for j in range(size[1])
    ]

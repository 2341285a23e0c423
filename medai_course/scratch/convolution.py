"""Convolutions of signals (n, T, C) and of images (n, H, W, C): channels last.

What networks call convolution is cross-correlation: the kernel is not turned over.  A signal is an
image of height 1, so each formula is written once, in two dimensions.

In memory the batch lies between width and channels, (H, W, n, C), whatever the axes are called
outside: a shift of the image by one row is then a shift of the whole block, and one matrix product
serves all images.  The transposes below are views, they move nothing.
"""

import numpy as np

from .layers import Layer, add_product, glorot
from .pooling import Signal, pair


class Conv2D(Layer):
    r"""Cross-correlation of (n, H, W, C) with ``n_out`` filters, a bias for each filter.

    .. math::
        y_{hwf} = b_f + \sum_{i,j,c} W_{ijcf}\; x_{sh+i-p,\; sw+j-p,\; c}

    with stride :math:`s` and :math:`p` zeros of padding on every side.
    """

    def __init__(self, n_in, n_out, kernel_size, rng, stride=1, padding=0):
        kh, kw = pair(kernel_size)
        self.stride, self.padding = pair(stride), pair(padding)
        W = glorot(rng, (kh, kw, n_in, n_out), kh * kw * n_in, kh * kw * n_out)
        self._add(W=W, b=np.zeros(n_out))

    def __call__(self, x):
        W, dW = self._planar(self.W), self._planar(self.dW)
        window = Windows(x.shape, W.shape, self.stride, self.padding)
        cols = window.unroll(x)
        kernel = W.reshape(len(W), -1, W.shape[-1])
        y = window.rows(cols, 0) @ kernel[0]  # one product for each row of the kernel
        for i in range(1, len(kernel)):
            add_product(y, window.rows(cols, i), kernel[i])
        tiled = y.reshape(-1, len(x) * y.shape[-1])
        tiled += np.tile(self.b, len(x))  # long rows: faster than adding b to each pixel

        def back(dy):
            dy = window.flat(dy)
            if self.weight_gradient:
                self.db += np.ones(len(dy), dy.dtype) @ dy
                for i, dWi in enumerate(dW.reshape(kernel.shape)):
                    dWi += window.rows(cols, i).T @ dy
            return window.roll(dy, kernel) if self.input_gradient else None

        return window.image(y), back

    def _planar(self, W):
        """The kernel of an image; a signal's gets a height of 1."""
        return W


class ConvTranspose2D(Conv2D):
    """The convolution that goes back: what ``Conv2D`` does to dy, done to x.

    (n, H, W, C) becomes (n, s(H - 1) + k - 2p, ...): each pixel paints a kernel on the output.
    """

    def __init__(self, n_in, n_out, kernel_size, rng, stride=1, padding=0):
        kh, kw = pair(kernel_size)
        self.stride, self.padding = pair(stride), pair(padding)
        W = glorot(rng, (kh, kw, n_out, n_in), kh * kw * n_in, kh * kw * n_out)
        self._add(W=W, b=np.zeros(n_out))

    def __call__(self, x):
        """y is what ``back`` of a convolution makes of dy; so ``back`` here is a convolution."""
        W, dW = self._planar(self.W), self._planar(self.dW)
        grow = zip(x.shape[1:3], W.shape, self.stride, self.padding)
        size = [s * (n - 1) + k - 2 * p for n, k, s, p in grow]
        window = Windows((len(x), *size, len(self.b)), W.shape, self.stride, self.padding)
        kernel = W.reshape(len(W), -1, W.shape[-1])
        flat = window.flat(x)
        y = window.roll(flat, kernel) + self.b

        def back(dy):
            cols = window.unroll(dy)
            if self.weight_gradient:
                self.db += dy.sum((0, 1, 2))
                for i, dWi in enumerate(dW.reshape(kernel.shape)):
                    dWi += window.rows(cols, i).T @ flat
            if self.input_gradient:
                return window.image(sum(window.rows(cols, i) @ k for i, k in enumerate(kernel)))

        return y, back


class Windows:
    """Which pixels of an image each tap of a kernel sees.

    ``unroll`` lays the ``kw`` horizontal neighbours of each pixel side by side, (H + 2p, W', n, kw
    C); the vertical ones need no copy, since ``rows`` i to i + H' of that block are one slice.
    """

    def __init__(self, x_shape, W_shape, stride, padding):
        self.n, self.size, self.channels = x_shape[0], x_shape[1:3], x_shape[3]
        self.kernel, self.stride, self.padding = W_shape[:2], stride, padding
        around = zip(self.size, self.kernel, stride, padding)
        self.out = [(n + 2 * p - k) // s + 1 for n, k, s, p in around]
        if min(self.out) < 1:
            raise ValueError(
                f"kernel_size {self.kernel} is larger than the image {self.size} with padding "
                f"{padding}; use a smaller kernel, less pooling, or larger images"
            )

    def unroll(self, x):
        (H, p), x = (self.size[0], self.padding[0]), x.transpose(1, 2, 0, 3)
        shape = (H + 2 * p, self.out[1], self.n, self.kernel[1], self.channels)
        cols = np.zeros(shape, x.dtype) if any(self.padding) else np.empty(shape, x.dtype)
        for j in range(self.kernel[1]):
            to, source = self._columns(j)
            cols[p : p + H, to, :, j] = x[:, source]
        return cols.reshape(*shape[:3], -1)

    def rows(self, cols, i):
        """The pixels that row i of the kernel meets: (H' W' n, kw C)."""
        H, s = self.out[0], self.stride[0]
        return cols[i : i + s * (H - 1) + 1 : s].reshape(-1, cols.shape[-1])

    def roll(self, dy, kernel):
        """The adjoint of ``unroll`` and the product: each dy W_i added where its pixels were."""
        (H, p), (out, s) = (self.size[0], self.padding[0]), (self.out[0], self.stride[0])
        shape = (H + 2 * p, self.out[1], self.n, self.kernel[1], self.channels)
        dcols = np.zeros(shape, dy.dtype)
        for i, W in enumerate(kernel):
            taps = dcols[i : i + s * (out - 1) + 1 : s]
            if s == 1:  # one block of memory: add in place
                add_product(taps.reshape(len(dy), -1), dy, W.T)
            else:
                taps += (dy @ W.T).reshape(taps.shape)
        dx = np.zeros((*self.size, self.n, self.channels), dy.dtype)
        for j in range(self.kernel[1]):
            source, to = self._columns(j)
            dx[:, to] += dcols[p : p + H, source, :, j]
        return dx.transpose(2, 0, 1, 3)

    def _columns(self, j):
        """Output columns whose tap j lies inside the image, and the image columns they see."""
        (W, s, p), out = (self.size[1], self.stride[1], self.padding[1]), self.out[1]
        first = max(0, -((j - p) // s))
        last = min(out, (W - 1 - j + p) // s + 1)
        start = first * s + j - p
        return slice(first, max(first, last)), slice(
            start, max(start, (last - 1) * s + j - p + 1), s
        )

    def flat(self, y):
        return y.transpose(1, 2, 0, 3).reshape(-1, y.shape[-1])

    def image(self, y):
        return y.reshape(*self.out, self.n, -1).transpose(2, 0, 1, 3)


class _Flat(Signal):
    """The kernel of a signal: (k, C, F)."""

    def _flat_kernel(self, n_in, n_out, k, rng, stride, padding):
        super().__init__(n_in, n_out, (1, k), rng, (1, stride), (0, padding))
        self.W, self.dW = self.W[0], self.dW[0]

    def _planar(self, W):
        return W[None]


class Conv1D(_Flat, Conv2D):
    """Cross-correlation of signals (n, T, C) with kernels ``W`` (k, C, F): see Conv2D."""

    def __init__(self, n_in, n_out, kernel_size, rng, stride=1, padding=0):
        self._flat_kernel(n_in, n_out, kernel_size, rng, stride, padding)


class ConvTranspose1D(_Flat, ConvTranspose2D):
    """The convolution that goes back, for signals (n, T, C): see ConvTranspose2D."""

    def __init__(self, n_in, n_out, kernel_size, rng, stride=1, padding=0):
        self._flat_kernel(n_in, n_out, kernel_size, rng, stride, padding)


def check_halving(shape, times):
    """Raise a ValueError unless the sides in ``shape`` (n, ..., C) can be halved so often."""
    if times and any(side % 2**times or not side for side in shape[1:-1]):
        raise ValueError(
            f"{times} convolutional stages need sides that are multiples of {2**times}, got "
            f"{shape[1:-1]}; pad the images, or use fewer filters"
        )

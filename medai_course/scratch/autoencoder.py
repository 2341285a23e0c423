"""Autoencoders in NumPy: a narrow code from which the whole row can be rebuilt."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted

from . import losses
from .base import check_choice, check_positive
from .cnn import reshape_rows
from .convolution import Conv1D, Conv2D, check_halving
from .layers import ACTIVATIONS, Flatten, Layer, Linear, Reshape, Sequential
from .mlp import check_hidden
from .network import NeuralNet
from .pooling import MaxPool1D, MaxPool2D, UpSampling1D, UpSampling2D


class Coder(Layer):
    """An encoder, then a decoder."""

    def __init__(self, encoder, decoder):
        self.encoder, self.decoder = encoder, decoder

    def begin(self):
        self.encoder.begin()

    def __call__(self, x):
        code, back_code = self.encoder(x)
        y, back_y = self.decoder(code)
        return y, lambda dy: back_code(back_y(dy))


@dataclass(eq=False, repr=False, kw_only=True)
class Autoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, NeuralNet):
    r"""A network that learns to rebuild its input from a code of a few numbers.

    .. math::
        c = f(x + \varepsilon), \qquad \hat x = g(c), \qquad
        L = \operatorname{mean} \lVert \hat x - x \rVert^2, \qquad
        \varepsilon \sim \mathcal N(0, \texttt{noise}^2)

    With ``noise`` it is a denoising autoencoder: it sees a disturbed row and has to rebuild the
    undisturbed one.  With ``filters`` it is convolutional.  A linear one, ``hidden=()``, spans the
    same space as principal component analysis.

    Parameters
    ----------
    n_components : int, default 8
        Length of the code.
    hidden : tuple of int, default (64,)
        Widths between input and code; the decoder has them in reverse.
    filters : tuple of int, default ()
        Filters of convolutional stages before ``hidden``, each halving the sides.
    kernel_size : odd int, default 3
        Side of a kernel, in pixels or time points.
    activation : {"relu", "leaky_relu", "tanh", "sigmoid", "gelu"}
        The bend after each layer but the code and the output, which are linear.
    noise : float ≥ 0
        Standard deviation of the noise on the input in training, in the unit of ``X``.
    input_shape : tuple, optional
        (H, W, C) or (T, C) into which each row of ``X`` is reshaped; needed for ``filters`` where
        ``X`` is flat.
    {training}

    Attributes
    ----------
    {learned}

    Raises
    ------
    ValueError
        ``X`` not finite or of the wrong shape, sides that cannot be halved, a parameter outside its
        range, or a loss that is no longer a number.

    References
    ----------
    Hinton, G. E. and Salakhutdinov, R. R. (2006). Reducing the dimensionality of data with neural
    networks. Science 313(5786), 504-507. doi:10.1126/science.1127647

    Vincent, P. et al. (2008). Extracting and composing robust features with denoising autoencoders.
    ICML, 1096-1103. doi:10.1145/1390156.1390294
    """

    n_components: int = 8
    hidden: tuple = (64,)
    filters: tuple = ()
    kernel_size: int = 3
    activation: str = "relu"
    noise: float = 0.0
    input_shape: tuple | None = None

    _checks = {"allow_nd": True}  # noqa: RUF012

    def fit(self, X, y=None, groups=None):
        """Learn to rebuild the rows of ``X``; ``y`` is not looked at."""
        X = self._check_X(X, reset=True, **self._checks)
        self._n_features_out = self.n_components
        return self._train(X, X, None, groups)

    def transform(self, X):
        """The code of each row: (n, n_components)."""
        return self._output(self._check_X(X, **self._checks), self._encode)

    def inverse_transform(self, code):
        """The row that each code (n, n_components) stands for, in the shape of a row of ``X``."""
        check_is_fitted(self)
        code = check_array(code, dtype=self.dtype_)
        if code.shape[1] != self.n_components:
            raise ValueError(f"a code has {self.n_components} numbers, got {code.shape[1]}")
        return self._output(code, self._decode)

    def reconstruct(self, X):
        """Each row as the network rebuilds it from its code."""
        return self._output(self._check_X(X, **self._checks))

    def score_samples(self, X):
        """Minus the mean squared error with which each row is rebuilt: low for unusual rows."""
        X = self._check_X(X, **self._checks)
        return -((self._output(X) - X) ** 2).reshape(len(X), -1).mean(1)

    def score(self, X, y=None):
        """The mean of ``score_samples``: 0 is perfect."""
        return float(self.score_samples(X).mean())

    def _layers(self, rng):
        """x -> stages -> linear layers -> code -> the same in reverse."""
        stages_in, stages_out, shape = self._stages(rng)
        widths = [int(np.prod(shape)), *self.hidden, self.n_components]
        down = self._linear(widths, rng)
        up = self._linear(widths[::-1], rng)
        if not self.filters and len(shape) == 1:
            return Coder(Sequential(*down), Sequential(*up))
        bend = [ACTIVATIONS[self.activation]()] if self.filters else []
        decoder = [*up, *bend, Reshape(*shape), *stages_out]
        return Coder(Sequential(*stages_in, Flatten(), *down), Sequential(*decoder))

    def _linear(self, widths, rng):
        """Linear layers between these widths; a bend after each but the last."""
        layers = []
        for n_in, n_out in pairwise(widths):
            layers += [Linear(n_in, n_out, rng), ACTIVATIONS[self.activation]()]
        return layers[:-1]

    def _stages(self, rng):
        """conv, pool, bend for each of ``filters``; their reverse; and the shape in between."""
        *sides, channels = self.input_shape_
        planar = len(sides) == 2
        Conv, MaxPool, UpSampling = (
            (Conv2D, MaxPool2D, UpSampling2D) if planar else (Conv1D, MaxPool1D, UpSampling1D)
        )
        bend, k, down, up = ACTIVATIONS[self.activation], self.kernel_size, [], []
        for n_out in self.filters:
            down += [Conv(channels, n_out, k, rng, padding=k // 2), MaxPool(), bend()]
            up = [UpSampling(), Conv(n_out, channels, k, rng, padding=k // 2), bend(), *up]
            sides, channels = [side // 2 for side in sides], n_out
        return down, up[:-1], (*sides, channels)

    def _minibatch(self, data, index):
        """Rows with noise on the input, and without it as the target."""
        (x,), target, weight = super()._minibatch(data, index)
        if self.noise > 0:
            noise = self.noise * self._rng.normal(size=tuple(x.shape))
            x = x + self._to_backend(noise.astype(self.dtype_))
        return (x,), target, weight

    def _shape(self, X):
        """Rows as they are, or in ``input_shape``; with ``filters`` they must halve evenly."""
        if self.input_shape is not None:
            X = reshape_rows(X, self.input_shape)
        elif self.filters and X.ndim == 2:
            X = X[:, :, None]
        check_halving(X.shape, len(self.filters))
        return X

    def _check_params(self):
        super()._check_params()
        check_positive("n_components", self.n_components)
        check_hidden(self.hidden)
        check_hidden(self.filters, "filters")
        check_positive("noise", self.noise, zero=True)
        check_positive("kernel_size", self.kernel_size)
        if self.kernel_size % 2 != 1:
            raise ValueError(f"kernel_size must be odd, got {self.kernel_size!r}")
        check_choice("activation", self.activation, tuple(ACTIVATIONS))

    # ---- the verbs, rewritten in each framework ----

    def _loss(self, output, target, weight):
        """L = mean((x^ - x)^2)."""
        return losses.squared_error(output, target, weight)

    def _encode(self, x):
        """c = f(x)."""
        return self._net.train(False).encoder(x)[0]

    def _decode(self, code):
        """x^ = g(c)."""
        return self._net.train(False).decoder(code)[0]

"""Recurrent networks in NumPy: they read a course step by step and answer at its end."""

from dataclasses import dataclass

import numpy as np

from .base import check_choice, check_positive
from .cnn import reshape_rows
from .layers import Dropout, Layer, Linear, Sequential
from .mlp import check_dropout
from .recurrent import CELLS, Bidirectional, Stacked
from .supervised import NeuralClassifier, NeuralRegressor

PARAMETERS = """cell : {"lstm", "gru", "rnn"}
        What reads: long short-term memory, gated recurrent unit, or the plain recurrent network.
    hidden : int, default 32
        Width of the state.
    num_layers : int ≥ 1
        Recurrent layers on top of one another.
    bidirectional : bool
        Read also from the end; the two last states stand side by side.
    dropout : float in [0, 1)
        Share of the last state left out in each training step.
    mask_value : float, optional
        A course ends where all further steps hold nothing but this value: what comes after is
        padding and changes nothing.
    input_shape : tuple (T, D), optional
        Into which each row of ``X`` is reshaped; without it ``X`` is (n, T, D), or (n, T) for one
        measurement at each step."""


class Reader(Layer):
    """The state after the last step, then a linear layer."""

    def __init__(self, recurrent, head):
        self.recurrent, self.head = recurrent, head

    def begin(self):
        self.recurrent.begin()

    def __call__(self, x, mask=None):
        h, back_h = self.recurrent(x, mask)
        y, back_y = self.head(h)
        return y, lambda dy: back_h(back_y(dy))


@dataclass(eq=False, repr=False, kw_only=True)
class _RNN:
    """What the classifier and the regressor share: settings, layers, the mask."""

    cell: str = "lstm"
    hidden: int = 32
    num_layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0
    mask_value: float | None = None
    input_shape: tuple | None = None

    def _layers(self, rng):
        """h_t = cell(x_t, h_{t-1});  y = h_T V + c."""
        n_in, layers = self.input_shape_[-1], []
        for i in range(self.num_layers):
            last = i == self.num_layers - 1
            new = lambda n=n_in, last=last: CELLS[self.cell](n, self.hidden, rng, last=last)
            layers.append(Bidirectional(new(), new()) if self.bidirectional else new())
            n_in = self.hidden * (1 + self.bidirectional)
        head = [Dropout(self.dropout, rng)] if self.dropout else []
        return Reader(Stacked(*layers), Sequential(*head, Linear(n_in, self.n_outputs_, rng)))

    def _inputs(self, X):
        """The courses, and with ``mask_value`` which of their steps are real."""
        if self.mask_value is None:
            return (X,)
        real = (X != X.dtype.type(self.mask_value)).any(-1)
        ahead = np.logical_or.accumulate(real[:, ::-1], 1)[:, ::-1]  # real now or later
        return X, ahead

    def _shape(self, X):
        """Rows as courses (T, D)."""
        if self.input_shape is not None:
            return reshape_rows(X, self.input_shape)
        if X.ndim > 3:
            raise ValueError(f"X must be (n, T, D), or (n, T) for one measurement, got {X.shape}")
        return X[:, :, None] if X.ndim == 2 else X

    def _check_params(self):
        super()._check_params()
        check_choice("cell", self.cell, tuple(CELLS))
        check_positive("hidden", self.hidden)
        check_positive("num_layers", self.num_layers)
        check_dropout(self.dropout)
        if self.mask_value is not None and not np.isfinite(self.mask_value):
            raise ValueError(f"mask_value must be a finite number, got {self.mask_value!r}")
        if self.input_shape is not None and len(self.input_shape) != 2:
            raise ValueError(f"input_shape must be (T, D), got {self.input_shape!r}")

    _checks = {"allow_nd": True}  # noqa: RUF012


@dataclass(eq=False, repr=False, kw_only=True)
class RNNClassifier(_RNN, NeuralClassifier):
    r"""Recurrent network for classes: courses (n, T, D) of T steps with D measurements each.

    .. math::
        h_t = \operatorname{cell}(x_t, h_{t-1}), \qquad p = \operatorname{softmax}(h_T V + c)

    Parameters
    ----------
    {parameters}
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
    Hochreiter, S. and Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9(8),
    1735-1780. doi:10.1162/neco.1997.9.8.1735

    Cho, K. et al. (2014). Learning phrase representations using RNN encoder-decoder for statistical
    machine translation. EMNLP, 1724-1734. doi:10.3115/v1/D14-1179
    """


@dataclass(eq=False, repr=False, kw_only=True)
class RNNRegressor(_RNN, NeuralRegressor):
    r"""Recurrent network for numbers: courses (n, T, D) of T steps with D measurements each.

    .. math::
        h_t = \operatorname{cell}(x_t, h_{t-1}), \qquad \hat y = h_T V + c

    Parameters
    ----------
    {parameters}
    {training}

    Attributes
    ----------
    {learned}

    Raises
    ------
    ValueError
        ``X`` or ``y`` not finite or of the wrong shape, a parameter outside its range, or a loss
        that is no longer a number.

    References
    ----------
    Hochreiter, S. and Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9(8),
    1735-1780. doi:10.1162/neco.1997.9.8.1735
    """


for _cls in (RNNClassifier, RNNRegressor):
    _cls.__doc__ = _cls.__doc__.replace("{parameters}", PARAMETERS)

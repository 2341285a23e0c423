"""What a GAN accepts: its settings, the range and the shape of its rows, the classes it knows."""

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from .base import check_choice, check_positive
from .cnn import reshape_rows
from .convolution import check_halving
from .mlp import check_hidden

RANGES = {"linear": (-np.inf, np.inf), "sigmoid": (0, 1), "tanh": (-1, 1)}


class GANInput:
    """The checks of ``gan.GAN``."""

    def _learn_classes(self, X, y):
        if y is None:
            raise ValueError("a conditional GAN needs y, the class of each row of X")
        y = column_or_1d(y)
        check_classification_targets(y)
        if len(y) != len(X):
            raise ValueError(f"y has {len(y)} entries for {len(X)} rows of X; give one for each")
        self.classes_ = np.unique(y)
        return self._one_hot(y, len(X)).astype(self.dtype_)

    def _one_hot(self, y, n):
        y = np.asarray(y)
        if y.shape != (n,) or not np.isin(y, self.classes_).all():
            raise ValueError(f"y must be {n} of the classes {self.classes_.tolist()}")
        return (y[:, None] == self.classes_).astype(float)

    def _check_range(self, X):
        low, high = RANGES[self.output]
        if X.min() < low or X.max() > high:
            raise ValueError(
                f'output="{self.output}" reaches only {low} to {high}, but X goes from '
                f"{X.min():.3g} to {X.max():.3g}; rescale X, or choose another output"
            )

    def _shape(self, X):
        """Rows as they are, or in ``input_shape``; with ``filters`` they must halve evenly."""
        X = X if self.input_shape is None else reshape_rows(X, self.input_shape)
        if self.filters and X.ndim != 4:
            raise ValueError(f"filters need images (n, H, W, C), got X of shape {X.shape}")
        check_halving(X.shape, len(self.filters))
        return X

    def _check_params(self):
        super()._check_params()
        check_positive("n_latent", self.n_latent)
        check_hidden(self.hidden)
        check_hidden(self.filters, "filters")
        check_choice("output", self.output, tuple(RANGES))
        check_positive("beta1", self.beta1, zero=True)
        if self.validation_fraction:
            raise ValueError("validation_fraction must be 0: a GAN has no validation loss to watch")

"""Multi-layer perceptrons in NumPy: layers of weighted sums with a bend between them."""

from dataclasses import dataclass
from itertools import pairwise

from .base import check_choice, check_positive
from .layers import ACTIVATIONS, Dropout, Linear, Sequential
from .supervised import NeuralClassifier, NeuralRegressor


class _MLP:
    """What the classifier and the regressor share: the layers."""

    def _layers(self, rng):
        """x -> act(x W1 + b1) -> ... -> x Wk + bk."""
        widths, layers = [self.input_shape_[0], *self.hidden], []
        for n_in, n_out in pairwise(widths):
            layers += [Linear(n_in, n_out, rng), ACTIVATIONS[self.activation]()]
            layers += [Dropout(self.dropout, rng)] if self.dropout else []
        return Sequential(*layers, Linear(widths[-1], self.n_outputs_, rng))

    def _check_params(self):
        super()._check_params()
        check_hidden(self.hidden)
        check_choice("activation", self.activation, tuple(ACTIVATIONS))
        check_dropout(self.dropout)


def check_hidden(hidden, name="hidden"):
    """A tuple of widths, each at least 1."""
    if not isinstance(hidden, (tuple, list)):
        raise ValueError(f"{name} must be a tuple of widths such as (64, 32), got {hidden!r}")
    for width in hidden:
        check_positive(f"each width in {name}", width)


def check_dropout(rate):
    check_positive("dropout", rate, zero=True)
    if rate >= 1:
        raise ValueError(f"dropout must be < 1, the share of units left out, got {rate!r}")


@dataclass(eq=False, repr=False, kw_only=True)
class MLPClassifier(_MLP, NeuralClassifier):
    r"""Multi-layer perceptron for classes, trained on the mean cross-entropy.

    .. math::
        h_0 = x, \qquad h_l = \varphi(h_{l-1} W_l + b_l), \qquad
        p = \operatorname{softmax}(h_{L-1} W_L + b_L)

    Parameters
    ----------
    hidden : tuple of int, default (64,)
        Width of each hidden layer; () is multinomial logistic regression.
    activation : {"relu", "leaky_relu", "tanh", "sigmoid", "gelu"}
        The bend :math:`\varphi`.
    dropout : float in [0, 1)
        Share of hidden units left out in each training step.
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
    Rumelhart, D. E., Hinton, G. E. and Williams, R. J. (1986). Learning representations by
    back-propagating errors. Nature 323, 533-536. doi:10.1038/323533a0
    """

    hidden: tuple = (64,)
    activation: str = "relu"
    dropout: float = 0.0


@dataclass(eq=False, repr=False, kw_only=True)
class MLPRegressor(_MLP, NeuralRegressor):
    r"""Multi-layer perceptron for numbers, trained on the mean squared error.

    .. math::
        h_0 = x, \qquad h_l = \varphi(h_{l-1} W_l + b_l), \qquad \hat y = h_{L-1} W_L + b_L

    Scale the columns of ``X``, and an outcome far from 0 ± 1 too (``TransformedTargetRegressor``).

    Parameters
    ----------
    hidden : tuple of int, default (64,)
        Width of each hidden layer; () is linear regression.
    activation : {"relu", "leaky_relu", "tanh", "sigmoid", "gelu"}
        The bend :math:`\varphi`.
    dropout : float in [0, 1)
        Share of hidden units left out in each training step.
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
    Rumelhart, D. E., Hinton, G. E. and Williams, R. J. (1986). Learning representations by
    back-propagating errors. Nature 323, 533-536. doi:10.1038/323533a0
    """

    hidden: tuple = (64,)
    activation: str = "relu"
    dropout: float = 0.0

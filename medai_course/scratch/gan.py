"""A generative adversarial network in NumPy: a forger and a judge who teach each other."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sklearn.utils.validation import check_is_fitted

from . import layers, losses
from .base import check_positive
from .convolution import Conv2D, ConvTranspose2D
from .gan_input import GANInput
from .layers import Flatten, Layer, LeakyReLU, Linear, ReLU, Reshape, Sequential, Sigmoid, Tanh
from .network import NeuralNet


class Players(Layer):
    """The generator, which writes rows, and the discriminator, which judges them."""

    def __init__(self, generator, discriminator):
        self.generator, self.discriminator = generator, discriminator

    def begin(self):
        self.generator.begin()


@dataclass(eq=False, repr=False, kw_only=True)
class GAN(GANInput, NeuralNet):
    r"""Generative adversarial network: it learns to draw rows like those of ``X``.

    .. math::
        \min_G \max_D\; \mathbb E_x \log D(x) + \mathbb E_z \log(1 - D(G(z)))

    Each step moves the discriminator on half of that loss, on a batch of real and a batch of
    generated rows, and then the generator on :math:`-\log D(G(z))`: the non-saturating loss, which
    has a gradient also where the discriminator is sure.  The discriminator's output is a logit.

    Parameters
    ----------
    n_latent : int, default 16
        Length of the random vector :math:`z \sim \mathcal N(0, I)`.
    hidden : tuple of int, default (64,)
        Widths of the generator's linear layers; the discriminator has them in reverse.
    filters : tuple of int, default ()
        For images: filters of the discriminator's convolutions (kernel 4, stride 2), each halving
        the sides; the generator has transposed ones in reverse (DCGAN).
    output : {"linear", "sigmoid", "tanh"}
        Range of what is generated; the data must lie in it.
    conditional : bool
        Learn to draw rows of a class that one asks for; ``fit`` then needs ``y``.
    beta1 : float in [0, 1), default 0.5
        Adam's memory of the mean gradient; 0.9 makes the two players swing.
    input_shape : tuple (H, W, C), optional
        Into which each row of ``X`` is reshaped; needed for ``filters`` where ``X`` is flat.
    {training}

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
        The classes that can be asked for, if ``conditional``.
    {learned}
    generator_loss_curve_ : list of float
        The generator's loss of each step; ``loss_curve_`` is the discriminator's.

    Raises
    ------
    ValueError
        ``X`` not finite, of the wrong shape or outside the range of ``output``, a parameter outside
        its range, a class that ``fit`` did not see, or a loss that is no longer a number.

    References
    ----------
    Goodfellow, I. et al. (2020). Generative adversarial networks. Communications of the ACM 63(11),
    139-144. doi:10.1145/3422622

    Radford, A., Metz, L. and Chintala, S. (2016). Unsupervised representation learning with deep
    convolutional generative adversarial networks. ICLR. arXiv:1511.06434
    """

    n_latent: int = 16
    hidden: tuple = (64,)
    filters: tuple = ()
    output: str = "linear"
    conditional: bool = False
    beta1: float = 0.5
    input_shape: tuple | None = None

    def fit(self, X, y=None):
        """Learn to draw rows like those of ``X``; of the classes ``y``, if ``conditional``."""
        X = self._check_X(X, reset=True, allow_nd=True)
        self._check_range(X)
        labels = np.zeros((len(X), 0), X.dtype)
        if self.conditional:
            labels = self._learn_classes(X, y)
        if self.warm_start and hasattr(self, "_net") and labels.shape[1] != self.n_labels_:
            raise ValueError("warm_start needs the classes of the first fit; fit a new network")
        self.n_labels_ = labels.shape[1]
        return self._train(X, labels)

    def sample(self, n_samples=1, y=None, random_state=None):
        """``n_samples`` new rows, in the shape of ``X``; of the classes ``y`` (n_samples,)."""
        check_is_fitted(self)
        check_positive("n_samples", n_samples)
        z = np.random.default_rng(random_state).normal(size=(n_samples, self.n_latent))
        if self.conditional and y is None:
            raise ValueError("a conditional GAN needs y, the class of each row to draw")
        labels = self._one_hot(y, n_samples) if self.conditional else np.zeros((n_samples, 0))
        return self._output(np.hstack([z, labels]).astype(self.dtype_))

    def discriminate(self, X, y=None):
        """How likely the discriminator holds each row of ``X`` for real: (n,)."""
        X = self._check_X(X, allow_nd=True)
        labels = self._one_hot(y, len(X)) if self.conditional else np.zeros((len(X), 0))
        blocks = [slice(i, i + 1024) for i in range(0, len(X), 1024)]
        labels = labels.astype(self.dtype_)
        found = [self._judge(*map(self._to_backend, (X[b], labels[b]))) for b in blocks]
        return 1 / (1 + np.exp(-np.concatenate([self._to_numpy(f) for f in found])[:, 0]))

    def _layers(self, rng):
        """G: z -> linear layers -> transposed convolutions -> x;  D: x -> the reverse -> logit."""
        start, n_in, n_flat = self._sizes()
        up, down, channels = [], [], self.input_shape_[-1]
        for n_out in self.filters:
            down += [Conv2D(n_in, n_out, 4, rng, stride=2, padding=1), LeakyReLU()]
            n_in = n_out
        for n_out in [*self.filters[-2::-1], channels] if self.filters else []:
            up += [ReLU(), ConvTranspose2D(n_in, n_out, 4, rng, stride=2, padding=1)]
            n_in = n_out
        G = self._linear(
            [self.n_latent + self.n_labels_, *self.hidden, int(np.prod(start))], ReLU, rng
        )
        D = self._linear([n_flat, *self.hidden[::-1], 1], LeakyReLU, rng)
        end = {"linear": [], "sigmoid": [Sigmoid()], "tanh": [Tanh()]}[self.output]
        D = [*down, Flatten(), *D] if self.filters else D
        return Players(Sequential(*G, Reshape(*start), *up, *end), Sequential(*D))

    def _linear(self, widths, Bend, rng):
        """Linear layers between these widths; a bend after each but the last."""
        return [l for n in pairwise(widths) for l in (Linear(*n, rng), Bend())][:-1]

    def _sizes(self):
        """Where the generator's convolutions start; D's first channels; D's flat features."""
        *sides, channels = self.input_shape_
        if not self.filters:
            return self.input_shape_, None, int(np.prod(self.input_shape_)) + self.n_labels_
        start = (*(side // 2 ** len(self.filters) for side in sides), self.filters[-1])
        return start, channels + self.n_labels_, int(np.prod(start))

    def _joined(self, x, labels):
        """What D reads: images with a plane for each class, or flat rows with the labels behind."""
        if not self.filters:
            x = x.reshape(len(x), -1)
        if self.n_labels_ == 0:
            return x
        if not self.filters:
            return np.hstack([x, labels])
        planes = np.broadcast_to(labels[:, None, None], (*x.shape[:3], self.n_labels_))
        return np.concatenate([x, planes], -1)

    def _minibatch(self, data, index):
        """Real rows, their labels, and as many random vectors."""
        (x,), labels, _ = super()._minibatch(data, index)
        z = self._rng.normal(size=(int(x.shape[0]), self.n_latent)).astype(self.dtype_)
        return (x, self._to_backend(z)), labels, None

    def _build(self, rng):
        super()._build(rng)
        self.generator_loss_curve_ = []

    def _note(self, found):
        """Write down the losses of both players."""
        for loss_D, loss_G in found:
            self.loss_curve_.append(float(loss_D))
            self.generator_loss_curve_.append(float(loss_G))

    # ---- the verbs, rewritten in each framework ----

    def _start(self, net):
        """theta and the rule by which it moves, for each of the two players."""
        net.begin()
        flat = [layers.flatten(p, self.dtype_) for p in (net.generator, net.discriminator)]
        self._net, self._optimiser = net, [self._optimiser_for(*f) for f in flat]

    def _step(self, inputs, labels, weight, rate):
        """D descends on mean(-log D(x), -log(1 - D(G(z)))), then G on mean(-log D(G(z)))."""
        (x, z), (move_G, move_D) = inputs, self._optimiser
        G, D = self._net.generator, self._net.discriminator
        fake, back_G = G(np.hstack([z, labels]))
        both = self._joined(np.concatenate([x, fake]), np.concatenate([labels, labels]))
        logits, back = D(both)
        loss_D, d = losses.binary_cross_entropy(logits, (np.arange(len(both)) < len(x))[:, None])
        D.layers[0].input_gradient = False
        back(d)
        move_D.step(rate)
        loss_G, d_fake = self._fool(fake, labels)
        back_G(d_fake)
        move_G.step(rate)
        return loss_D, loss_G

    def _fool(self, fake, labels):
        """L = mean(-log D(fake)), and dL/dfake: D's gradient, all the way to its input."""
        D = self._net.discriminator
        logits, back = D(self._joined(fake, labels))
        loss, d = losses.binary_cross_entropy(logits, np.ones_like(logits))
        D.freeze()
        D.layers[0].input_gradient = True
        dx = back(d)
        D.freeze(False)
        return loss, dx[..., : dx.shape[-1] - self.n_labels_].reshape(fake.shape)

    def _forward(self, z):
        """x = G(z)."""
        return self._net.train(False).generator(z)[0]

    def _judge(self, x, labels):
        """The logit of D(x)."""
        return self._net.train(False).discriminator(self._joined(x, labels))[0]

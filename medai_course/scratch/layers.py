"""The layers of every network of the course: ``y, back = layer(x)``.

Calling a layer gives its output and a function that goes the other way: ``back(dy)`` takes the
derivative of the loss with respect to ``y``, adds to the gradient ``dW`` of each weight ``W``, and
returns the derivative with respect to ``x``.  So each derivative stands beside its formula, and a
layer that is called twice has two functions ``back`` that do not disturb each other.

Arrays have the batch first and the channels last.  Convolutions are in ``convolution.py``,
recurrent layers in ``recurrent.py``.
"""

import numpy as np
from scipy.linalg import get_blas_funcs
from scipy.special import erf, expit


class Layer:
    """What all layers share: where their weights are, and whether they are being trained.

    ``weights`` names the trained arrays (``W`` has its gradient ``dW`` beside it), ``buffers`` the
    arrays that are kept but not trained.  ``input_gradient`` is False on the first layer of a
    network in training, whose ``back`` may then return None and save the work; ``weight_gradient``
    is False on a layer that only passes a gradient on, as a GAN's judge does to the forger.
    """

    weights = ()
    buffers = ()
    training = False
    input_gradient = True
    weight_gradient = True

    def parts(self):
        """(name, layer) of the layers inside this one, in the order of their making."""
        for name, value in vars(self).items():
            if isinstance(value, Layer):
                yield name, value
            elif isinstance(value, tuple) and value and isinstance(value[0], Layer):
                yield from ((f"{name}{i}", part) for i, part in enumerate(value))

    def everything(self, prefix=""):
        """(path, layer) of this layer and of all below it."""
        yield prefix, self
        for name, part in self.parts():
            yield from part.everything(f"{prefix}{name}.")

    def arrays(self):
        """{path: (layer, name)} of every weight, then every buffer."""
        found = list(self.everything())
        kinds = [[(p, l, name) for p, l in found for name in l.weights]]
        kinds.append([(p, l, name) for p, l in found for name in l.buffers])
        return {path + name: (layer, name) for kind in kinds for path, layer, name in kind}

    def gradients(self):
        """{path: gradient} of every weight."""
        found = {p: l for p, l in self.everything()}
        return {p + name: getattr(l, "d" + name) for p, l in found.items() for name in l.weights}

    def zero_gradients(self):
        for gradient in self.gradients().values():
            gradient.fill(0)

    def train(self, on=True):
        """Tell dropout and batch normalisation that training begins, or ends."""
        for _, layer in self.everything():
            layer.training = on
        return self

    def begin(self):
        """Say that this layer is a network's first: nobody will read its dx."""
        self.input_gradient = False

    def freeze(self, on=True):
        """Let ``back`` pass gradients through and leave those of the weights alone, or not."""
        for _, layer in self.everything():
            layer.weight_gradient = not on

    def _add(self, **arrays):
        for name, array in arrays.items():
            setattr(self, name, array)
            setattr(self, "d" + name, np.zeros_like(array))
        self.weights = self.weights + tuple(arrays)


def flatten(net, dtype):
    """Move all weights of ``net`` into one vector, all gradients into another; return both.

    An optimiser then updates one vector instead of many small arrays.  Matrices come first, so that
    weight decay, which leaves biases alone, is a slice: the third value returned is its end.
    """
    slots = [(l, name) for _, l in net.everything() for name in l.weights]
    slots.sort(key=lambda slot: getattr(*slot).ndim < 2)
    sizes = [getattr(*slot).size for slot in slots]
    theta, grad = np.empty(sum(sizes), dtype), np.zeros(sum(sizes), dtype)
    end = 0
    for (layer, name), size in zip(slots, sizes):
        start, end = end, end + size
        array = getattr(layer, name)
        theta[start:end] = array.ravel()
        setattr(layer, name, theta[start:end].reshape(array.shape))
        setattr(layer, "d" + name, grad[start:end].reshape(array.shape))
    for _, layer in net.everything():
        for name in layer.buffers:
            setattr(layer, name, getattr(layer, name).astype(dtype))
    decayed = sum(s for (l, name), s in zip(slots, sizes) if getattr(l, name).ndim > 1)
    return theta, grad, decayed


def glorot(rng, shape, n_in, n_out):
    """Uniform in ±sqrt(6 / (n_in + n_out)): keeps the variance through the layers.

    Glorot, X. and Bengio, Y. (2010). Understanding the difficulty of training deep feedforward
    neural networks. AISTATS, PMLR 9, 249-256.
    """
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, shape)


def add_product(out, a, b):
    """out += a @ b without the temporary array: BLAS adds while it multiplies."""
    if not out.flags.c_contiguous or out.size == 0 or len(b) == 0:
        out += a @ b
        return
    # out is C-ordered, so out.T = b.T @ a.T is what BLAS, Fortran-ordered, can write in place
    (b, turn_b), (a, turn_a) = (
        (m, 1) if m.flags.f_contiguous and not m.flags.c_contiguous else (m.T, 0) for m in (b, a)
    )
    gemm = get_blas_funcs("gemm", dtype=out.dtype)
    gemm(1, b, a, beta=1, c=out.T, trans_a=turn_b, trans_b=turn_a, overwrite_c=1)


class Sequential(Layer):
    """One layer after the other; ``back`` goes through them in reverse."""

    def __init__(self, *layers):
        self.layers = layers

    def begin(self):
        self.layers[0].begin()

    def __call__(self, x):
        backs = []
        for layer in self.layers:
            x, back = layer(x)
            backs.append(back)

        def back_all(dy):
            for back in reversed(backs):
                dy = back(dy)
            return dy

        return x, back_all


class Linear(Layer):
    """y = x W + b, over the last axis."""

    def __init__(self, n_in, n_out, rng):
        self._add(W=glorot(rng, (n_in, n_out), n_in, n_out), b=np.zeros(n_out))

    def __call__(self, x):
        y = x @ self.W  # y = x W + b
        y += self.b

        def back(dy):
            rows = dy.reshape(-1, dy.shape[-1])
            if self.weight_gradient:
                self.dW += x.reshape(-1, x.shape[-1]).T @ rows  # dW = x' dy
                self.db += np.ones(len(rows), dy.dtype) @ rows  # db = sum dy, as a product: faster
            return dy @ self.W.T if self.input_gradient else None  # dx = dy W'

        return y, back


class ReLU(Layer):
    """y = max(x, 0); its derivative at 0 is taken as 0."""

    def __call__(self, x):
        y = np.maximum(x, 0)
        return y, lambda dy: dy * (y > 0)


class LeakyReLU(Layer):
    """y = x where x > 0, else slope x."""

    def __init__(self, slope=0.2):
        self.slope = slope

    def __call__(self, x):
        gain = np.where(x > 0, x.dtype.type(1), x.dtype.type(self.slope))
        return x * gain, lambda dy: dy * gain


class Tanh(Layer):
    """y = tanh x, dy/dx = 1 - y^2."""

    def __call__(self, x):
        y = np.tanh(x)
        return y, lambda dy: dy * (1 - y * y)


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x)), dy/dx = y (1 - y)."""

    def __call__(self, x):
        y = expit(x)
        return y, lambda dy: dy * y * (1 - y)


class GELU(Layer):
    """y = x Phi(x), with Phi the normal distribution function (exact, not the tanh form).

    Hendrycks, D. and Gimpel, K. (2016). Gaussian error linear units. arXiv:1606.08415
    """

    def __call__(self, x):
        Phi = 0.5 * (1 + erf(x / np.sqrt(2).astype(x.dtype)))
        phi = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi).astype(x.dtype)
        return x * Phi, lambda dy: dy * (Phi + x * phi)


ACTIVATIONS = {
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "gelu": GELU,
}


class Dropout(Layer):
    """In training: each unit is 0 with probability ``rate``, else divided by 1 - rate.

    Srivastava, N. et al. (2014). Dropout: a simple way to prevent neural networks from
    overfitting. Journal of Machine Learning Research 15, 1929-1958.
    """

    def __init__(self, rate, rng):
        self.rate, self.rng = rate, rng

    def __call__(self, x):
        if not self.training or self.rate == 0:
            return x, lambda dy: dy
        keep = dropout_mask(self.rng, x.shape, self.rate).astype(x.dtype)
        return x * keep, lambda dy: dy * keep


def dropout_mask(rng, shape, rate):
    """0 with probability ``rate``, else 1 / (1 - rate): the same draws in every backend."""
    return (rng.random(shape) >= rate) / (1 - rate)


class Flatten(Layer):
    """(n, ...) to (n, product of the rest)."""

    def __call__(self, x):
        def back(dy):
            dx = np.empty_like(x)  # in the memory order of x, which convolutions choose
            dx[...] = dy.reshape(x.shape)
            return dx

        return x.reshape(len(x), -1), back


class Reshape(Layer):
    """Rows of any shape to rows of the given ``shape``."""

    def __init__(self, *shape):
        self.shape = shape

    def __call__(self, x):
        return x.reshape(len(x), *self.shape), lambda dy: dy.reshape(x.shape)


class Embedding(Layer):
    """y = W[token]: one learned vector for each of ``n_tokens``."""

    def __init__(self, n_tokens, dim, rng):
        self._add(W=rng.normal(0, 0.1, (n_tokens, dim)))

    def __call__(self, tokens):
        def back(dy):
            np.add.at(self.dW, tokens, dy)  # a token that comes twice gets both gradients

        return self.W[tokens], back


class LayerNorm(Layer):
    """z = (x - mean) / sqrt(var + eps) over the last axis of each row; y = g z + b.

    Ba, J. L., Kiros, J. R. and Hinton, G. E. (2016). Layer normalization. arXiv:1607.06450
    """

    def __init__(self, dim, eps=1e-5):
        self.eps = eps
        self._add(g=np.ones(dim), b=np.zeros(dim))

    def __call__(self, x):
        z, back_z = _standardise(x, (-1,), self.eps)[:2]
        y = self.g * z + self.b
        return y, lambda dy: back_z(_scale_back(self, z, dy))


class BatchNorm(Layer):
    """z = (x - mean) / sqrt(var + eps) of each channel over the batch; y = g z + b.

    In training the mean and the variance are the batch's, and ``mean`` and ``var`` follow them by
    ``momentum``; in inference ``mean`` and ``var`` are used, so that a prediction does not depend
    on the other rows of the batch.

    Ioffe, S. and Szegedy, C. (2015). Batch normalization: accelerating deep network training by
    reducing internal covariate shift. ICML, PMLR 37, 448-456.
    """

    buffers = ("mean", "var")

    def __init__(self, dim, momentum=0.1, eps=1e-5):
        self.momentum, self.eps = momentum, eps
        self._add(g=np.ones(dim), b=np.zeros(dim))
        self.mean, self.var = np.zeros(dim), np.ones(dim)

    def __call__(self, x):
        if self.training:
            z, back_z, mean, var = _standardise(x, tuple(range(x.ndim - 1)), self.eps)
            self.mean += self.momentum * (mean.reshape(-1) - self.mean)
            self.var += self.momentum * (var.reshape(-1) - self.var)
        else:
            s = np.sqrt(self.var + self.eps)
            z, back_z = (x - self.mean) / s, lambda dz: dz / s
        return self.g * z + self.b, lambda dy: back_z(_scale_back(self, z, dy))


def _standardise(x, axes, eps):
    """z = (x - mean) / s, s = sqrt(var + eps); dx = (dz - mean(dz) - z mean(z dz)) / s."""
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    s = np.sqrt(var + eps)
    z = (x - mean) / s

    def back(dz):
        return (dz - dz.mean(axes, keepdims=True) - z * (dz * z).mean(axes, keepdims=True)) / s

    return z, back, mean, var


def _scale_back(layer, z, dy):
    """Of y = g z + b: dg = sum z dy, db = sum dy, dz = g dy."""
    axes = tuple(range(dy.ndim - 1))
    layer.dg += (dy * z).sum(axes)
    layer.db += dy.sum(axes)
    return dy * layer.g

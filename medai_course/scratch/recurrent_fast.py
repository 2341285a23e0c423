"""The recurrent layers of ``recurrent.py``, the same numbers in less time.

Three things are turned round.  Arrays have the features first and the batch last, so that each gate
is one block of memory.  sigmoid(a) is (1 + tanh(a/2)) / 2, so that one tanh serves all gates.  And
what the way back needs of a step but the gradient itself is computed for all steps at once, before
the loop.  A test holds each function to ``run`` of its layer, gradients included.
"""

import numpy as np


def fast_rnn(layer, x, mask=None):
    """``SimpleRNN.run`` from a state of zeros."""
    steps, H, T = _Steps(layer, x, mask), layer.n_hidden, x.shape[1]
    a, WhT = steps.input_products(layer.Wx, layer.b), np.ascontiguousarray(layer.Wh.T)
    hs = np.zeros((T + 1, H, len(x)), x.dtype)
    for t in range(T):
        h = np.matmul(WhT, hs[t], out=hs[t + 1])
        np.add(h, a[t], out=h)
        np.tanh(h, out=h)
        if mask is not None:
            steps.hold(t, h, hs[t])

    def back(dhs):
        slopes = 1 - hs[1:] * hs[1:]
        if mask is not None:
            slopes *= steps.real
        Wh, dh, flat = np.ascontiguousarray(layer.Wh), np.zeros_like(hs[0]), np.empty_like(slopes)
        flat = flat.reshape(H, T, -1)
        for t in reversed(range(T)):
            dh = steps.arriving(t, dhs, dh)
            da = np.multiply(slopes[t], dh, out=slopes[t])
            flat[:, t] = da
            dh = Wh @ da if mask is None else Wh @ da + steps.passed(t, dh)
        return steps.weight_gradients(flat.reshape(H, -1), hs[:-1]), dh.T

    return (hs[1:].transpose(2, 0, 1), hs[-1].T), back


def fast_lstm(layer, x, mask=None):
    """``LSTM.run`` from a state of zeros; inside, the gates are in the order i f o g."""
    steps, H, T = _Steps(layer, x, mask), layer.n_hidden, x.shape[1]
    order = np.r_[0 : 2 * H, 3 * H : 4 * H, 2 * H : 3 * H]
    half = np.repeat(np.array([0.5, 1], x.dtype), (3 * H, H))  # tanh(a / 2) for i, f, o
    gates = steps.input_products(layer.Wx[:, order] * half, layer.b[order] * half)
    WhT = np.ascontiguousarray((layer.Wh[:, order] * half).T)
    hs, cs = np.zeros((2, T + 1, H, len(x)), x.dtype)
    tanh_c, product, ig = np.empty_like(hs[1:]), np.empty_like(gates[0]), np.empty_like(hs[0])
    for t, a in enumerate(gates):
        np.matmul(WhT, hs[t], out=product)
        np.add(a, product, out=a)
        np.tanh(a, out=a)
        sigmoids, (i, f, o, g) = a[: 3 * H], a.reshape(4, H, -1)
        np.multiply(sigmoids, 0.5, out=sigmoids)
        np.add(sigmoids, 0.5, out=sigmoids)
        c, h = cs[t + 1], hs[t + 1]
        np.multiply(f, cs[t], out=c)
        np.multiply(i, g, out=ig)
        np.add(c, ig, out=c)
        np.tanh(c, out=tanh_c[t])
        np.multiply(o, tanh_c[t], out=h)
        if mask is not None:
            steps.hold(t, h, hs[t])
            steps.hold(t, c, cs[t])

    def back(dhs):
        Wh = np.ascontiguousarray(layer.Wh[:, order])
        flat, chunk = np.empty((4 * H, T, len(x)), x.dtype), max(1, 2**17 // gates[0].size)
        dh, dc = np.zeros((2, H, len(x)), x.dtype)
        for end in range(T, 0, -chunk):  # as many steps at once as the cache holds
            cut = slice(max(0, end - chunk), end)
            slopes = _lstm_slopes(gates[cut], cs[cut], tanh_c[cut], steps, cut)
            for t, da, to_c, f in reversed(list(zip(range(T)[cut], *slopes))):
                dh = steps.arriving(t, dhs, dh)
                np.multiply(dh, to_c, out=ig)
                np.add(dc, ig, out=dc)
                for gate, d in zip(da, (dc, dc, dh, dc)):
                    np.multiply(gate, d, out=gate)
                np.multiply(dc, f, out=dc)
                da = flat[:, t] = da.reshape(4 * H, -1)
                dh = Wh @ da if mask is None else Wh @ da + steps.passed(t, dh)
        flat = flat.reshape(4, H, -1)[[0, 1, 3, 2]].reshape(4 * H, -1)  # i f g o again
        return steps.weight_gradients(flat, hs[:-1]), (dh.T, dc.T)

    return (hs[1:].transpose(2, 0, 1), (hs[-1].T, cs[-1].T)), back


def _lstm_slopes(gates, c_before, tanh_c, steps, cut):
    """What multiplies dc, dc, dh, dc in the gradients of i f o g; dc/dh; what dc passes on."""
    gates = gates.reshape(len(gates), 4, -1, gates.shape[-1])
    i, f, o, g = gates.swapaxes(0, 1)
    slopes = gates * gates
    np.subtract(gates, slopes, out=slopes)  # s (1 - s) for the sigmoids
    slopes[:, 0] *= g
    slopes[:, 1] *= c_before
    slopes[:, 2] *= tanh_c
    slopes[:, 3] = (1 - g * g) * i
    to_c = o - o * tanh_c * tanh_c
    if steps.real is not None:
        real = steps.real[cut]
        slopes *= real[:, None]
        to_c *= real
        f = np.where(real, f, f.dtype.type(1))
    return slopes, to_c, f


class _Steps:
    """The products before and after the loop, with the time first and the batch last."""

    def __init__(self, layer, x, mask):
        self.layer, self.x = layer, x
        self.real = None if mask is None else np.ascontiguousarray(mask.T)[:, None]

    def input_products(self, W, b):
        """x_t W + b for every step: (T, gates, n)."""
        a = np.matmul(W.T, self.x.transpose(1, 2, 0))
        a += b[:, None]
        return a

    def hold(self, t, new, old):
        """Where step t is padding the state passes unchanged."""
        np.copyto(new, old, where=~self.real[t])

    def passed(self, t, d):
        """The part of a state's gradient that padding passes on."""
        return d * ~self.real[t]

    def arriving(self, t, dhs, dh):
        """dh from the step after, and from the output: of every step, or of the last alone."""
        if dhs.ndim == 3:
            return dh + dhs[:, t].T
        return dh + dhs.T if t == self.x.shape[1] - 1 else dh

    def weight_gradients(self, flat, before):
        """dWx = sum_t x_t' da_t,  dWh = sum_t h_{t-1}' da_t,  db = sum da;  dx = da Wx'.

        ``flat`` is da of all steps, (gates, T n); ``before`` the states before them, (T, H, n).
        """
        layer, (n, T, D) = self.layer, self.x.shape
        h = before.transpose(1, 0, 2).reshape(len(layer.Wh), -1)
        layer.dWx += self.x.transpose(2, 1, 0).reshape(D, -1) @ flat.T
        layer.dWh += h @ flat.T
        layer.db += flat @ np.ones(T * n, flat.dtype)
        if layer.input_gradient:
            return (layer.Wx @ flat).reshape(D, T, n).T

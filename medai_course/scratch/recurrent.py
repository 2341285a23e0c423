"""Layers that read a sequence step by step: (n, T, D) to (n, T, H), or to the last state (n, H).

A step that ``mask`` (n, T) calls False is padding: the state passes it unchanged, so the last state
is that of the last real step, and an all-masked row keeps the state it began with.  Gradients go
back through every step and through every gate (backpropagation through time).
"""

import numpy as np
from scipy.special import expit

from .layers import Layer, glorot
from .recurrent_fast import fast_lstm, fast_rnn


class Recurrent(Layer):
    """What the three cells share: ``layer(x, mask)`` and, with the states shown, ``layer.run``.

    ``run(x, state, mask)`` is the textbook form; it returns ``(h of every step, last state), back``
    with ``back(dh, dstate) = dx, dstate0``; a state is ``h`` (n, H), or ``(h, c)`` for the LSTM.
    ``fast_run`` gives the same numbers in less time, see ``recurrent_fast.py``.
    """

    n_gates = 1

    def __init__(self, n_in, n_hidden, rng, last=True):
        self.n_hidden, self.last = n_hidden, last
        width = self.n_gates * n_hidden
        self._add(
            Wx=glorot(rng, (n_in, width), n_in, width),
            Wh=glorot(rng, (n_hidden, width), n_hidden, width),
            b=np.zeros(width),
        )

    def __call__(self, x, mask=None):
        (hs, _), back = self.fast_run(x, mask)
        return hs[:, -1] if self.last else hs, lambda dy: back(dy)[0]

    def fast_run(self, x, mask=None):
        """``run`` from a state of zeros; ``back`` also takes the gradient of the last h alone."""
        (hs, end), back = self.run(x, mask=mask)

        def back_any(dy):
            if dy.ndim == 3:
                return back(dy)
            dhs = np.zeros_like(hs)
            dhs[:, -1] = dy
            return back(dhs)

        return (hs, end), back_any

    def _weight_gradients(self, x, hs, h0, da, du=None):
        """dWx = sum_t x_t' da_t,  dWh = sum_t h_{t-1}' du_t,  db = sum da;  dx = da Wx'.

        ``da`` is the gradient of the gates before their sigmoid or tanh; ``du`` that of h Wh, which
        is the same but in the GRU.
        """
        before = np.concatenate([h0[:, None], hs[:, :-1]], 1)
        flat = da.reshape(-1, da.shape[-1])
        self.dWx += x.reshape(-1, x.shape[-1]).T @ flat
        self.dWh += before.reshape(len(flat), -1).T @ (
            flat if du is None else du.reshape(flat.shape)
        )
        self.db += flat.sum(0)
        return da @ self.Wx.T if self.input_gradient else None


class SimpleRNN(Recurrent):
    """h_t = tanh(x_t Wx + h_{t-1} Wh + b).

    Elman, J. L. (1990). Finding structure in time. Cognitive Science 14(2), 179-211.
    doi:10.1207/s15516709cog1402_1
    """

    def run(self, x, state=None, mask=None):
        n, T, _ = x.shape
        h0 = h = np.zeros((n, self.n_hidden), x.dtype) if state is None else state
        a = x @ self.Wx + self.b  # all T steps in one product
        hs = np.empty((n, T, self.n_hidden), x.dtype)
        for t in range(T):
            new = np.tanh(a[:, t] + h @ self.Wh)
            h = hs[:, t] = new if mask is None else np.where(mask[:, t, None], new, h)

        def back(dhs, dh=0):
            da = np.empty_like(a)
            for t in reversed(range(T)):
                dh = dh + dhs[:, t]  # from the output and from the step after
                real = 1 if mask is None else mask[:, t, None]
                da[:, t] = dh * (1 - hs[:, t] ** 2) * real
                dh = da[:, t] @ self.Wh.T + (dh * (1 - real) if mask is not None else 0)
            return self._weight_gradients(x, hs, h0, da), dh

        return (hs, h), back

    def fast_run(self, x, mask=None):
        return fast_rnn(self, x, mask)


class LSTM(Recurrent):
    """i, f, o = sigmoid(a), g = tanh(a) with a = x_t Wx + h_{t-1} Wh + b, in the order i f g o;
    c_t = f c_{t-1} + i g,  h_t = o tanh(c_t).

    Hochreiter, S. and Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9(8),
    1735-1780. doi:10.1162/neco.1997.9.8.1735
    """

    n_gates = 4

    def run(self, x, state=None, mask=None):
        n, T, _ = x.shape
        H = self.n_hidden
        h0, c = np.zeros((2, n, H), x.dtype) if state is None else state
        a, h = x @ self.Wx + self.b, h0
        hs, tape = np.empty((n, T, H), x.dtype), []
        for t in range(T):
            gates = a[:, t] + h @ self.Wh
            i, f, o = expit(gates[:, :H]), expit(gates[:, H : 2 * H]), expit(gates[:, 3 * H :])
            g = np.tanh(gates[:, 2 * H : 3 * H])
            c_new = f * c + i * g  # c_t = f c_{t-1} + i g
            tanh_c = np.tanh(c_new)
            h_new = o * tanh_c  # h_t = o tanh(c_t)
            tape.append((i, f, g, o, c, tanh_c))
            if mask is not None:
                h_new = np.where(mask[:, t, None], h_new, h)
                c_new = np.where(mask[:, t, None], c_new, c)
            h, c = h_new, c_new
            hs[:, t] = h

        def back(dhs, dstate=(0, 0)):
            (dh, dc), da = dstate, np.empty_like(a)
            for t in reversed(range(T)):
                i, f, g, o, c_before, tanh_c = tape[t]
                dh = dh + dhs[:, t]
                real = 1 if mask is None else mask[:, t, None].astype(x.dtype)
                held, dh = (dh * (1 - real), dc * (1 - real)), dh * real
                dc = dc * real + dh * o * (1 - tanh_c**2)
                di, df, dg, do = dc * g, dc * c_before, dc * i, dh * tanh_c
                slopes = di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)
                da[:, t] = np.concatenate(slopes, 1)
                dh, dc = da[:, t] @ self.Wh.T + held[0], dc * f + held[1]
            return self._weight_gradients(x, hs, h0, da), (dh, dc)

        return (hs, (h, c)), back

    def fast_run(self, x, mask=None):
        return fast_lstm(self, x, mask)


class GRU(Recurrent):
    """r, z = sigmoid(x_t Wx + h_{t-1} Wh + b), n = tanh(x_t Wx_n + b_n + r (h_{t-1} Wh_n));
    h_t = (1 - z) n + z h_{t-1}, in the order r z n.

    Cho, K. et al. (2014). Learning phrase representations using RNN encoder-decoder for statistical
    machine translation. EMNLP, 1724-1734. doi:10.3115/v1/D14-1179
    """

    n_gates = 3

    def run(self, x, state=None, mask=None):
        n, T, _ = x.shape
        H = self.n_hidden
        h0 = h = np.zeros((n, H), x.dtype) if state is None else state
        a = x @ self.Wx + self.b
        hs, tape = np.empty((n, T, H), x.dtype), []
        for t in range(T):
            u = h @ self.Wh
            rz = expit(a[:, t, : 2 * H] + u[:, : 2 * H])
            r, z = rz[:, :H], rz[:, H:]
            new = np.tanh(a[:, t, 2 * H :] + r * u[:, 2 * H :])
            h_new = new + z * (h - new)  # h_t = (1 - z) n + z h_{t-1}
            tape.append((r, z, new, u[:, 2 * H :], h))
            h = hs[:, t] = h_new if mask is None else np.where(mask[:, t, None], h_new, h)

        def back(dhs, dh=0):
            da, du = np.empty_like(a), np.empty_like(a)
            for t in reversed(range(T)):
                r, z, new, u_n, h_before = tape[t]
                dh = dh + dhs[:, t]
                real = 1 if mask is None else mask[:, t, None].astype(x.dtype)
                held, dh = dh * (1 - real), dh * real
                da[:, t, 2 * H :] = dn = dh * (1 - z) * (1 - new**2)
                da[:, t, :H] = dn * u_n * r * (1 - r)
                da[:, t, H : 2 * H] = dh * (h_before - new) * z * (1 - z)
                du[:, t] = da[:, t]
                du[:, t, 2 * H :] *= r  # the reset gate stands between h and the candidate
                dh = dh * z + du[:, t] @ self.Wh.T + held
            return self._weight_gradients(x, hs, h0, da, du), dh

        return (hs, h), back


class Bidirectional(Layer):
    """One layer reads forwards, another backwards; their states side by side: (..., 2H).

    Schuster, M. and Paliwal, K. K. (1997). Bidirectional recurrent neural networks. IEEE Trans.
    Signal Processing 45(11), 2673-2681. doi:10.1109/78.650093
    """

    def __init__(self, forward, backward):
        self.forward, self.backward = forward, backward

    def begin(self):
        self.forward.begin()
        self.backward.begin()

    def __call__(self, x, mask=None):
        turn = np.s_[:, ::-1]
        y, back_f = self.forward(x, mask)
        z, back_b = self.backward(x[turn], None if mask is None else mask[turn])
        flipped = z if self.backward.last else z[turn]

        def back(dy):
            dy, dz = np.split(dy, 2, -1)
            dx, dx_turned = back_f(dy), back_b(dz if self.backward.last else dz[turn])
            return None if dx is None else dx + dx_turned[turn]

        return np.concatenate([y, flipped], -1), back


class Stacked(Layer):
    """Recurrent layers on top of one another, all with the same mask."""

    def __init__(self, *layers):
        self.layers = layers

    def begin(self):
        self.layers[0].begin()

    def __call__(self, x, mask=None):
        backs = []
        for layer in self.layers:
            x, back = layer(x, mask)
            backs.append(back)

        def back_all(dy):
            for back in reversed(backs):
                dy = back(dy)
            return dy

        return x, back_all


CELLS = {"rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}

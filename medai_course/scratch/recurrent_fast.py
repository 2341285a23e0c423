"""The recurrent layers of ``recurrent.py``, the same numbers in less time.

Four things are turned round.  Arrays have the features first and the batch last, so that each gate
is one block of memory.  x_t, a row of ones and h_{t-1} stand on one another, so that one product
gives all gates, bias included.  sigmoid(a) is (1 + tanh(a/2)) / 2, so that one tanh serves all
gates.  And what the way back needs of a step but the gradient itself is computed for many steps at
once.  A test holds each function to ``run`` of its layer, gradients included.
"""

import numpy as np


def fast_rnn(layer, x, mask=None):
    """``SimpleRNN.run`` from a state of zeros."""
    steps = _Steps(layer, x, mask)
    W, hs = steps.weights(), steps.hs
    for t, (z, h) in enumerate(zip(steps.z, hs[1:])):
        np.matmul(W, z, out=h)
        np.tanh(h, out=h)
        if mask is not None:
            steps.hold(t, h, hs[t])

    def back(dhs):
        given, dh = steps.arriving(dhs)
        flat = 1 - hs[1:] * hs[1:]  # the slopes of tanh, and in place the gradients
        if mask is not None:
            flat *= steps.real
        Wh = np.ascontiguousarray(layer.Wh)
        for t, da in zip(reversed(range(len(flat))), flat[::-1]):
            if given is not None:
                dh += given[t]
            np.multiply(da, dh, out=da)
            held = 0 if mask is None else dh * ~steps.real[t]
            np.matmul(Wh, da, out=dh)
            dh += held
        return steps.weight_gradients(flat), dh.T

    return (hs[1:].transpose(2, 0, 1), hs[-1].T), back


def fast_lstm(layer, x, mask=None):
    """``LSTM.run`` from a state of zeros; inside, the gates are o i f g and c stands after g."""
    steps, H = _Steps(layer, x, mask), layer.n_hidden
    order = np.r_[3 * H : 4 * H, : 3 * H]
    half = np.repeat(np.array([0.5, 1], x.dtype), (3 * H, H))  # tanh(a / 2) for o, i, f
    W, hs = steps.weights(order, half), steps.hs
    blocks = np.empty((len(hs), 5, H, len(x)), x.dtype)
    gates, cs = blocks[:-1, :4], blocks[:, 4]
    cs[0] = 0
    tanh_c, parts = np.empty(hs[1:].shape, x.dtype), np.empty((2, H, len(x)), x.dtype)
    sigmoids, pairs = blocks[:-1, :3], (blocks[:-1, 1:3], blocks[:-1, 3:])
    flat = blocks.reshape(len(hs), 5 * H, -1)[:-1, : 4 * H]
    views = zip(steps.z, flat, sigmoids, blocks, *pairs, cs[1:], tanh_c, hs[1:])
    for t, (z, a, s, block, i_f, g_c, c, tc, h) in enumerate(views):
        np.matmul(W, z, out=a)
        np.tanh(a, out=a)
        np.multiply(s, 0.5, out=s)
        np.add(s, 0.5, out=s)
        np.multiply(i_f, g_c, out=parts)
        np.add(*parts, out=c)  # c_t = i g + f c_{t-1}
        np.tanh(c, out=tc)
        np.multiply(block[0], tc, out=h)  # h_t = o tanh(c_t)
        if mask is not None:
            steps.hold(t, h, hs[t])
            steps.hold(t, c, cs[t])

    def back(dhs):
        given, dh = steps.arriving(dhs)
        dc, Wh = np.zeros_like(dh), np.ascontiguousarray(layer.Wh[:, order])
        grads, part = np.empty(gates.shape, x.dtype), np.empty_like(dh)
        chunk = max(1, 2**17 // gates[0].size)
        for end in range(len(gates), 0, -chunk):  # as many steps at once as the cache holds
            cut = slice(max(0, end - chunk), end)
            to_c, f = _lstm_slopes(blocks[cut], tanh_c[cut], steps, cut, out=grads[cut])
            times, da = range(len(gates))[cut], grads[cut]
            turned = (times, da.reshape(len(da), 4 * H, -1), da[:, 0], da[:, 1:], to_c, f)
            for t, d, d_o, d_ifg, slope, keep in zip(*(a[::-1] for a in turned)):
                if given is not None:
                    dh += given[t]
                np.multiply(dh, slope, out=part)
                np.add(dc, part, out=dc)
                np.multiply(d_o, dh, out=d_o)
                np.multiply(d_ifg, dc, out=d_ifg)
                np.multiply(dc, keep, out=dc)
                held = None if mask is None else dh * ~steps.real[t]
                np.matmul(Wh, d, out=dh)
                if held is not None:
                    dh += held
        return steps.weight_gradients(grads.reshape(len(grads), 4 * H, -1), order), (dh.T, dc.T)

    return (hs[1:].transpose(2, 0, 1), (hs[-1].T, cs[-1].T)), back


def _lstm_slopes(blocks, tanh_c, steps, cut, out):
    """Into ``out`` what multiplies dh, dc, dc, dc in the gradients of o i f g; dc/dh; dc/dc."""
    o, i, f, g, _ = blocks.swapaxes(0, 1)
    sigmoids, slopes = blocks[:, :3], out[:, :3]
    np.multiply(sigmoids, sigmoids, out=slopes)
    np.subtract(sigmoids, slopes, out=slopes)  # s (1 - s)
    slopes[:, 0] *= tanh_c
    slopes[:, 1:] *= blocks[:, 3:]  # i goes with g, f with the c before
    np.multiply(g, g, out=out[:, 3])
    np.subtract(1, out[:, 3], out=out[:, 3])
    out[:, 3] *= i
    to_c = tanh_c * tanh_c
    np.subtract(1, to_c, out=to_c)
    to_c *= o
    if steps.real is None:
        return to_c, f
    out *= steps.real[cut, None]
    to_c *= steps.real[cut]
    return to_c, np.where(steps.real[cut], f, f.dtype.type(1))


class _Steps:
    """x_t, 1 and h_{t-1} of every step on one another: ``z`` (T, D + 1 + H, n); ``hs`` its h."""

    def __init__(self, layer, x, mask):
        n, T, D = x.shape
        self.layer, self.T, self.D = layer, T, D
        rows = np.empty((T + 1, D + 1 + layer.n_hidden, n), x.dtype)
        rows[:T, :D], rows[:, D], rows[0, D + 1 :] = x.transpose(1, 2, 0), 1, 0
        self.z, self.hs = rows[:T], rows[:, D + 1 :]
        self.real = None if mask is None else np.ascontiguousarray(mask.T)[:, None]

    def weights(self, order=slice(None), scale=1):
        """[Wx; b; Wh]' with the gates in another order, each scaled: a_t = W z_t."""
        layer = self.layer
        stacked = np.concatenate([layer.Wx, layer.b[None], layer.Wh])
        return np.ascontiguousarray((stacked[:, order] * scale).T)

    def hold(self, t, new, old):
        """Where step t is padding the state passes unchanged."""
        np.copyto(new, old, where=~self.real[t])

    def arriving(self, dhs):
        """(dh of every step or None, dh after the last): from the output, all steps or the last."""
        if dhs.ndim == 3:
            return np.ascontiguousarray(dhs.transpose(1, 2, 0)), np.zeros_like(self.hs[0])
        return None, np.array(dhs.T, order="C")

    def weight_gradients(self, da, order=slice(None)):
        """[dWx; db; dWh] = sum_t z_t da_t';  dx = da Wx'.  ``da`` is (T, gates, n)."""
        layer, D = self.layer, self.D
        K, gates, n = self.z.shape[1], *da.shape[1:]
        flat = da.transpose(1, 0, 2).reshape(gates, -1)
        dW = self.z.transpose(1, 0, 2).reshape(K, -1) @ flat.T
        layer.dWx[:, order] += dW[:D]
        layer.db[order] += dW[D]
        layer.dWh[:, order] += dW[D + 1 :]
        if layer.input_gradient:
            return (layer.Wx[:, order] @ flat).reshape(D, self.T, n).T

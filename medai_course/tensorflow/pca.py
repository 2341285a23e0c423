"""Principal component analysis in TensorFlow: the verbs; the rest is in the scratch package."""

import tensorflow as tf

from ..scratch import pca as scratch
from .base import TensorFlowArrays


class PCA(TensorFlowArrays, scratch.PCA):
    def _centre(self, X):
        m = tf.reduce_mean(X, 0)
        return X - m, m

    def _sum_of_squares(self, X):
        return tf.reduce_sum(tf.square(X))

    def _svd(self, X):
        S, _, V = tf.linalg.svd(X)
        return S, tf.transpose(V)

    def _scatter(self, X):
        X, m = self._centre(X)
        return m, _gram(X)

    def _eigh(self, C, k):
        squares, V = tf.linalg.eigh(C)
        return squares[::-1][:k], tf.transpose(V)[::-1][:k]

    def _compress(self, X, Q, n_iter):
        Q = tf.linalg.qr(X @ Q).q
        for _ in range(n_iter):
            Q = tf.linalg.qr(tf.matmul(X, Q, transpose_a=True)).q
            Q = tf.linalg.qr(X @ Q).q
        return tf.matmul(Q, X, transpose_a=True)

    def _project(self, X, mean, V):
        return tf.matmul(X - mean, V, transpose_b=True)

    def _rebuild(self, Z, mean, V):
        return Z @ V + mean


def _gram(X, width=256):
    """X'X, of which only what is on and above the diagonal is multiplied; the rest mirrors it."""
    starts = range(0, X.shape[1], width)
    products = [tf.matmul(X[:, s : s + width], X[:, s:], transpose_a=True) for s in starts]
    upper = tf.concat([tf.pad(C, [[0, 0], [s, 0]]) for s, C in zip(starts, products)], 0)
    mirrored = tf.linalg.band_part(upper, 0, -1)
    return mirrored + tf.transpose(mirrored - tf.linalg.band_part(mirrored, 0, 0))

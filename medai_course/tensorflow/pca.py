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
        return m, tf.matmul(X, X, transpose_a=True)

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

"""Who is nearest to which centre, in TensorFlow: the verbs of ``medai_course.scratch.nearest``."""

import tensorflow as tf

from ..scratch import nearest as scratch
from .base import TensorFlowArrays, device


class NearestCentre(TensorFlowArrays, scratch.NearestCentre):
    def _block_size(self, width):
        return max(64, (2**19 if "CPU" in device() else 2**26) // width)

    def _rows(self, A, rows):
        return tf.gather(A, rows)

    def _squared_distances(self, X, centers):
        squares = tf.reduce_sum(X**2, 1)[:, None] + tf.reduce_sum(centers**2, 1)
        return tf.maximum(squares - 2 * tf.matmul(X, centers, transpose_b=True), 0)

    def _nearest(self, X, centers):
        D = tf.reduce_sum(centers**2, 1) - 2 * tf.matmul(X, centers, transpose_b=True)
        labels = tf.argmin(D, 1)
        return labels, tf.reduce_sum((X - tf.gather(centers, labels)) ** 2, 1)

    def _blocks(self, A, weighted, k):
        size = self._block_size(A.shape[1] + k)
        return [(A[s : s + size], weighted[s : s + size]) for s in range(0, len(A), size)]

    def _sums(self, blocks, centers, previous=None):
        M = tf.concat([-2 * centers, tf.reduce_sum(centers**2, 1)[:, None]], 1)
        S = tf.zeros_like(M)
        for A, weighted in blocks:
            D = tf.matmul(M, A, transpose_b=True)
            H = tf.cast(D == tf.reduce_min(D, 0), M.dtype)
            if tf.reduce_sum(H) != len(A):  # equally near: the first
                H = tf.one_hot(tf.argmin(D, 0), len(M), axis=0, dtype=M.dtype)
            S += H @ weighted
        return S, None

"""The kernel machine's verbs in TensorFlow; the loop is in ``medai_course.scratch.svm_dual``."""

import tensorflow as tf

from ..scratch import svm_dual as scratch
from .base import TensorFlowArrays


class KernelMachine(TensorFlowArrays, scratch.KernelMachine):
    def _rows(self, A, rows):
        return tf.gather(A, rows)

    def _products(self, A, B):
        return tf.matmul(A, B, transpose_b=True)

    def _rbf(self, A, B):
        m = tf.reduce_mean(B, 0)
        A, B = A - m, B - m
        squares = tf.reduce_sum(tf.square(A), 1)[:, None] + tf.reduce_sum(tf.square(B), 1)
        return tf.exp(self.gamma_ * (2 * self._products(A, B) - squares))

    def _weighted_rows(self, K, rows, values):
        return tf.linalg.matvec(tf.gather(K, rows), values, transpose_a=True)

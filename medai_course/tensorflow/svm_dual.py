"""The kernel machine's verbs in TensorFlow; the loop is in ``medai_course.scratch.svm_dual``."""

import tensorflow as tf

from ..scratch import svm_dual as scratch
from .base import TensorFlowArrays


class KernelMachine(TensorFlowArrays, scratch.KernelMachine):
    def _rows(self, A, rows):
        return tf.gather(A, rows)

    def _kernel(self, A, B):
        if callable(self.kernel):
            return self._callable(A, B)
        if self.kernel == "linear":
            return tf.matmul(A, B, transpose_b=True)
        if self.kernel == "poly":
            return (self.gamma_ * tf.matmul(A, B, transpose_b=True) + self.coef0) ** self.degree
        m = tf.reduce_mean(B, 0)
        A, B = A - m, B - m
        squares = tf.reduce_sum(A**2, 1)[:, None] + tf.reduce_sum(B**2, 1)
        return tf.exp(self.gamma_ * (2 * tf.matmul(A, B, transpose_b=True) - squares))

    def _weighted_rows(self, K, rows, values):
        return tf.linalg.matvec(tf.gather(K, rows), values, transpose_a=True)

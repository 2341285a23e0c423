"""The linear support vector machine in TensorFlow: the verbs; the loops are in scratch."""

import tensorflow as tf

from ..scratch import linear_svm as scratch
from .base import TensorFlowArrays


class LinearSVM(TensorFlowArrays, scratch.LinearSVM):
    @staticmethod
    def _linear(X, B):
        return tf.matmul(X, B[:-1]) + B[-1]

    @staticmethod
    @tf.function(reduce_retracing=True)
    def _loss_gradient_hessian(theta, X, s, C, M, e):
        cls = LinearSVM  # of a self, each would be compiled anew
        with tf.GradientTape() as tape:
            tape.watch(theta)
            h = 1 - s * cls._linear(X, tf.matmul(M, theta))
            J = tf.reduce_sum(e * tf.square(theta)) / 2 + tf.reduce_sum(
                C * tf.square(tf.nn.relu(h))
            )
        inside = tf.where(h[:, 0] > 0)[:, 0]
        X, C = tf.gather(X, inside), tf.gather(C, inside)
        return J, tape.gradient(J, theta), cls._normal(X, 2 * C, M, e)

    @staticmethod
    def _normal(X, q, M, e):
        v = tf.matmul(X, q, transpose_a=True)
        top = tf.concat([tf.matmul(X, q * X, transpose_a=True), v], 1)
        bottom = tf.concat([tf.transpose(v), tf.reduce_sum(q, 0, keepdims=True)], 1)
        gram = tf.concat([top, bottom], 0)
        return tf.linalg.diag(e[:, 0]) + tf.matmul(M, gram @ M, transpose_a=True)

    def _with_ones(self, X, r):
        return tf.concat([tf.matmul(X, r, transpose_a=True), tf.reduce_sum(r, 0)[None]], 0)

    def _transposed(self, M, r):
        return tf.matmul(M, r, transpose_a=True)

    def _positive(self, a):
        return tf.nn.relu(a)

    def _solve(self, A, z):
        return tf.linalg.solve(A, z)

    def _sum(self, a):
        return tf.reduce_sum(a)

    def _longest(self, *pairs):
        return 1 / max(1.0, *(float(tf.reduce_max(-dv / v)) for v, dv in pairs))

"""Linear regression in TensorFlow: the verbs; the loop is in ``medai_course.scratch.linear``."""

import tensorflow as tf

from ..scratch import linear as scratch
from .base import TensorFlowArrays


class LinearRegression(TensorFlowArrays, scratch.LinearRegression):
    def _centre(self, X, y):
        x_mean, y_mean = tf.reduce_mean(X, 0), tf.reduce_mean(y)
        return X - x_mean, y - y_mean, x_mean, y_mean

    def _dot(self, a, b):
        return tf.tensordot(a, b, 1)

    def _qr(self, X, y):
        d = X.shape[1]
        A = tf.concat([X, y[:, None]], 1)
        if self.alpha > 0:
            A = tf.concat([A, self.alpha**0.5 * tf.eye(d, d + 1, dtype=A.dtype)], 0)
        R = tf.linalg.qr(A).r[:d]
        return R[:, :d], R[:, d]

    def _normal(self, X, y):
        gram = tf.matmul(X, X, transpose_a=True)
        return gram + self.alpha * tf.eye(X.shape[1], dtype=X.dtype), tf.linalg.matvec(X, y, True)

    def _solve(self, M, z):
        return tf.linalg.solve(M, z[:, None])[:, 0]

    def _smallest_norm(self, M, z, rcond):
        return tf.linalg.matvec(tf.linalg.pinv(M, rcond=rcond), z)

    def _loss_and_gradient(self, X, y, beta):
        with tf.GradientTape() as tape:
            tape.watch(beta)
            r = tf.linalg.matvec(X, beta) - y
            penalty = self.alpha * tf.reduce_sum(tf.square(beta))
            loss = (tf.reduce_sum(tf.square(r)) + penalty) / (2 * len(y))
        return loss, tape.gradient(loss, beta)

    def _curvature(self, X):
        return (tf.linalg.eigvalsh(tf.matmul(X, X, transpose_a=True))[-1] + self.alpha) / len(X)

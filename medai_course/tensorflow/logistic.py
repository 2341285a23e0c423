"""Logistic regression in TensorFlow: the verbs; the loops are in ``scratch.logistic_solvers``."""

import numpy as np
import tensorflow as tf

from ..scratch import logistic as scratch
from .base import TensorFlowArrays


class LogisticRegression(TensorFlowArrays, scratch.LogisticRegression):
    def _cast(self, array, dtype):
        return tf.cast(array, dtype)

    @staticmethod
    def _linear(X, B):
        return tf.matmul(X, B[:-1]) + B[-1]

    @staticmethod
    def _log_sum(eta):
        one = tf.shape(eta)[1] == 1
        return tf.nn.softplus(eta) if one else tf.reduce_logsumexp(eta, 1, keepdims=True)

    def _probabilities(self, eta):
        return tf.sigmoid(eta) if eta.shape[1] == 1 else tf.nn.softmax(eta)

    @staticmethod
    @tf.function(reduce_retracing=True)
    def _loss_and_gradient(theta, X, Y, w, penalty, M):
        cls = LogisticRegression  # of a self, each would be compiled anew
        with tf.GradientTape() as tape:
            tape.watch(theta)
            eta = cls._linear(X, tf.matmul(M, theta))
            fit = tf.reduce_sum(w * cls._log_sum(eta)) - tf.reduce_sum(w * Y * eta)
            loss = fit + tf.reduce_sum(penalty * tf.square(theta)) / 2
        return loss, tape.gradient(loss, theta)

    def _hessian(self, theta, X, Y, w, penalty, M):
        P = self._probabilities(self._linear(X, tf.matmul(M, theta)))
        p, m = theta.shape
        grams = []
        for k in range(m):
            Q = w * P[:, k : k + 1] * (tf.one_hot(k, m, dtype=X.dtype) - P)
            grams.append([self._weighted_gram(X, Q[:, l : l + 1]) for l in range(m)])
        H = tf.matmul(M, tf.stack(grams) @ M, transpose_a=True)
        H = tf.reshape(tf.transpose(H, [2, 0, 3, 1]), [p * m, p * m])
        return H + tf.linalg.diag(tf.repeat(penalty[:, 0], m))

    def _weighted_gram(self, X, q):
        v = tf.matmul(X, q, transpose_a=True)
        top = tf.concat([tf.matmul(X, q * X, transpose_a=True), v], 1)
        bottom = tf.concat([tf.transpose(v), tf.reduce_sum(q, 0, keepdims=True)], 1)
        return tf.concat([top, bottom], 0)

    def _step(self, hessian, gradient, rcond):
        flat = tf.reshape(gradient, [-1, 1])
        if np.isfinite(self.C):
            return tf.reshape(tf.linalg.solve(hessian, flat), gradient.shape)
        inverse = tf.linalg.pinv(hessian, rcond=rcond)
        return tf.reshape(tf.matmul(inverse, flat), gradient.shape)

    def _dot(self, a, b):
        return tf.reduce_sum(a * b)

    def _curvature(self, theta, X, Y, w, penalty, M):
        gram = tf.matmul(M, self._weighted_gram(X, w) @ M, transpose_a=True)
        largest = (0.25 if theta.shape[1] == 1 else 0.5) * tf.linalg.eigvalsh(gram)[-1]
        return largest + tf.reduce_max(penalty)

"""The self-organising map in TensorFlow: the verbs; the rest is in ``medai_course.scratch.som``."""

import tensorflow as tf

from ..scratch import som as scratch
from .nearest import NearestCentre


class SelfOrganizingMap(NearestCentre, scratch.SelfOrganizingMap):
    def _smooth(self, S, G2, W, radius):
        N = tf.exp(-G2 / (2 * radius**2)) @ S
        weight = N[:, -1:]
        return tf.where(weight > 1e-200, N[:, :-1] / tf.maximum(weight, 1e-200), W)

    def _pull(self, W, x, G2, radius, rate):
        r = x - W
        b = tf.argmin(tf.reduce_sum(tf.square(r), 1))
        return W + (rate * tf.exp(-G2[b] / (2 * radius**2)))[:, None] * r

    def _two_nearest(self, X, W):
        D = tf.reduce_sum(tf.square(W), 1) - 2 * tf.matmul(X, W, transpose_b=True)
        return tf.math.top_k(-D, 2).indices

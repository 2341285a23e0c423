"""DBSCAN in TensorFlow: the verbs; the rest is in ``medai_course.scratch.dbscan``."""

import tensorflow as tf

from ..scratch import dbscan as scratch
from .base import TensorFlowArrays


class DBSCAN(TensorFlowArrays, scratch.DBSCAN):
    def _are_close(self, columns, i, j):
        difference = tf.gather(columns, i, axis=1) - tf.gather(columns, j, axis=1)
        return tf.reduce_sum(tf.square(difference), 0) <= self.eps**2

    def _near(self, A, B):
        columns = zip(tf.unstack(A, axis=1), tf.unstack(B, axis=1))
        return tf.add_n([tf.square(a[:, None] - b) for a, b in columns]) <= self.eps**2

    def _count_near(self, A, B):
        return tf.math.count_nonzero(self._near(A, B), 1)

    def _pairs_near(self, A, B):
        return tf.unstack(tf.where(self._near(A, B)), axis=1)

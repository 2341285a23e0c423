"""Who is nearest to which centre, in TensorFlow: the verbs of ``medai_course.scratch.nearest``."""

import tensorflow as tf

from ..scratch import nearest as scratch
from .base import TensorFlowArrays, device


class NearestCentre(TensorFlowArrays, scratch.NearestCentre):
    def _block_size(self, width):
        return max(64, (2**23 if "CPU" in device() else 2**26) // width)

    def _rows(self, A, rows):
        return tf.gather(A, rows)

    def _squared_distances(self, X, centers):
        squares = tf.reduce_sum(tf.square(X), 1)[:, None] + tf.reduce_sum(tf.square(centers), 1)
        return tf.maximum(squares - 2 * tf.matmul(X, centers, transpose_b=True), 0)

    def _nearest(self, X, centers):
        D = tf.reduce_sum(tf.square(centers), 1) - 2 * tf.matmul(X, centers, transpose_b=True)
        labels = tf.argmin(D, 1)
        return labels, tf.reduce_sum(tf.square(X - tf.gather(centers, labels)), 1)

    def _blocks(self, A, weighted, k):
        size = self._block_size(A.shape[1] + k)
        return [Block(A[s : s + size], weighted[s : s + size]) for s in range(0, len(A), size)]

    def _sums(self, blocks, centers, previous=None):
        squares = tf.reduce_sum(tf.square(centers), 1)
        M = tf.concat([-2 * centers, squares[:, None]], 1)
        norm = float(tf.reduce_max(squares)) ** 0.5
        now = [block.nearest(M, norm) for block in blocks]
        if previous is None:
            parts = [_added_up(labels, b.weighted, len(M)) for labels, b in zip(now, blocks)]
            return tf.add_n(parts), now
        S, last = previous
        both = zip(now, last, blocks)
        return tf.add_n([S, *(_change(a, z, b.weighted, len(M)) for a, z, b in both)]), now


class Block(scratch.Block):
    """As in the scratch package; a GPU's float32 keeps too few digits to screen with."""

    def __init__(self, A, weighted):
        self.A, self.weighted = A, weighted
        self.single = tf.transpose(tf.cast(A, tf.float32 if "CPU" in device() else tf.float64))
        self.norm = float(tf.reduce_max(tf.reduce_sum(tf.square(A), 1))) ** 0.5

    def nearest(self, M, norm):
        slack = tf.constant(self._rounding(norm), self.single.dtype)
        return _nearest(self.A, self.single, M, slack)


@tf.function(reduce_retracing=True)
def _nearest(A, single, M, slack):
    """The number of the nearest centre of each row; of equally near ones, the first."""
    D = tf.cast(M, single.dtype) @ single
    H = tf.cast(D <= tf.reduce_min(D, 0) + slack, D.dtype)
    numbers = tf.range(tf.shape(M)[0])
    count, labels = tf.unstack(tf.stack([tf.ones_like(H[:, 0]), tf.cast(numbers, D.dtype)]) @ H)
    unsure = tf.where(count != 1)
    exact = tf.argmin(tf.matmul(M, tf.gather_nd(A, unsure), transpose_b=True), 0)
    return tf.tensor_scatter_nd_update(labels, unsure, tf.cast(exact, labels.dtype))


def _added_up(labels, weighted, k):
    """The sum of the rows of each label; a GPU would add them in any order."""
    labels = tf.cast(labels, tf.int32)
    if "CPU" in device():
        return tf.math.unsorted_segment_sum(weighted, labels, k)
    return tf.matmul(tf.one_hot(labels, k, dtype=weighted.dtype), weighted, transpose_a=True)


@tf.function(reduce_retracing=True)
def _change(now, before, weighted, k):
    """What the rows that change hands add to H w[x, 1], and take from it."""
    rows = tf.where(now != before)
    now, before, weighted = (tf.gather_nd(a, rows) for a in (now, before, weighted))
    return _added_up(now, weighted, k) - _added_up(before, weighted, k)

"""The best split of every node of a level, in TensorFlow: the verbs of the scratch namesake."""

import tensorflow as tf

from ..scratch import tree_splits as scratch
from ..scratch.tree_splits import power_of_two
from .base import TensorFlowArrays, device


class TreeSplits(TensorFlowArrays, scratch.TreeSplits):
    @property
    def _block(self):
        return 2**17 if "CPU" in device() else 2**24

    def _take(self, a, index):
        return tf.gather(a, index)

    def _float(self, a):
        return tf.cast(a, tf.float64)

    def _x_log_x(self, x):
        x = tf.maximum(x, 0)
        return tf.math.xlogy(x, x) / tf.math.log(tf.constant(2, x.dtype))

    def _not_below_zero(self, x):
        return tf.maximum(x, 0)

    def _node_totals(self, a, level):
        total = tf.math.segment_sum(a, level.node)
        return total, tf.cumsum(total, exclusive=True)

    def _sort_in_nodes(self, rank, piece, columns):
        n, shift = rank.shape[1], int(len(piece.rows) - 1).bit_length()
        start = columns * n if columns.shape[1] == 1 else tf.gather(columns * n, piece.node, axis=1)
        ranks = tf.gather(tf.reshape(rank, [-1]), start + piece.rows)
        keys = tf.cast(ranks, tf.int64) + piece.node * power_of_two(n)
        keys = tf.sort(keys * 2**shift + tf.range(len(piece.rows), dtype=tf.int64), axis=1)
        return tf.bitwise.right_shift(keys, shift), keys & (2**shift - 1)

    def _running(self, a, order):
        return tf.cumsum(tf.gather(a, order), 1)

    def _possible(self, gain, w, ranks, totals):
        cut = (ranks[:, 1:] != ranks[:, :-1]) & (totals.closed[:-1] == 0)
        if self._min_weight > 0:
            light = (w < self._min_weight) | (totals.weight - w < self._min_weight)
            cut = cut & ~light[..., :-1]
        return (gain + totals.floor)[:, :-1] * tf.cast(cut, gain.dtype)

    def _largest(self, score, piece):
        shape = len(score), len(piece.sizes)
        slots = tf.range(shape[0], dtype=tf.int64)[:, None] * shape[1] + piece.node[:-1]
        best = tf.math.segment_max(tf.reshape(score, [-1]), tf.reshape(slots, [-1]))
        return tf.reshape(best, shape)

    def _first(self, score, ranks, piece, least):
        hits = tf.where(score[0] >= tf.gather(least, piece.node[:-1]))[:, 0]
        starts = tf.constant(piece.starts)
        place = tf.gather(hits, tf.searchsorted(hits, starts))
        ends = starts + piece.sizes - 1
        ranks = tf.gather(ranks[0], tf.stack([place, place + 1, ends]))
        return tf.concat([ranks, (place - starts + 1)[None]], 0)

    def _divide(self, rank, level, column, below):
        start = tf.gather(column * rank.shape[1], level.node)
        ranks = tf.gather(tf.reshape(rank, [-1]), start + level.rows)
        left = tf.cast(ranks, tf.int64) <= tf.gather(below, level.node)
        return tf.concat([tf.where(left)[:, 0], tf.where(~left)[:, 0]], 0)

    def _node_of_each(self, sizes):
        return tf.repeat(tf.range(len(sizes), dtype=tf.int64), sizes)

    def _in_nodes(self, mask, node):
        return tf.where(tf.gather(mask, node))[:, 0]

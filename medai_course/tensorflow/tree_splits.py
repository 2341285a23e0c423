"""The best split of every node of a level, in TensorFlow: the verbs of the scratch namesake."""

import tensorflow as tf

from ..scratch import tree_splits as scratch
from ..scratch.tree_splits import power_of_two
from .base import TensorFlowArrays, device

DIGIT = 8  # bits that one pass of a sort reads
FEW = 2**14  # keys, which tf.sort sorts as fast


class TreeSplits(TensorFlowArrays, scratch.TreeSplits):
    @property
    def _block(self):
        return 2**19 if "CPU" in device() else 2**24

    def _take(self, a, index):
        return tf.gather_nd(a, index[..., None])  # of single numbers, faster than tf.gather

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
        n, span = rank.shape[1], power_of_two(rank.shape[1])
        start = columns * n if columns.shape[1] == 1 else tf.gather(columns * n, piece.node, axis=1)
        ranks = self._take(tf.reshape(rank, [-1]), start + piece.rows)
        (F, rows), nodes = ranks.shape, len(piece.sizes)
        high = (tf.range(F, dtype=tf.int64)[:, None] * nodes + piece.node) * span
        shift = int(rows - 1).bit_length()
        keys = (high + tf.cast(ranks, tf.int64)) * 2**shift + tf.range(rows, dtype=tf.int64)
        bits = int(F * nodes * span - 1).bit_length()
        keys = tf.reshape(_sort_by_digits(tf.reshape(keys, [-1]), shift, bits), ranks.shape)
        return tf.bitwise.right_shift(keys, shift), keys & (2**shift - 1)

    def _running(self, a, order):
        return tf.cumsum(self._take(a, order), 1)

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
        start = self._take(column * rank.shape[1], level.node)
        ranks = self._take(tf.reshape(rank, [-1]), start + level.rows)
        left = tf.cast(ranks, tf.int64) <= self._take(below, level.node)
        return tf.concat([tf.where(left)[:, 0], tf.where(~left)[:, 0]], 0)

    def _in_nodes(self, mask, node):
        return tf.where(tf.gather(mask, node))[:, 0]


def _sort_by_digits(keys, first, bits):
    """Sort by ``bits`` bits from the ``first``: least digit first, each pass keeping the order."""
    if len(keys) < FEW:
        return tf.sort(keys)
    for place in range(first, first + bits, DIGIT):
        keys = _by_one_digit(keys, tf.constant(place, tf.int64))
    return keys


@tf.function(input_signature=[tf.TensorSpec([None], tf.int64), tf.TensorSpec([], tf.int64)])
def _by_one_digit(keys, place):
    digit = tf.cast(tf.bitwise.right_shift(keys, place) & (2**DIGIT - 1), tf.int32)
    return tf.concat(tf.dynamic_partition(keys, digit, 2**DIGIT), 0)

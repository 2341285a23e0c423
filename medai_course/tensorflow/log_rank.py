"""The log-rank test in TensorFlow: the verb; the rest is in ``medai_course.scratch.log_rank``."""

import tensorflow as tf

from ..scratch import log_rank as scratch
from .base import TensorFlowArrays


def log_rank_test(time, event, group, strata=None):
    return _LogRank().test(time, event, group, strata)


log_rank_test.__doc__ = scratch.log_rank_test.__doc__


class _LogRank(TensorFlowArrays, scratch._LogRank):
    def _observed_expected(self, time, event, one_hot):
        times, _ = tf.unique(tf.sort(time))
        index = tf.searchsorted(times, time)
        d = tf.math.unsorted_segment_sum(event, index, len(times))
        leaving = tf.math.unsorted_segment_sum(one_hot, index, len(times))
        n_g = tf.cumsum(leaving, reverse=True)
        n = tf.reduce_sum(n_g, 1)
        share = n_g / n[:, None]
        spread = d * (n - d) / tf.maximum(n - 1, 1)
        V = tf.linalg.diag(tf.linalg.matvec(share, spread, transpose_a=True))
        V -= tf.matmul(share, spread[:, None] * share, transpose_a=True)
        observed = tf.linalg.matvec(one_hot, event, transpose_a=True)
        return observed, tf.linalg.matvec(share, d, transpose_a=True), V

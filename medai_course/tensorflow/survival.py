"""Kaplan-Meier in TensorFlow: the verbs; the rest is in ``medai_course.scratch.survival``."""

import tensorflow as tf

from ..scratch import survival as scratch
from .base import TensorFlowArrays


class KaplanMeier(TensorFlowArrays, scratch.KaplanMeier):
    def _counts(self, time, event):
        times, _, leaving = tf.unique_with_counts(tf.sort(time), out_idx=tf.int64)
        index = tf.searchsorted(times, time)
        events = tf.math.bincount(tf.boolean_mask(index, event), minlength=len(times))
        at_risk = tf.cumsum(leaving, reverse=True)
        return times, at_risk, tf.cast(events, tf.int64), leaving

    def _product_limit(self, n, d):
        n, d = tf.cast(n, tf.float64), tf.cast(d, tf.float64)
        return tf.math.cumprod(1 - d / n), tf.cumsum(d / (n * (n - d)))

    def _limits(self, S, variance, z):
        width = z * tf.sqrt(variance)
        if self.conf_type == "plain":
            return S - S * width, S + S * width
        if self.conf_type == "log":
            return S * tf.exp(-width), S * tf.exp(width)
        exponent = tf.exp(width / tf.math.log(S))
        return S ** (1 / exponent), S**exponent

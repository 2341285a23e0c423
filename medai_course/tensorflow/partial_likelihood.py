"""Cox's partial likelihood in TensorFlow; its derivatives are left to the tape."""

import tensorflow as tf


def loss(eta, events, last, tie, fraction):
    """-l = sum over events of log(sum of e^eta at risk - f sum of e^eta tied) - eta."""
    top = tf.stop_gradient(tf.reduce_max(eta))
    w = tf.exp(eta - top)
    tied = tf.math.unsorted_segment_sum(tf.gather(w, events), tie, tf.size(tie))
    at_risk = tf.gather(tf.cumsum(w), last) - fraction * tf.gather(tied, tie)
    return tf.reduce_sum(tf.math.log(at_risk)) + tf.reduce_sum(top - tf.gather(eta, events))

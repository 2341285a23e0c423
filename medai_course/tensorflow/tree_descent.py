"""Which leaf a row ends in, in TensorFlow: the verb of ``medai_course.scratch.tree_descent``."""

import tensorflow as tf

from ..scratch import tree_descent as scratch
from .base import TensorFlowArrays


class TreeDescent(TensorFlowArrays, scratch.TreeDescent):
    _pairs = 2**17

    def _descend(self, X, roots, nodes, depth):
        feature, threshold, children, nan_right = nodes
        node = tf.repeat(tf.constant(roots)[:, None], len(X), axis=1)
        start, X = tf.range(len(X), dtype=tf.int64) * X.shape[1], tf.reshape(X, [-1])
        at = lambda a, i: tf.gather_nd(a, i[..., None])  # of single numbers, faster than tf.gather
        for _ in range(depth):
            x = at(X, start + at(feature, node))
            unknown = tf.math.is_nan(x) & at(nan_right, node)
            go_right = (x > at(threshold, node)) | unknown
            node = at(children, 2 * node + tf.cast(go_right, tf.int64))
        return node

"""Which leaf a row ends in, in TensorFlow: the verb of ``medai_course.scratch.tree_descent``."""

import tensorflow as tf

from ..scratch import tree_descent as scratch
from .base import TensorFlowArrays


class TreeDescent(TensorFlowArrays, scratch.TreeDescent):
    def _descend(self, X, roots, nodes, depth):
        feature, threshold, left, right, nan_left = nodes
        node = tf.broadcast_to(tf.constant(roots), (len(X), len(roots)))
        for _ in range(depth):
            x = tf.gather(X, tf.gather(feature, node), batch_dims=1)
            unknown = tf.math.is_nan(x) & tf.gather(nan_left, node)
            go_left = (x <= tf.gather(threshold, node)) | unknown
            node = tf.where(go_left, tf.gather(left, node), tf.gather(right, node))
        return node

"""K-means in TensorFlow: the verbs; the loop is in ``medai_course.scratch.kmeans``."""

import tensorflow as tf

from ..scratch import kmeans as scratch
from .nearest import NearestCentre


class KMeans(NearestCentre, scratch.KMeans):
    def _next_centre(self, X, w, closest, draws):
        running = tf.cumsum(w if closest is None else w * closest)
        rows = tf.searchsorted(running, draws * running[-1], side="right")
        rows = tf.minimum(rows, len(X) - 1)
        D2 = self._squared_distances(X, tf.gather(X, rows))
        D2 = D2 if closest is None else tf.minimum(closest[:, None], D2)
        best = tf.argmin(tf.linalg.matvec(D2, w, transpose_a=True))
        return rows[best], D2[:, best]

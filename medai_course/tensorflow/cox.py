"""Cox's model in TensorFlow: the verbs; the rest is in ``medai_course.scratch.cox``."""

import tensorflow as tf

from ..scratch import cox as scratch
from . import partial_likelihood
from .base import TensorFlowArrays

_REALS, _ROWS = tf.TensorSpec([None], tf.float64), tf.TensorSpec([None], tf.int64)
_TABLE = tf.TensorSpec([None, None], tf.float64)


class CoxPH(TensorFlowArrays, scratch.CoxPH):
    def _linear(self, X, beta):
        return tf.tensordot(X, beta, 1)

    def _loss(self, beta, X, penalty, *risk):
        return _loss(beta, X, penalty, *risk)

    def _derivatives(self, beta, *inputs):
        return _derivatives(beta, *inputs)

    def _step(self, hessian, gradient, rcond):
        return tf.linalg.matvec(tf.linalg.pinv(hessian, rcond=rcond), gradient)

    def _hazard_steps(self, beta, X, events, last, tie, fraction):
        return 1 / tf.gather(tf.cumsum(tf.exp(tf.linalg.matvec(X, beta))), last)


def _loss(beta, X, penalty, *risk):
    eta = tf.linalg.matvec(X, beta)
    return partial_likelihood.loss(eta, *risk) + tf.tensordot(penalty, tf.square(beta), 1) / 2


@tf.function(input_signature=(_REALS, _TABLE, _REALS, _ROWS, _ROWS, _ROWS, _REALS))
def _derivatives(beta, *inputs):  # compiled once, for every number of patients and features
    with tf.GradientTape() as outer:
        outer.watch(beta)
        with tf.GradientTape() as inner:
            inner.watch(beta)
            loss = _loss(beta, *inputs)
        gradient = inner.gradient(loss, beta)
    return loss, gradient, outer.jacobian(gradient, beta)

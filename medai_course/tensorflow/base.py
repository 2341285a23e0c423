"""What every TensorFlow class of the course shares: the device, and the border for arrays.

Squares are written ``tf.square(x)``: outside of a ``tf.function``, ``x**2`` is a power like any
other, and takes a hundred times as long.
"""

import os

import tensorflow as tf


def device():
    """MEDAI_DEVICE (cpu, cuda, cuda:1) if set; else the first GPU where there is one, else CPU."""
    chosen = os.environ.get("MEDAI_DEVICE")
    if not chosen:
        chosen = "cuda" if tf.config.list_physical_devices("GPU") else "cpu"
    kind, _, index = chosen.partition(":")
    if kind not in ("cpu", "cuda", "gpu"):
        raise ValueError(f"MEDAI_DEVICE={chosen!r} is no TensorFlow device; try cpu or cuda")
    return f"/{'CPU' if kind == 'cpu' else 'GPU'}:{index or 0}"


class TensorFlowArrays:
    """Arrays cross to tensors on the device once, before the verbs, and come home once, after."""

    def _to_backend(self, *arrays):
        with tf.device(device()):
            tensors = [tf.constant(a) for a in arrays]
        return tensors if len(tensors) > 1 else tensors[0]

    def _to_numpy(self, *tensors):
        arrays = [t.numpy() for t in tensors]
        return arrays if len(arrays) > 1 else arrays[0]

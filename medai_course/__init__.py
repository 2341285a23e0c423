"""AI in medicine: the algorithms of the course in NumPy, in PyTorch and in TensorFlow.

``medai_course.scratch`` is the textbook: every algorithm in NumPy, readable from top to bottom.
``medai_course.pytorch`` and ``medai_course.tensorflow`` hold the classes of the same names, in the
files of the same names, with only the mathematics rewritten.  Nothing is imported until asked for.
"""

__version__ = "0.1.0"

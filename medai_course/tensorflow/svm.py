"""Support vector machine in TensorFlow: the verbs are in ``svm_dual``, the rest in scratch."""

from ..scratch import svm as scratch
from .svm_dual import KernelMachine


class SVM(KernelMachine, scratch.SVM):
    pass

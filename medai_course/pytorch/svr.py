"""Support vector regression in PyTorch: the verbs are in ``svm_dual``, the rest in scratch."""

from ..scratch import svr as scratch
from .svm_dual import KernelMachine


class SVR(KernelMachine, scratch.SVR):
    pass

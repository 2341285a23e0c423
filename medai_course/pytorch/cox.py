"""Cox's model in PyTorch: the verbs; the rest is in ``medai_course.scratch.cox``."""

import torch

from ..scratch import cox as scratch
from . import partial_likelihood
from .base import TorchArrays


class CoxPH(TorchArrays, scratch.CoxPH):
    def _loss(self, beta, X, penalty, *risk):
        return partial_likelihood.loss(X @ beta, *risk) + penalty @ beta**2 / 2

    def _derivatives(self, beta, *inputs):
        def gradient_and_loss(beta):
            gradient, loss = torch.func.grad_and_value(self._loss)(beta, *inputs)
            return gradient, (gradient, loss)

        hessian, (gradient, loss) = torch.func.jacfwd(gradient_and_loss, has_aux=True)(beta)
        return loss, gradient, hessian

    def _step(self, hessian, gradient, rcond):
        return torch.linalg.pinv(hessian, rtol=rcond, hermitian=True) @ gradient

    def _hazard_steps(self, beta, X, events, last, tie, fraction):
        return 1 / torch.exp(X @ beta).cumsum(0)[last]

"""The hyper-parameters that the kernel machines share, checked."""

from dataclasses import dataclass

import numpy as np

from .base import Estimator, check_choice, check_count, check_positive

KERNELS = ("linear", "rbf", "poly")

KERNEL = r"""C : float > 0, default 1.0
        What a unit of error costs: of a row inside the margin, or beyond the tube; the larger, the
        closer the fit and the narrower the margin.
    kernel : {"rbf", "linear", "poly"} or callable, default "rbf"
        :math:`e^{-\gamma \lVert a - b \rVert^2}`, :math:`a^\top b`,
        :math:`(\gamma a^\top b + \mathrm{coef0})^{\mathrm{degree}}`, or a function of two ndarrays
        (n, d) and (m, d) that returns one (n, m).
    degree : int ≥ 1, default 3
        Of ``kernel="poly"``.
    gamma : float > 0, "scale" or "auto", default "scale"
        :math:`\gamma`; "scale" is 1 / (d var(X)), "auto" 1 / d.
    coef0 : float, default 0.0
        Of ``kernel="poly"``.
    tol : float > 0, default 1e-3
        Largest violation left of the conditions for the maximum, in the unit of f.
    cache_size : float > 0, default 500
        Memory for rows of the kernel matrix (MB).
    max_iter : int ≥ 1, default 1_000_000
        Most steps of pairs."""


@dataclass(eq=False, repr=False, kw_only=True)
class KernelSettings(Estimator):
    """A kernel, the price of errors, and when to stop."""

    C: float = 1.0
    kernel: object = "rbf"
    degree: int = 3
    gamma: float | str = "scale"
    coef0: float = 0.0
    tol: float = 1e-3
    cache_size: float = 500
    max_iter: int = 1_000_000

    _shared_docs = (("kernel_settings", KERNEL),)

    def _check_params(self):
        if not callable(self.kernel):
            check_choice("kernel", self.kernel, KERNELS)
        check_positive("C", self.C)
        check_positive("tol", self.tol)
        check_positive("cache_size", self.cache_size)
        check_count("degree", self.degree)
        check_count("max_iter", self.max_iter)
        if not isinstance(self.gamma, str):
            check_positive("gamma", self.gamma)
        else:
            check_choice("gamma", self.gamma, ("scale", "auto"))
        if not np.isfinite(self.coef0):
            raise ValueError(f"coef0 must be a finite number, got {self.coef0!r}")

    def _gamma_of(self, X, w):
        """1 / (d var(X)), the variance over all entries, or 1 / d, or what was given."""
        if not isinstance(self.gamma, str):
            return float(self.gamma)
        mean = np.average(X, axis=0, weights=w).mean()
        variance = np.average((X - mean) ** 2, axis=0, weights=w).mean()
        scale = variance if self.gamma == "scale" and variance > 0 else 1.0
        return 1 / (X.shape[1] * scale)

"""Sequential minimal optimisation: two coefficients at a time, chosen to gain the most."""

import numpy as np


def smo(K, F, beta, lo, hi, tol, max_iter):
    r"""Raise :math:`t^\top\beta - \frac12 \beta^\top K \beta` by steps of pairs; the new beta.

    The sum of ``beta`` never changes and ``lo`` ≤ ``beta`` ≤ ``hi`` holds throughout.  ``F`` is
    the slope :math:`t - K\beta`.  A step takes from one coefficient j and gives to another i:

    .. math::
        \delta = \frac{F_i - F_j}{K_{ii} + K_{jj} - 2 K_{ij}}, \qquad
        \text{gain} = \frac{(F_i - F_j)^2}{2 (K_{ii} + K_{jj} - 2 K_{ij})}

    cut where a bound is met.  i is the steepest that may rise; j, of those that may fall, the one
    with the largest gain (second-order selection).  It ends when no pair differs by more than
    ``tol`` in slope, or after ``max_iter`` steps.

    Parameters
    ----------
    K : ndarray of shape (q, q)
        Kernel between the rows.
    F, beta, lo, hi : ndarray of shape (q,)
        Slopes, coefficients and their bounds.
    tol : float > 0
        Largest difference of slopes left, in the unit of ``F``.
    max_iter : int
        Most steps.

    Returns
    -------
    beta : ndarray of shape (q,)
        The new coefficients.
    n_iter : int
        Steps taken.

    References
    ----------
    Platt, J. C. (1999). Fast training of support vector machines using sequential minimal
    optimization. In: Advances in Kernel Methods: Support Vector Learning, MIT Press, 185-208.

    Fan, R.-E., Chen, P.-H. and Lin, C.-J. (2005). Working set selection using second order
    information for training support vector machines. J. Mach. Learn. Res. 6, 1889-1918.
    """
    flatness = _Flatness(K)
    up, low = np.where(beta < hi, F, -np.inf), np.where(beta > lo, F, np.inf)  # F of who may move
    beta, lo, hi, rows = beta.tolist(), lo.tolist(), hi.tolist(), list(K)
    excess, gain, n_iter = np.empty_like(F), np.empty_like(F), 0
    while n_iter < max_iter:
        i = up.argmax()
        np.subtract(up[i], low, out=excess)  # F_i - F_j
        flat = flatness[i]
        j = np.multiply(excess, flat, out=gain).argmax()  # the root of twice the gain
        slope = excess.item(j)
        if slope <= tol and excess.max() <= tol:
            break
        room_i, room_j = hi[i] - beta[i], beta[j] - lo[j]
        step = min(slope * flat.item(j) ** 2, room_i, room_j)
        np.subtract(rows[i], rows[j], out=gain)
        np.multiply(gain, step, out=gain)
        np.subtract(up, gain, out=up)
        np.subtract(low, gain, out=low)
        _move(beta, i, step, room_i, hi, lo, up, low, -np.inf)
        _move(beta, j, -step, room_j, lo, hi, low, up, np.inf)
        n_iter += 1
    return np.array(beta), n_iter


class _Flatness(dict):
    """1 / sqrt(K_ii + K_jj - 2 K_ij), at most 1e6: row i when it is first asked for."""

    def __init__(self, K):
        super().__init__()
        self.K, self.diagonal = K, np.diagonal(K).copy()

    def __missing__(self, i):
        row = np.multiply(self.K[i], -2)
        row += self.diagonal
        row += self.diagonal[i]
        np.maximum(row, 1e-12, out=row)
        self[i] = np.divide(1, np.sqrt(row, out=row), out=row)
        return row


def _move(beta, k, step, room, bound, other, onward, back, closed):
    """beta_k moves by ``step``: at its bound it may go no further, and off the other one back."""
    if beta[k] == other[k]:
        back[k] = onward[k]
    if abs(step) == room:
        beta[k], onward[k] = bound[k], closed
    else:
        beta[k] += step

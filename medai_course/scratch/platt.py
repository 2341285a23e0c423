"""From decision values to probabilities: Platt's sigmoid, and the coupling of pairs of classes."""

import numpy as np


def folds(codes, rng, k=5):
    """The fold, 0 to k - 1, of each row: drawn by chance, and every class spread over all folds."""
    fold = np.empty(len(codes), int)
    for c in np.unique(codes):
        rows = rng.permutation(np.flatnonzero(codes == c))
        fold[rows] = np.arange(len(rows)) % k
    return fold


def fit_sigmoid(f, positive):
    r"""A and B of :math:`p = 1 / (1 + e^{A f + B})` for decision values ``f`` (n,).

    Targets are drawn in from 0 and 1, to :math:`1/(n_- + 2)` and :math:`(n_+ + 1)/(n_+ + 2)`, so
    that separated classes have a finite answer.  Newton's method, each step halved until the loss
    falls.

    References
    ----------
    Lin, H.-T., Lin, C.-J. and Weng, R. C. (2007). A note on Platt's probabilistic outputs for
    support vector machines. Machine Learning 68, 267-276. doi:10.1007/s10994-007-5018-6
    """
    n_pos = np.count_nonzero(positive)
    n_neg = len(f) - n_pos
    t = np.where(positive, (n_pos + 1) / (n_pos + 2), 1 / (n_neg + 2))
    Z = np.column_stack([f, np.ones(len(f))])
    ab = np.array([0.0, np.log((n_neg + 1) / (n_pos + 1))])
    loss = _loss(Z @ ab, t)
    for _ in range(100):
        p = np.exp(-np.logaddexp(0, Z @ ab))
        gradient = Z.T @ (t - p)
        if np.abs(gradient).max() < 1e-10 * len(f):
            break
        hessian = Z.T @ ((p * (1 - p))[:, None] * Z) + 1e-12 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        for size in 0.5 ** np.arange(40):
            new = _loss(Z @ (ab - size * step), t)
            if new <= loss:
                break
        else:
            break
        ab, loss = ab - size * step, new
    return ab


def _loss(z, t):
    """sum of t z + log(1 + e^-z), without overflow."""
    return np.sum(t * z + np.logaddexp(0, -z))


def couple(R):
    r"""Probabilities (n, k) of k classes from those of pairs: ``R[:, i, j]`` is i's against j.

    They minimise :math:`\sum_{i \ne j} (r_{ji} p_i - r_{ij} p_j)^2` with a sum of 1.

    References
    ----------
    Wu, T.-F., Lin, C.-J. and Weng, R. C. (2004). Probability estimates for multi-class
    classification by pairwise coupling. J. Mach. Learn. Res. 5, 975-1005.
    """
    n, k = R.shape[:2]
    Q = np.ones((n, k + 1, k + 1))
    Q[:, :k, :k] = -R * R.transpose(0, 2, 1)
    Q[:, np.arange(k), np.arange(k)] = np.sum(R**2, 1)
    Q[:, k, k] = 0
    right = np.zeros((n, k + 1, 1))
    right[:, k] = 1
    P = np.linalg.solve(Q, right)[:, :k, 0].clip(0)
    return P / P.sum(1, keepdims=True)

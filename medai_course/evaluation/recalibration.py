"""Are the predictions too extreme, or too high?  Calibration slope and intercept."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from scipy.stats import norm

from .inputs import check_share, outcomes, probabilities
from .interval import Interval


class Recalibration(NamedTuple):
    """Slope and intercept, made by ``logistic_recalibration``."""

    slope: Interval
    intercept: Interval


def logistic_recalibration(
    y_true: ArrayLike, y_prob: ArrayLike, level: float = 0.95
) -> Recalibration:
    r"""Calibration slope and intercept, from the log odds :math:`L` of the predictions.

    .. math::
        \mathrm{logit}\,P(y = 1) = a + b L, \qquad \mathrm{logit}\,P(y = 1) = a_0 + L

    The **slope** is b: below 1 the predictions are too extreme, as those of an overfitted model
    are.  The **intercept** is :math:`a_0`, with the slope held at 1: below 0 the predictions are
    too high on average.  Maximum likelihood by Newton's method, with Wald intervals.

    Parameters
    ----------
    y_true, y_prob : array-like of shape (n,)
        As for ``brier_score``; probabilities strictly between 0 and 1.
    level : float between 0 and 1

    Raises
    ------
    ValueError
        As for ``brier_score``; ``y_true`` constant; a probability of 0 or 1; predictions that are
        all the same, or that separate the events from the others, so that no slope exists.

    References
    ----------
    Cox, D. R. (1958). Two further applications of a model for binary regression. Biometrika
    45(3/4), 562-565. doi:10.1093/biomet/45.3-4.562
    """
    check_share("level", level)
    y, p = outcomes(y_true, y_prob=y_prob)
    probabilities(y_prob=p)
    extreme = np.count_nonzero((p == 0) | (p == 1))
    if extreme:
        raise ValueError(
            f"y_prob is 0 or 1 for {extreme} of {len(p)} patients, whose log odds are infinite: "
            "clip it, for example np.clip(y_prob, 1e-6, 1 - 1e-6)"
        )
    L = logit(p)
    if np.ptp(L) == 0:
        raise ValueError("the slope is undefined: y_prob is the same for everyone")
    events, others = L[y == 1], L[y == 0]
    if events.min() >= others.max() or others.min() >= events.max():
        raise ValueError(
            "the slope is infinite: y_prob separates the events from the others; get more patients"
        )
    slope, slope_error = _fit(np.column_stack([L, np.ones(len(y))]), y, np.zeros(len(y)))
    intercept, intercept_error = _fit(np.ones((len(y), 1)), y, L)
    z = norm.isf((1 - level) / 2)
    return Recalibration(
        *(
            Interval(float(value), float(value - z * error), float(value + z * error), level)
            for value, error in ((slope, slope_error), (intercept, intercept_error))
        )
    )


def _fit(X, y, offset):
    """First coefficient of logistic regression and its standard error: H step = X'(y - p)."""
    beta = np.zeros(X.shape[1])
    loss = lambda b: np.logaddexp(0, offset + X @ b).sum() - y @ (offset + X @ b)
    for _ in range(100):
        p = expit(offset + X @ beta)
        hessian = (X.T * (p * (1 - p))) @ X
        step = np.linalg.solve(hessian, X.T @ (y - p))
        size, gain = 1.0, step @ hessian @ step
        while loss(beta + size * step) > loss(beta) * (1 + 1e-12) and size > 1e-10:
            size /= 2
        beta = beta + size * step
        if gain < 1e-20:
            break
    p = expit(offset + X @ beta)
    return beta[0], np.sqrt(np.linalg.inv((X.T * (p * (1 - p))) @ X)[0, 0])

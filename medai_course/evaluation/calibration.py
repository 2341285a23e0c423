"""Do 30 % of the patients with a risk of 30 % fall ill?  Calibration of predicted probabilities."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .bootstrap import additive
from .diagnostic import wilson_interval
from .inputs import measurements, probabilities


class BrierDecomposition(NamedTuple):
    """Parts of the Brier score: brier = reliability - resolution + uncertainty + within."""

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


@additive(lambda squared, n: squared / n)
def brier_score(y_true: ArrayLike, y_prob: ArrayLike):
    r"""Mean squared error of probabilities, :math:`\frac1n \sum_i (p_i - y_i)^2`; 0 is perfect.

    Predicting the prevalence :math:`\pi` for everyone gets :math:`\pi(1-\pi)`.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 where the event happened, 0 where not.
    y_prob : array-like of shape (n,)
        Predicted probability of the event.

    Raises
    ------
    ValueError
        Lengths differ; ``y_true`` not 0 or 1; ``y_prob`` not between 0 and 1.

    References
    ----------
    Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly
    Weather Review 78(1), 1-3. doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
    """
    y, p = _events(y_true, y_prob)
    return (p - y) ** 2


def brier_decomposition(
    y_true: ArrayLike, y_prob: ArrayLike, n_bins: int | None = None
) -> BrierDecomposition:
    r"""The Brier score as what calibration loses, what ranking wins and what chance costs.

    .. math::
        \frac1n \sum_k n_k (\bar p_k - \bar y_k)^2 - \frac1n \sum_k n_k (\bar y_k - \bar y)^2
        + \bar y (1 - \bar y) + \mathrm{within}

    over groups k of equal predictions (Murphy 1973), where ``within`` is 0; or over ``n_bins`` of
    equal width, whose different predictions leave the rest ``within`` (Stephenson et al. 2008).
    Parameters and errors as for ``brier_score``.

    References
    ----------
    Murphy, A. H. (1973). A new vector partition of the probability score. Journal of Applied
    Meteorology 12(4), 595-600. doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2

    Stephenson, D. B., Coelho, C. A. S. and Jolliffe, I. T. (2008). Two extra components in the
    Brier score decomposition. Weather and Forecasting 23(4), 752-757. doi:10.1175/2007WAF2006116.1
    """
    y, p = _events(y_true, y_prob)
    group = np.unique(p, return_inverse=True)[1] if n_bins is None else _bins(p, n_bins, "uniform")
    n_k, p_k, y_k = _groups(group, p, y)
    share, base = n_k / len(y), y.mean()
    brier = float(np.mean((p - y) ** 2))
    reliability, resolution = share @ (p_k - y_k) ** 2, share @ (y_k - base) ** 2
    within = brier - reliability + resolution - base * (1 - base) if n_bins else 0.0
    return BrierDecomposition(
        brier, float(reliability), float(resolution), float(base * (1 - base)), float(within)
    )


def calibration_curve(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    n_bins: int = 10,
    strategy: str = "quantile",
    level: float = 0.95,
) -> pd.DataFrame:
    """Predicted and observed risk, group by group of similar predictions.

    Parameters
    ----------
    y_true, y_prob : array-like of shape (n,)
        As for ``brier_score``.
    n_bins : int ≥ 1
        Number of groups; those that stay empty are left out.
    strategy : {"quantile", "uniform"}
        Groups of equally many patients (ties stay together), or of equal width.
    level : float between 0 and 1

    Returns
    -------
    DataFrame
        A row a group: ``n``, mean ``predicted`` risk, and ``observed``, the share of events with
        Wilson's interval.

    Raises
    ------
    ValueError
        As for ``brier_score``; ``n_bins`` or ``strategy`` outside its range.

    References
    ----------
    Van Calster, B. et al. (2019). Calibration: the Achilles heel of predictive analytics. BMC
    Medicine 17, 230. doi:10.1186/s12916-019-1466-7
    """
    y, p = _events(y_true, y_prob)
    n_k, p_k, y_k = _groups(_bins(p, n_bins, strategy), p, y)
    events = np.rint(n_k * y_k).astype(int)
    observed = [wilson_interval(int(k), int(n), level) for k, n in zip(events, n_k)]
    return pd.DataFrame({"n": n_k, "predicted": p_k, "observed": observed})


def expected_calibration_error(
    y_true: ArrayLike, y_prob: ArrayLike, n_bins: int = 10, strategy: str = "uniform"
) -> float:
    r"""Mean distance of predicted from observed risk, over groups of similar predictions.

    .. math::
        \mathrm{ECE} = \sum_k \frac{n_k}{n} \, |\bar p_k - \bar y_k|

    It depends on the number of groups, and is above 0 by chance alone: give a curve with it.
    Parameters and errors as for ``calibration_curve``.

    References
    ----------
    Guo, C. et al. (2017). On calibration of modern neural networks. Proceedings of Machine Learning
    Research 70, 1321-1330. doi:10.48550/arXiv.1706.04599
    """
    y, p = _events(y_true, y_prob)
    n_k, p_k, y_k = _groups(_bins(p, n_bins, strategy), p, y)
    return float(n_k @ abs(p_k - y_k) / len(y))


def _events(y_true, y_prob):
    y, p = measurements(y_true=y_true, y_prob=y_prob)
    if not np.isin(y, (0, 1)).all():
        raise ValueError("y_true must be 1 (the event happened) or 0")
    probabilities(y_prob=p)
    return y, p


def _bins(p, n_bins, strategy):
    if not isinstance(n_bins, (int, np.integer)) or n_bins < 1:
        raise ValueError(f"n_bins must be an integer ≥ 1, got {n_bins!r}")
    if strategy not in ("quantile", "uniform"):
        raise ValueError(f"strategy must be 'quantile' or 'uniform', got {strategy!r}")
    inner = np.linspace(0, 1, n_bins + 1)[1:-1]
    return np.searchsorted(inner if strategy == "uniform" else np.quantile(p, inner), p)


def _groups(group, p, y):
    """Of each group that has members: their number, mean prediction and share of events."""
    n = np.bincount(group)
    seen = n > 0
    p_k, y_k = (np.bincount(group, v)[seen] / n[seen] for v in (p, y))
    return n[seen], p_k, y_k

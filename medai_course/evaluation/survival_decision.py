"""Is a predicted risk worth acting on, though some were censored?  Decision curves at one time."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .censoring import outcome_times
from .inputs import measurements, probabilities
from .survival_calibration import survival_at


def survival_decision_curve(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike | Mapping[str, ArrayLike],
    horizon: float,
    thresholds: ArrayLike,
) -> pd.DataFrame:
    r"""Net benefit of treating by the predicted risk of an event up to one time.

    .. math::
        \mathrm{NB}(p_t) = \frac{n_t}{n} \Bigl[ 1 - \hat S_t(h)
            - \hat S_t(h)\, \frac{p_t}{1 - p_t} \Bigr]

    with the :math:`n_t` patients whose risk is the threshold :math:`p_t` or more, and their
    Kaplan-Meier survival :math:`\hat S_t` to the horizon h: of those censored before it, as many
    are taken to have the event as of those who were still followed.

    Parameters
    ----------
    time, event : array-like of shape (n,)
        Time ≥ 0 of the event (1) or of censoring (0).
    risk : array-like of shape (n,), or mapping of names to such
        Predicted probability of the event by ``horizon``, of one model or of each by its name.
    horizon : float ≥ 0
        In the unit of ``time``.
    thresholds : array-like of shape (k,)
        At least 0 and below 1.

    Returns
    -------
    DataFrame
        A row a threshold; columns the models, "treat all" and "treat none" (0).

    Raises
    ------
    ValueError
        As for ``survival_at``; ``risk`` or ``thresholds`` outside their range; nobody among those
        treated at a threshold followed to the horizon; a model named like a strategy.

    References
    ----------
    Vickers, A. J. et al. (2008). Extensions to decision curve analysis, a novel method for
    evaluating diagnostic tests, prediction models and molecular markers. BMC Medical Informatics
    and Decision Making 8, 53. doi:10.1186/1472-6947-8-53
    """
    models = dict(risk) if isinstance(risk, Mapping) else {"model": risk}
    if {"treat all", "treat none"} & models.keys():
        raise ValueError('a model is named "treat all" or "treat none", like a strategy: rename it')
    time, event = outcome_times(time, event)
    (thresholds,) = measurements(thresholds=thresholds)
    if ((thresholds < 0) | (thresholds >= 1)).any():
        raise ValueError(f"thresholds must be at least 0 and below 1, got {thresholds}")
    _, *risks = measurements(time=time, **{f"risk[{name!r}]": p for name, p in models.items()})
    probabilities(**{f"risk[{name!r}]": p for name, p in zip(models, risks)})
    everyone = np.full(len(time), 1.0)
    curves = {
        name: [_net_benefit(time, event, p >= t, horizon, t) for t in thresholds]
        for name, p in [*zip(models, risks), ("treat all", everyone)]
    }
    curves["treat none"] = np.zeros(len(thresholds))
    return pd.DataFrame(curves, index=pd.Index(thresholds, name="threshold"))


def _net_benefit(time, event, treated, horizon, threshold):
    if not treated.any():
        return 0.0
    S = survival_at(time[treated], event[treated], horizon).value
    return treated.mean() * (1 - S - S * threshold / (1 - threshold))

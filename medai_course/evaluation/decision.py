"""Is it worth acting on?  Decision curves: the net benefit of treating by a predicted risk."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .inputs import measurements, probabilities


def net_benefit(y_true: ArrayLike, y_prob: ArrayLike, threshold: float) -> float:
    r"""True positives per patient, less the false positives at the rate they are worth.

    .. math::
        \mathrm{NB}(p_t) = \frac{\mathrm{TP}}{n} - \frac{\mathrm{FP}}{n}\,\frac{p_t}{1 - p_t}

    Who treats at a risk of :math:`p_t` says that one treated in vain weighs :math:`p_t/(1-p_t)`
    of one treated rightly.  A patient is treated at a risk of the threshold or above.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 where the event happened, 0 where not.
    y_prob : array-like of shape (n,)
        Predicted probability of the event.
    threshold : float, at least 0 and below 1
        Risk at which one would treat.

    Raises
    ------
    ValueError
        Lengths differ; ``y_true`` not 0 or 1; ``y_prob`` or ``threshold`` outside its range.

    References
    ----------
    Vickers, A. J. and Elkin, E. B. (2006). Decision curve analysis: a novel method for evaluating
    prediction models. Medical Decision Making 26(6), 565-574. doi:10.1177/0272989X06295361
    """
    curve = decision_curve(y_true, y_prob, [threshold])
    return float(curve["model"].iloc[0])


def decision_curve(
    y_true: ArrayLike,
    y_prob: ArrayLike | Mapping[str, ArrayLike],
    thresholds: ArrayLike | None = None,
) -> pd.DataFrame:
    """Net benefit of models, of treating all and of treating none, at each threshold.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 where the event happened, 0 where not.
    y_prob : array-like of shape (n,), or mapping of names to such
        Predicted probabilities of one model, or of each by its name.
    thresholds : array-like of shape (k,) or None
        At least 0 and below 1; None takes 0.01 to 0.99 in steps of 0.01.

    Returns
    -------
    DataFrame
        A row a threshold; columns the models, "treat all" and "treat none" (0).  A model helps
        where it is above both.

    Raises
    ------
    ValueError
        As for ``net_benefit``; a model named like a strategy.

    References
    ----------
    Vickers, A. J. and Elkin, E. B. (2006). Decision curve analysis: a novel method for evaluating
    prediction models. Medical Decision Making 26(6), 565-574. doi:10.1177/0272989X06295361
    """
    models = dict(y_prob) if isinstance(y_prob, Mapping) else {"model": y_prob}
    if {"treat all", "treat none"} & models.keys():
        raise ValueError('a model is named "treat all" or "treat none", like a strategy: rename it')
    thresholds = np.linspace(0.01, 0.99, 99) if thresholds is None else thresholds
    (thresholds,) = measurements(thresholds=thresholds)
    if ((thresholds < 0) | (thresholds >= 1)).any():
        raise ValueError(f"thresholds must be at least 0 and below 1, got {thresholds}")
    named = {f"y_prob[{name!r}]" if len(models) > 1 else "y_prob": p for name, p in models.items()}
    y, *risks = measurements(y_true=y_true, **named)
    if not np.isin(y, (0, 1)).all():
        raise ValueError("y_true must be 1 (the event happened) or 0")
    probabilities(**dict(zip(named, risks)))
    odds, curves = thresholds / (1 - thresholds), {}
    for name, p in zip(models, risks):
        treated_ill, treated_well = (_at_least(p[y == k], thresholds) for k in (1, 0))
        curves[name] = (treated_ill - treated_well * odds) / len(y)
    curves["treat all"] = y.mean() - (1 - y.mean()) * odds
    curves["treat none"] = np.zeros(len(thresholds))
    return pd.DataFrame(curves, index=pd.Index(thresholds, name="threshold"))


def _at_least(p, thresholds):
    """How many of ``p`` reach each threshold."""
    return len(p) - np.searchsorted(np.sort(p), thresholds, side="left")

"""Rivals that predict a risk, side by side: ranking, error and calibration, with intervals."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .bootstrap import patient_bootstrap
from .calibration import brier_score
from .classification import roc_auc
from .inputs import outcomes, probabilities
from .recalibration import logistic_recalibration


def risk_report(
    y_true: ArrayLike,
    risks: Mapping[str, ArrayLike],
    patient_ids: ArrayLike,
    *,
    clip: float = 0.0,
    **bootstrap: Any,
) -> pd.DataFrame:
    """How well each of several models predicts a risk.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 where the patient has the disease, 0 where not.
    risks : mapping of names to array-like of shape (n,)
        Predicted probabilities.  One that is the same for everyone, such as the prevalence, ranks
        nobody and has a Brier score only.
    patient_ids : array-like of shape (n,)
        Whose each observation is; the bootstrap draws patients.
    clip : float in [0, 0.5), default 0.0
        For the calibration risks count as at least this and at most 1 less this; a model that says
        0 or 1 needs it, as its log odds would be infinite.
    **bootstrap
        ``n_resamples``, ``level``, ``random_state``, ``method`` of ``patient_bootstrap``.

    Returns
    -------
    DataFrame of Interval
        A row a model, in the order given.  Columns "AUC" and "Brier score" with intervals by
        bootstrap over patients, "slope" and "intercept" of the calibration with Wald intervals;
        NaN where there is no such number.

    Raises
    ------
    ValueError
        No model; lengths differ; ``y_true`` not 0 or 1, or constant; a risk outside 0 to 1, or of
        0 or 1 without ``clip``; what ``patient_bootstrap`` refuses.
    """
    if not isinstance(risks, Mapping) or not risks:
        raise ValueError("risks must map the name of each model to its predicted risks")
    y, *checked = outcomes(y_true, **{f"risks[{name!r}]": risk for name, risk in risks.items()})
    probabilities(**{f"risks[{name!r}]": risk for name, risk in zip(risks, checked)})
    if not 0 <= clip < 0.5:
        raise ValueError(f"clip must be at least 0 and below 0.5, got {clip!r}")
    rows = {name: _row(y, risk, patient_ids, clip, bootstrap) for name, risk in zip(risks, checked)}
    columns = ["AUC", "Brier score", "slope", "intercept"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("model")


def _row(y, risk, patient_ids, clip, bootstrap):
    def interval(metric):
        return patient_bootstrap(metric, y, risk, patient_ids=patient_ids, **bootstrap)

    if np.ptp(risk) == 0:
        return [np.nan, interval(brier_score), np.nan, np.nan]
    level = bootstrap.get("level", 0.95)
    calibration = logistic_recalibration(y, risk.clip(clip, 1 - clip), level)
    return [interval(roc_auc), interval(brier_score), *calibration]

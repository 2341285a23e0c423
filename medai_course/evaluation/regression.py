"""Errors of predicted quantities, with intervals over patients, against a baseline, by subgroup."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .bootstrap import additive, patient_bootstrap
from .inputs import labels, measurements, patient_codes
from .interval import Interval


@additive(lambda absolute, n: absolute / n)
def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike):
    r"""Mean absolute error, :math:`\frac1n\sum_i |\hat y_i - y_i|`, in the unit of ``y_true``.

    Every observation counts the same, so a patient with many counts for more.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        What was measured and what was predicted, in one unit.

    Raises
    ------
    ValueError
        Lengths differ; an entry is not a finite number.

    References
    ----------
    Willmott, C. J. and Matsuura, K. (2005). Advantages of the mean absolute error (MAE) over the
    root mean square error (RMSE). Climate Research 30, 79-82. doi:10.3354/cr030079
    """
    return np.abs(_error(y_true, y_pred))


@additive(lambda squared, n: np.sqrt(squared / n))
def root_mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike):
    r"""Root mean squared error, :math:`\sqrt{\frac1n\sum_i (\hat y_i - y_i)^2}`, in the unit of y.

    Weighs large errors more than the mean absolute error, and is never below it.  Parameters and
    errors as for ``mean_absolute_error``.
    """
    return _error(y_true, y_pred) ** 2


@additive(lambda error, n: error / n)
def mean_error(y_true: ArrayLike, y_pred: ArrayLike):
    r"""Bias, :math:`\frac1n\sum_i (\hat y_i - y_i)`, in the unit of ``y_true``.

    Above 0 the predictions are too high on average.  Parameters and errors as for
    ``mean_absolute_error``.
    """
    return _error(y_true, y_pred)


def _share_explained(squared, y, y_squared, n):
    """1 - SSE / SST; NaN where all y of a resample are equal but for rounding."""
    total = y_squared - y**2 / n
    return 1 - squared / np.where(total > 1e-12 * y_squared, total, np.nan)


@additive(_share_explained)
def r_squared(y_true: ArrayLike, y_pred: ArrayLike):
    r"""Share of variance explained, :math:`1 - \sum_i(\hat y_i-y_i)^2 / \sum_i(y_i-\bar y)^2`.

    1 is perfect, 0 no better than predicting the mean of ``y_true``, below 0 worse.  The mean is
    that of all observations of all patients: where patients differ much from one another, telling
    them apart is already enough for a high value.  Parameters and errors as for
    ``mean_absolute_error``; also a ValueError where ``y_true`` is constant, R² being undefined.
    """
    y_true, y_pred = measurements(y_true=y_true, y_pred=y_pred)
    if np.ptp(y_true) == 0:
        raise ValueError("R² is undefined: y_true is constant; use the mean absolute error")
    y = y_true - y_true.mean()  # keeps the sum of squares from cancelling
    return (y_pred - y_true) ** 2, y, y**2


@additive(lambda model, baseline, n: (model - baseline) / n)
def mae_difference(y_true: ArrayLike, y_pred: ArrayLike, y_baseline: ArrayLike):
    """Mean absolute error of ``y_pred`` less that of ``y_baseline``, in the unit of ``y_true``.

    Below 0 the model is better.  Both are judged on the same observations, so that in
    ``patient_bootstrap`` the comparison is paired.
    """
    return _absolute_errors(y_true, y_pred, y_baseline)


@additive(lambda model, baseline, n: 1 - model / baseline)
def skill_score(y_true: ArrayLike, y_pred: ArrayLike, y_baseline: ArrayLike):
    """1 - MAE / MAE of the baseline: 1 is perfect, 0 no better than the baseline, below 0 worse.

    A ValueError where the baseline makes no error at all, the score being undefined.

    References
    ----------
    Murphy, A. H. (1988). Skill scores based on the mean square error and their relationships to
    the correlation coefficient. Monthly Weather Review 116(12), 2417-2424.
    doi:10.1175/1520-0493(1988)116<2417:SSBOTM>2.0.CO;2
    """
    model, baseline = _absolute_errors(y_true, y_pred, y_baseline)
    if not baseline.any():
        raise ValueError("the skill score is undefined: y_baseline is right everywhere")
    return model, baseline


METRICS = {
    "MAE": mean_absolute_error,
    "RMSE": root_mean_squared_error,
    "R2": r_squared,
    "bias": mean_error,
}
COMPARISONS = {"MAE difference": mae_difference, "skill": skill_score}


def regression_report(
    y_true: ArrayLike,
    predictions: ArrayLike | Mapping[str, ArrayLike],
    patient_ids: ArrayLike,
    *,
    baseline: str | None = None,
    **bootstrap: Any,
) -> pd.DataFrame:
    """Errors of one or several models, each with its interval over patients.

    Parameters
    ----------
    y_true : array-like of shape (n,)
    predictions : array-like of shape (n,), or mapping of names to such
        Predictions of one model, or of each by its name.
    patient_ids : array-like of shape (n,)
    baseline : str or None
        Name of the model in ``predictions`` that the others are compared with.
    **bootstrap
        ``n_resamples``, ``level``, ``random_state``, ``method`` of ``patient_bootstrap``.

    Returns
    -------
    DataFrame of Interval
        A row a model.  Columns MAE, RMSE and bias (unit of ``y_true``) and R2; with a baseline
        also "MAE difference" (model less baseline) and "skill" (1 - MAE / MAE of the baseline),
        whose intervals come from the same resamples for both models, so they are paired.

    Raises
    ------
    ValueError
        Lengths differ; entries missing; ``baseline`` not in ``predictions``; what
        ``patient_bootstrap`` and the metrics refuse.
    """
    if not isinstance(predictions, Mapping):
        predictions = {"model": predictions}
    if baseline is not None and baseline not in predictions:
        raise ValueError(f"baseline {baseline!r} is not among the predictions {[*predictions]}")
    named = {f"predictions[{name!r}]": values for name, values in predictions.items()}
    y_true, *checked = measurements(y_true=y_true, **named)
    predictions = dict(zip(predictions, checked))

    def interval(metric, *arrays):
        return patient_bootstrap(metric, *arrays, patient_ids=patient_ids, **bootstrap)

    rows = {}
    for model, y_pred in predictions.items():
        rows[model] = {name: interval(metric, y_true, y_pred) for name, metric in METRICS.items()}
        if baseline is not None:
            arrays = y_true, y_pred, predictions[baseline]
            rows[model] |= {name: interval(f, *arrays) for name, f in COMPARISONS.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def subgroup_report(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    patient_ids: ArrayLike,
    groups: ArrayLike,
    *,
    metric: Callable[..., float] = mean_absolute_error,
    **bootstrap: Any,
) -> pd.DataFrame:
    """The error in each subgroup, with its interval over the patients of that subgroup.

    Parameters
    ----------
    y_true, y_pred, patient_ids : array-like of shape (n,)
    groups : array-like of shape (n,)
        Subgroup of each observation; a patient's observations may fall into several.
    metric : callable
        Takes ``(y_true, y_pred)``; the mean absolute error unless another is given.
    **bootstrap
        ``n_resamples``, ``level``, ``random_state``, ``method`` of ``patient_bootstrap``.

    Returns
    -------
    DataFrame
        A row a subgroup, in sorted order, and "all" as the last; columns ``n_patients``,
        ``n_observations`` and ``error`` (an Interval; without limits where a subgroup has only
        one patient, who cannot stand for others).

    Raises
    ------
    ValueError
        Lengths differ; entries missing; one patient in all; a subgroup named "all".
    """
    y_true, y_pred = measurements(y_true=y_true, y_pred=y_pred)
    patients, n_patients = patient_codes(patient_ids, len(y_true))
    codes, names = labels("groups", groups, len(y_true))
    if "all" in list(names):
        raise ValueError('a subgroup is named "all", the name of the last row: rename it')

    def row(inside):
        ids, arrays = patients[inside], (y_true[inside], y_pred[inside])
        n = len(np.unique(ids))
        if n == 1 and n_patients > 1:
            error = Interval(metric(*arrays), np.nan, np.nan, bootstrap.get("level", 0.95))
        else:
            error = patient_bootstrap(metric, *arrays, patient_ids=ids, **bootstrap)
        return {"n_patients": n, "n_observations": len(ids), "error": error}

    rows = {name: row(codes == code) for code, name in enumerate(names)}
    rows["all"] = row(codes >= 0)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def _error(y_true, y_pred):
    y_true, y_pred = measurements(y_true=y_true, y_pred=y_pred)
    return y_pred - y_true


def _absolute_errors(y_true, y_pred, y_baseline):
    y_true, y_pred, y_baseline = measurements(y_true=y_true, y_pred=y_pred, y_baseline=y_baseline)
    return np.abs(y_pred - y_true), np.abs(y_baseline - y_true)

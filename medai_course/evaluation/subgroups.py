"""Does it work as well for everyone?  One row of medical metrics for each subgroup."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .delong import delong_interval
from .diagnostic import wilson_interval
from .inputs import labels, outcomes, probabilities
from .interval import Interval


def subgroup_table(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    groups: ArrayLike,
    threshold: float = 0.5,
    level: float = 0.95,
) -> pd.DataFrame:
    """How a predicted risk does in each subgroup; every row of data another patient.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 where the patient has the disease, 0 where not.
    y_prob : array-like of shape (n,)
        Predicted probability of the disease; positive at ``threshold`` or above.
    groups : array-like of shape (n,)
        Subgroup of each patient: numbers or strings.
    threshold : float
    level : float between 0 and 1

    Returns
    -------
    DataFrame
        A row a subgroup, in sorted order, and "all" as the last: ``n``, ``events``, ``AUC``
        (DeLong), ``sensitivity`` and ``specificity`` (Wilson), and ``observed/expected``, the
        number of events over the sum of risks.  NaN where a subgroup cannot say.

    Raises
    ------
    ValueError
        Lengths differ; ``y_true`` not 0 or 1, or constant; ``y_prob`` not between 0 and 1; a
        label missing; a subgroup named "all".
    """
    y, p = outcomes(y_true, y_prob=y_prob)
    probabilities(y_prob=p)
    codes, names = labels("groups", groups, len(y))
    if "all" in list(names):
        raise ValueError('a subgroup is named "all", the name of the last row: rename it')
    rows = {
        name: _row(y[codes == k], p[codes == k], threshold, level) for k, name in enumerate(names)
    }
    rows["all"] = _row(y, p, threshold, level)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")


def _row(y, p, threshold, level):
    events, positive = int(y.sum()), p >= threshold
    others = len(y) - events
    enough = min(events, others) >= 2  # for a variance of each class
    return {
        "n": len(y),
        "events": events,
        "AUC": delong_interval(y, p, level) if enough else Interval(*[np.nan] * 3, level),
        "sensitivity": wilson_interval(int(positive[y == 1].sum()), events, level),
        "specificity": wilson_interval(int((~positive)[y == 0].sum()), others, level),
        "observed/expected": events / p.sum() if p.any() else np.nan,
    }

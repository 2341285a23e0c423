"""How well does a score rank the diseased above the others?  ROC and precision-recall curves."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .inputs import labels, outcomes


class ROCCurve(NamedTuple):
    """One point for each threshold, from "nobody is positive" (threshold infinite) downwards.

    A patient is positive at a score of the threshold or above.
    """

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    thresholds: np.ndarray


class PrecisionRecallCurve(NamedTuple):
    """One point for each different score, from the highest downwards."""

    precision: np.ndarray
    recall: np.ndarray
    thresholds: np.ndarray


def roc_curve(y_true: ArrayLike, y_score: ArrayLike) -> ROCCurve:
    """Sensitivity against 1 - specificity at every threshold; tied scores share one point.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        1 where the patient has the disease, 0 where not.
    y_score : array-like of shape (n,)
        Any score that is higher where the disease is more likely.

    Raises
    ------
    ValueError
        Lengths differ; an entry is not a finite number; ``y_true`` not 0 or 1, or constant.

    References
    ----------
    Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27(8), 861-874.
    doi:10.1016/j.patrec.2005.10.010
    """
    scores, positives, negatives = _counts_from_above(*outcomes(y_true, y_score=y_score))
    return ROCCurve(
        np.append(0.0, negatives / negatives[-1]),
        np.append(0.0, positives / positives[-1]),
        np.append(np.inf, scores),
    )


def roc_auc(y_true: ArrayLike, y_score: ArrayLike) -> float:
    r"""Probability that a diseased patient scores higher than another, a tie counting one half.

    .. math::
        \mathrm{AUC} = \frac{1}{mn} \sum_{i=1}^m \sum_{j=1}^n
            \bigl[ 1(x_i > y_j) + \tfrac12 1(x_i = y_j) \bigr]
        = \frac{\sum_i R_i - m(m+1)/2}{mn}

    with :math:`R_i` the rank, averaged over ties, of the diseased patient i among all; the area
    under ``roc_curve``.  Parameters and errors as there; the interval is in ``delong_interval``,
    or, where patients have several observations, from ``patient_bootstrap``.

    References
    ----------
    Hanley, J. A. and McNeil, B. J. (1982). The meaning and use of the area under a receiver
    operating characteristic (ROC) curve. Radiology 143(1), 29-36.
    doi:10.1148/radiology.143.1.7063747
    """
    y_true, y_score = outcomes(y_true, y_score=y_score)
    m = np.count_nonzero(y_true)
    wins = midranks(y_score)[y_true == 1].sum() - m * (m + 1) / 2
    return float(wins / (m * (len(y_true) - m)))


def precision_recall_curve(y_true: ArrayLike, y_score: ArrayLike) -> PrecisionRecallCurve:
    """Share of the positives who are diseased, against the share of the diseased found.

    Parameters and errors as for ``roc_curve``.
    """
    scores, positives, negatives = _counts_from_above(*outcomes(y_true, y_score=y_score))
    return PrecisionRecallCurve(
        positives / (positives + negatives), positives / positives[-1], scores
    )


def average_precision(y_true: ArrayLike, y_score: ArrayLike) -> float:
    r"""Precision averaged over recall, :math:`\sum_k (R_k - R_{k-1}) P_k`.

    A score that tells nothing gets the prevalence, not one half.  Parameters and errors as for
    ``roc_curve``.

    References
    ----------
    Saito, T. and Rehmsmeier, M. (2015). The precision-recall plot is more informative than the ROC
    plot when evaluating binary classifiers on imbalanced datasets. PLoS ONE 10(3), e0118432.
    doi:10.1371/journal.pone.0118432
    """
    curve = precision_recall_curve(y_true, y_score)
    return float(np.diff(curve.recall, prepend=0.0) @ curve.precision)


def midranks(x: np.ndarray) -> np.ndarray:
    """Ranks from 1, the tied sharing the mean of theirs."""
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike) -> pd.DataFrame:
    """How often each class (row, the truth) was called which (column): a DataFrame of counts.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        Classes of any kind: numbers or strings.

    Raises
    ------
    ValueError
        Lengths differ; an entry is missing.
    """
    n = np.size(y_true)
    (true, names), (predicted, others) = labels("y_true", y_true, n), labels("y_pred", y_pred, n)
    classes = np.unique(np.concatenate([names, others]))
    rows, columns = (
        np.searchsorted(classes, names)[true],
        np.searchsorted(classes, others)[predicted],
    )
    k = len(classes)
    counts = np.bincount(rows * k + columns, minlength=k * k).reshape(k, k)
    index = pd.Index(classes, name="true"), pd.Index(classes, name="predicted")
    return pd.DataFrame(counts, *index)


def _counts_from_above(y_true, y_score):
    """Different scores, descending, and how many diseased and others score so or higher."""
    order = np.argsort(-y_score)
    score, y = y_score[order], y_true[order]
    last = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    positives = np.cumsum(y)[last]
    return score[last], positives, last + 1 - positives

"""What a model owes to a feature: how much worse it gets when that feature is shuffled."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .inputs import patient_codes


@dataclass(frozen=True)
class PermutationImportance:
    """The result of :func:`permutation_importance`.

    Attributes
    ----------
    score : float
        The metric on the data as they are.
    losses : ndarray of shape (d, n_repeats)
        The score less the score with the feature shuffled, of each shuffle.
    mean, std : ndarrays of shape (d,)
        Mean and standard deviation of the losses over the shuffles.  The standard deviation says
        how much the shuffle matters, not how much the patients do.
    """

    score: float
    losses: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Mean loss of each feature: (d,)."""
        return self.losses.mean(1)

    @property
    def std(self) -> np.ndarray:
        """Standard deviation of the loss of each feature over the shuffles: (d,)."""
        return self.losses.std(1)


def permutation_importance(
    predict: Callable[[np.ndarray], ArrayLike],
    X: ArrayLike,
    y: ArrayLike,
    metric: Callable[[np.ndarray, np.ndarray], float],
    *,
    n_repeats: int = 10,
    groups: list | None = None,
    patient_ids: ArrayLike | None = None,
    random_state: int | np.random.Generator | None = None,
) -> PermutationImportance:
    r"""How much ``metric`` falls when a feature is shuffled, and so says nothing about its row.

    .. math::
        I_j = s(y, f(X)) - \frac{1}{R} \sum_{r=1}^{R} s\bigl(y, f(X^{(j, r)})\bigr)

    Use rows that the model has not seen.  Of two features that say the same, either can stand in
    for the other, and both look worthless: shuffle them together by naming them in ``groups``.
    Shuffling makes patients that cannot exist, and the importance is the model's, not nature's.

    Parameters
    ----------
    predict : callable
        From ``X`` (n, d) to what ``metric`` compares with ``y``, for instance
        ``lambda X: model.predict_proba(X)[:, 1]``.
    X : array-like of shape (n, d)
        Rows; missing values are shuffled with the others.
    y : array-like of shape (n,)
        Outcomes.
    metric : callable
        ``metric(y, prediction)``, larger for better, for instance ``roc_auc``.
    n_repeats : int ≥ 1, default 10
        Shuffles R of each feature.
    groups : list of lists of int, optional
        Columns that are shuffled together; by default each by itself.
    patient_ids : array-like of shape (n,), optional
        Whose row it is: then whole patients change places, first row with first row, and so on;
        each patient needs the same number of rows.
    random_state : int, Generator or None
        Seed of the shuffles.

    Returns
    -------
    PermutationImportance
        Score and losses; with ``groups``, one row of losses for each of them.

    Raises
    ------
    ValueError
        ``X`` not two-dimensional or of another length than ``y``; patients with different numbers
        of rows; a column that is not there.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45, 5-32. doi:10.1023/A:1010933404324
    """
    X, y = _table(X), np.asarray(y)
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} rows, but y has {len(y)}: give one outcome a row")
    if isinstance(n_repeats, bool) or not isinstance(n_repeats, int) or n_repeats < 1:
        raise ValueError(f"n_repeats must be an integer ≥ 1, got {n_repeats!r}")
    groups = [[j] for j in range(X.shape[1])] if groups is None else groups
    for j in (j for group in groups for j in group):
        if not 0 <= j < X.shape[1]:
            raise ValueError(f"groups names column {j}, but X has columns 0 to {X.shape[1] - 1}")
    rng, blocks = np.random.default_rng(random_state), _blocks(patient_ids, len(X))
    score = float(metric(y, np.asarray(predict(X))))
    losses = np.empty((len(groups), n_repeats))
    for i, columns in enumerate(groups):
        for r in range(n_repeats):
            shuffled = X.copy()
            to, source = blocks.ravel(), rng.permutation(blocks).ravel()
            shuffled[np.ix_(to, columns)] = X[np.ix_(source, columns)]
            losses[i, r] = score - float(metric(y, np.asarray(predict(shuffled))))
    return PermutationImportance(score, losses)


def _table(X):
    X = np.asarray(X)
    if X.ndim != 2:
        raise ValueError(f"X must be a table of shape (n, d), got shape {X.shape}")
    return X


def _blocks(patient_ids, n):
    """The rows of each patient: (patients, rows each)."""
    if patient_ids is None:
        return np.arange(n)[:, None]
    codes, patients = patient_codes(patient_ids, n)
    rows = np.bincount(codes, minlength=patients)
    if (rows != rows[0]).any():
        raise ValueError(
            f"patients have {rows.min()} to {rows.max()} rows; to shuffle whole patients, give "
            "each the same number of rows, for instance their mean"
        )
    return np.argsort(codes, kind="stable").reshape(patients, -1)

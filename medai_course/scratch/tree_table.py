"""What growing a tree needs to know of the data: the rank of every value in its column.

Ranks are all that a split asks about: rows with equal values have equal ranks, a row goes left if
its rank is no larger than the cut's, and the threshold is looked up once the cut is chosen.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class Table:
    """The columns of X as ranks.  A column with missing values is there twice: once with them
    above all values, once below, so that a split tries both sides for them.

    Attributes
    ----------
    rank : ndarray of int32, shape (columns, n)
        Ranks from 0, equal for equal values.
    feature : ndarray of int, shape (columns,)
        The column of X that each stands for.
    missing_first : ndarray of bool, shape (columns,)
        True where missing values have rank 0.
    twins : ndarray of int, shape (d, 1) or (d, 2)
        The columns that stand for each feature of X; twice the same where nothing is missing.
    """

    rank: np.ndarray
    feature: np.ndarray
    missing_first: np.ndarray
    twins: np.ndarray
    values: np.ndarray  # of all columns, in order of rank, one after another
    first: np.ndarray  # where those of each column start
    missing_rank: np.ndarray  # of each column

    def thresholds(self, column, below, above):
        """Halfway between the values of ranks ``below`` < ``above``; the lower if rounding errs."""
        a = self.values[self.first[column] + below]
        b = self.values[self.first[column] + above]
        middle = a / 2 + b / 2  # the halves, so that it cannot overflow
        return np.where((middle >= b) & np.isfinite(b), a, np.maximum(middle, a))


def rank_columns(X):
    """The :class:`Table` of ``X`` (n, d), which may have missing values (NaN)."""
    ranks, values, feature, missing_first, missing_rank = [], [], [], [], []
    for f, x in enumerate(np.ascontiguousarray(X.T)):
        rank, distinct, n_missing = _ranks(x)
        ranks.append(rank)
        values.append(np.append(distinct, np.inf))
        if n_missing:
            ranks.append(np.where(np.isnan(x), 0, rank + 1))
            values.append(np.append(-np.inf, distinct))
        feature += [f, f] if n_missing else [f]
        missing_first += [False, True] if n_missing else [False]
        missing_rank += [len(distinct), 0] if n_missing else [len(distinct)]
    feature, missing_first = np.array(feature), np.array(missing_first)
    plus, minus = np.flatnonzero(~missing_first), np.flatnonzero(missing_first)
    twins = np.column_stack([plus, plus]) if len(minus) else plus[:, None]
    twins[feature[minus], -1] = minus
    first = np.cumsum([0] + [len(v) for v in values[:-1]])
    rank = np.array(ranks, np.int32)
    values, missing_rank = np.concatenate(values), np.array(missing_rank)
    return Table(rank, feature, missing_first, twins, values, first, missing_rank)


def _ranks(x):
    """Dense ranks with NaN last, the distinct values in order, and how many are NaN."""
    order = np.argsort(x)
    ordered, n_missing = x[order], np.count_nonzero(np.isnan(x))
    known = ordered[: len(x) - n_missing]
    new = np.append(True, known[1:] != known[:-1])[: len(known)]
    rank = np.empty(len(x), np.int32)
    rank[order[: len(known)]] = np.cumsum(new, dtype=np.int32) - 1
    rank[order[len(known) :]] = np.count_nonzero(new)
    return rank, known[new], n_missing


def fixed_point(a, total):
    """``a`` as integers a * scale, scale a power of 2: sums of them have no rounding.

    Then a sum does not depend on its order, and equal splits are equal in every backend.  Whole
    numbers stay as they are; others keep the digits that let sums up to ``total`` fit 61 bits.
    """
    whole = np.array_equal(a, np.round(a)) and total < 2.0**53
    scale = 1.0 if whole or total == 0 else 2.0 ** np.floor(61 - np.log2(total))
    return np.round(a * scale).astype(np.int64), scale

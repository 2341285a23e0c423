"""Do groups live equally long?  The log-rank test of two or more groups, in NumPy."""

from collections import namedtuple

import numpy as np
from scipy.stats import chi2
from sklearn.utils.validation import check_consistent_length

from .base import Estimator
from .survival import survival_outcome

_Result = namedtuple(
    "LogRankResult", "statistic p_value degrees_of_freedom groups observed expected"
)


def log_rank_test(time, event, group, strata=None):
    r"""Test whether the hazards of k groups are equal at all times.

    .. math::
        E_g = \sum_j d_j \frac{n_{gj}}{n_j}, \qquad
        V_{gh} = \sum_j d_j \frac{n_j - d_j}{n_j - 1}\,
                 \frac{n_{gj}}{n_j} \Bigl(\delta_{gh} - \frac{n_{hj}}{n_j}\Bigr), \qquad
        \chi^2 = (O - E)^\top V^{-} (O - E)

    At each time :math:`t_j` with :math:`d_j` events among :math:`n_j` at risk, a group of
    :math:`n_{gj}` expects its share of them.  The rows of V add up to 0, so that :math:`\chi^2`, by
    the generalised inverse, has k - 1 degrees of freedom.  It is the score test of a Cox model.

    Parameters
    ----------
    time : array-like of shape (n,)
        Time of the event or of censoring, ≥ 0, in any one unit.
    event : array-like of shape (n,)
        1 where the time ends in an event, 0 where it ends in censoring.
    group : array-like of shape (n,)
        Group of each patient: numbers or strings.
    strata : array-like of shape (n,) or None
        Patients are compared within a stratum (a centre, a sex) only; the sums run over all.

    Returns
    -------
    LogRankResult
        Named tuple: ``statistic``, ``p_value``, ``degrees_of_freedom``, ``groups`` (k,), and the
        numbers of events ``observed`` (k,) and ``expected`` (k,).

    Raises
    ------
    ValueError
        No event while two groups are at risk; a label missing; what ``survival_outcome`` refuses.

    References
    ----------
    Mantel, N. (1966). Evaluation of survival data and two new rank order statistics arising in its
    consideration. Cancer Chemother. Rep. 50(3), 163-170.

    Peto, R. and Peto, J. (1972). Asymptotically efficient rank invariant test procedures. J. R.
    Stat. Soc. A 135(2), 185-207. doi:10.2307/2344317
    """
    return _LogRank().test(time, event, group, strata)


class _LogRank(Estimator):
    """The test; its verb is rewritten in each framework."""

    def test(self, time, event, group, strata):
        time, event = survival_outcome(time, event)
        groups, codes = _labels("group", group, time)
        _, stratum = _labels("strata", np.zeros(len(time)) if strata is None else strata, time)
        one_hot = np.eye(len(groups))[codes]
        parts = []
        for s in range(stratum.max() + 1):
            rows = stratum == s
            inputs = self._to_backend(time[rows], event[rows].astype(np.float64), one_hot[rows])
            parts.append(self._to_numpy(*self._observed_expected(*inputs)))
        observed, expected, V = (sum(part) for part in zip(*parts))
        freedom = int(np.linalg.matrix_rank(V, rtol=1e-10, hermitian=True))
        if freedom == 0:
            raise ValueError(
                "nothing to compare: give at least one event at a time when patients of two groups "
                "(of one stratum) were at risk"
            )
        excess = observed - expected
        statistic = float(excess @ np.linalg.pinv(V, rtol=1e-10, hermitian=True) @ excess)
        p_value = float(chi2.sf(statistic, freedom))
        return _Result(statistic, p_value, freedom, groups, observed, expected)

    def _observed_expected(self, time, event, one_hot):
        """O_g, E_g = sum_j d_j n_gj / n_j and V_gh, over the times t_j of one stratum."""
        order = np.argsort(time)
        first = np.flatnonzero(np.diff(time[order], prepend=-1))
        d = np.add.reduceat(event[order], first)
        n_g = np.cumsum(one_hot[order][::-1], axis=0)[::-1][first]
        n = n_g.sum(1)
        share = n_g / n[:, None]
        spread = d * (n - d) / np.maximum(n - 1, 1)
        V = np.diag(spread @ share) - share.T @ (spread[:, None] * share)
        return event @ one_hot, d @ share, V


def _labels(name, values, time):
    values = np.asarray(values)
    if values.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {values.shape}")
    check_consistent_length(time, values)
    if np.any(values != values) or (values.dtype == object and any(v is None for v in values)):
        raise ValueError(
            f"{name} is missing for some patients: give them a label, or leave them out"
        )
    return np.unique(values, return_inverse=True)

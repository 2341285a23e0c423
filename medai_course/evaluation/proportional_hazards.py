"""Does a hazard ratio stay what it is?  Schoenfeld residuals, and a test of a Cox model."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2

from .censoring import CensoringCurve, outcome_times
from .inputs import measurements

TRANSFORMS = ("km", "rank", "log", "identity")


class SchoenfeldResiduals(NamedTuple):
    """One row for each event, in the order of time; m events, d features.

    ``times`` (m,); ``residuals`` (m, d), in the units of the features; ``scaled`` (m, d), in the
    units of the coefficients: a rough value of each coefficient at the time of each event.
    """

    times: np.ndarray
    residuals: np.ndarray
    scaled: np.ndarray


def schoenfeld_residuals(
    X: ArrayLike, time: ArrayLike, event: ArrayLike, coef: ArrayLike
) -> SchoenfeldResiduals:
    r"""Of each event, its features less those that the Cox model expected to see.

    .. math::
        r_k = x_k - \bar x(t_k), \qquad
        \bar x(t) = \frac{\sum_{j: t_j \ge t} x_j e^{x_j^\top\beta}}
                         {\sum_{j: t_j \ge t} e^{x_j^\top\beta}}, \qquad
        r^*_k = \hat\beta + m\, I(\hat\beta)^{-1} r_k

    over the m events, with Efron's mean over those tied.  If the coefficient changes, the scaled
    residuals :math:`r^*_k` lie around :math:`\beta(t_k)`; if not, around :math:`\hat\beta`.

    Parameters
    ----------
    X : array-like of shape (n, d)
        Features as the model saw them.
    time, event : array-like of shape (n,)
        Time ≥ 0 of the event (1) or of censoring (0).
    coef : array-like of shape (d,)
        Coefficients of a Cox model that was fitted to these patients without a penalty.

    Raises
    ------
    ValueError
        Lengths differ; an entry is not a finite number; a time negative; an event not 0 or 1; no
        event; columns of ``X`` constant or linearly dependent.

    References
    ----------
    Schoenfeld, D. (1982). Partial residuals for the proportional hazards regression model.
    Biometrika 69(1), 239-241. doi:10.1093/biomet/69.1.239

    Grambsch, P. M. and Therneau, T. M. (1994). Proportional hazards tests and diagnostics based on
    weighted residuals. Biometrika 81(3), 515-526. doi:10.1093/biomet/81.3.515
    """
    Z, time, event, scale, coef = _checked(X, time, event, coef)
    times, seen, expected, V = _risk_sets(Z, time, event, coef)
    tied = np.unique(times, return_inverse=True)[1]
    mean = np.stack([np.bincount(tied, column) for column in expected.T], 1) / _sizes(tied)
    residuals = seen - mean[tied]
    scaled = coef + len(times) * np.linalg.solve(V.sum(0), residuals.T).T
    return SchoenfeldResiduals(times, residuals * scale, scaled / scale)


def proportional_hazards_test(
    X: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    coef: ArrayLike,
    transform: str = "km",
) -> pd.DataFrame:
    r"""Score test of whether each coefficient of a Cox model changes with time.

    .. math::
        \chi^2_j = \frac{u_j^2}{[G_2 - G_1 I^{-1} G_1]_{jj}}, \qquad
        u = \sum_k g(t_k)\, r_k, \quad I = \sum_k V_k, \quad G_p = \sum_k g(t_k)^p\, V_k

    where :math:`V_k` is the variance of the features over the risk set of event k, weighted by
    :math:`e^{x^\top\beta}`.  It asks whether :math:`x_j\, g(t)`, added to the model, would help;
    the row "all" asks it of all features together.

    Parameters
    ----------
    X, time, event, coef
        As for ``schoenfeld_residuals``; ``X`` may be a DataFrame, whose columns name the rows.
    transform : {"km", "rank", "log", "identity"}
        :math:`g(t)`: one less the Kaplan-Meier curve just before t, the rank of t among the times
        of events, log t, or t.  The first two are hardly moved by a few late events.

    Returns
    -------
    DataFrame
        A row a feature, and "all": ``chi2``, ``df``, ``p_value``.

    Raises
    ------
    ValueError
        As for ``schoenfeld_residuals``; an unknown ``transform``; "log" with an event at time 0;
        all events at one time.

    References
    ----------
    Grambsch, P. M. and Therneau, T. M. (1994). Proportional hazards tests and diagnostics based on
    weighted residuals. Biometrika 81(3), 515-526. doi:10.1093/biomet/81.3.515
    """
    if transform not in TRANSFORMS:
        raise ValueError(f"transform must be one of {TRANSFORMS}, got {transform!r}")
    names = getattr(X, "columns", None)
    Z, time, event, _, coef = _checked(X, time, event, coef)
    times, seen, expected, V = _risk_sets(Z, time, event, coef)
    g = _transformed(times, time, event, transform)
    if np.ptp(g) == 0:
        raise ValueError("all events are at one time: nothing can be seen to change")
    g = (g - g.mean()) / g.std()
    u, (I, G1, G2) = g @ (seen - expected), (np.tensordot(g**p, V, 1) for p in range(3))
    variance = G2 - G1 @ np.linalg.solve(I, G1)
    d = len(coef)
    statistic = np.append(u**2 / np.diag(variance), u @ np.linalg.solve(variance, u))
    df = np.append(np.ones(d, int), d)
    rows = [*(np.arange(d) if names is None else names), "all"]
    table = {"chi2": statistic, "df": df, "p_value": chi2.sf(statistic, df)}
    return pd.DataFrame(table, index=pd.Index(rows, name="feature"))


def _checked(X, time, event, coef):
    """Standardised features, and coefficients for them; a ValueError where there are none."""
    time, event = outcome_times(time, event)
    X = np.asarray(X, np.float64)
    if X.ndim != 2 or len(X) != len(time):
        raise ValueError(
            f"X must have a row for each of the {len(time)} patients, got shape {X.shape}"
        )
    if not np.isfinite(X).all():
        raise ValueError("X is NaN or infinite somewhere: leave these patients out, or impute")
    (coef,) = measurements(coef=coef)
    if len(coef) != X.shape[1]:
        raise ValueError(f"coef must have an entry for each of {X.shape[1]} features")
    if not event.any():
        raise ValueError("event holds no event: there is no residual")
    scale = X.std(0)
    rank = np.linalg.matrix_rank(X - X.mean(0), tol=1e-9 * max(1.0, np.linalg.norm(scale)))
    if (scale == 0).any() or rank < X.shape[1]:
        raise ValueError("columns of X are constant or linearly dependent: drop one")
    return (X - X.mean(0)) / scale, time, event, scale, coef * scale


def _risk_sets(X, time, event, coef):
    """Of each event by time: when, x, Efron's mean of x (m, d) and variance (m, d, d) at risk."""
    order = np.argsort(time, kind="stable")[::-1]  # a risk set is everyone up to a row
    X, time, event = X[order], time[order], event[order]
    events, eta = np.flatnonzero(event), X @ coef
    last = np.searchsorted(-time, -time[events], side="right") - 1
    _, first, tie, size = np.unique(-time[events], True, True, True)
    gone = (np.arange(len(events)) - first[tie]) / size[tie]
    w = np.exp(eta - eta.max())

    def at_risk(values):
        tied = np.add.reduceat(values[events], first)[tie]
        return np.cumsum(values, axis=0)[last] - gone.reshape(-1, *[1] * (values.ndim - 1)) * tied

    total = at_risk(w)
    wX = w[:, None] * X
    mean = at_risk(wX) / total[:, None]
    second = at_risk(wX[:, :, None] * X[:, None, :]) / total[:, None, None]
    V = second - mean[:, :, None] * mean[:, None, :]
    return time[events][::-1], X[events][::-1], mean[::-1], V[::-1]


def _sizes(groups):
    return np.bincount(groups)[:, None]


def _transformed(times, time, event, transform):
    if transform == "km":
        survival = CensoringCurve(time, ~event, events_first=False)
        return 1 - survival.curve[np.searchsorted(survival.times, times, side="left")]
    if transform == "rank":
        return np.searchsorted(np.sort(times), times, side="left").astype(np.float64)
    if transform == "log":
        if times[0] <= 0:
            raise ValueError('transform="log" needs every event at a time > 0')
        return np.log(times)
    return times

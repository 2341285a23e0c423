"""Simulated follow-up after breast cancer: when it truly came back, and what a study sees of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .base import Dataset
from .registry import statement
from .survival_trials import OUTCOME

FEATURES = (
    "positive lymph nodes",
    "progesterone receptor (fmol/mg)",
    "hormone treatment",
)
COEFFICIENTS = np.array([0.543, -0.198, -0.404])  # of log nodes, log(1 + receptor), treatment
SHAPE, SCALE = 1.409, 1958.0  # of the Weibull baseline; the scale in days
YEAR = 365.25
ENTRY = (1.5 * YEAR, 7.1 * YEAR)  # follow-up of the last and of the first woman recruited
LOST = 40 * YEAR  # mean time until a woman moves away


def simulate_follow_up(
    n_patients: int = 686, lost_before_event: float = 0.0, random_state: int | None = 0
) -> Dataset:
    r"""Women followed after an operation as in GBSG-2, whose true time to recurrence is known.

    Weibull times whose hazards are proportional,

    .. math:: S(t \mid x) = \exp\bigl(-(t / 1958)^{1.409}\, e^{x^\top\beta}\bigr), \qquad
              x^\top\beta = 0.543 \log(\text{nodes}) - 0.198 \log(1 + \text{receptor})
              - 0.404\,\text{treated},

    with t in days and the receptor in fmol/mg.  Follow-up ends at the close of the study, 1.5 to
    7.1 years after the operation, or when a woman moves away; neither tells anything about her.

    Calibration: shape, scale and coefficients are the maximum of the likelihood in the 686 women of
    GBSG-2; nodes, receptor and treatment have its means and spreads; 44 % of times end in an event,
    as there.

    Parameters
    ----------
    n_patients : int ≥ 1
    lost_before_event : float, 0 to 1
        Chance that a woman whose cancer is about to return stays away from her visits in the half
        year before.  Then censoring tells something, and no method here is right.
    random_state : int or None

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (n_patients, 3), treatment as 0 or 1.  ``y`` a structured array
        as in ``load_gbsg2``: "event" and "time" (days), what the study sees.  ``extras``:
        "event_time" (days), the truth.

    Raises
    ------
    ValueError
        An argument outside its range.

    References
    ----------
    Schumacher, M. et al. (1994). Randomized 2 x 2 trial evaluating hormonal treatment and the
    duration of chemotherapy in node-positive breast cancer patients. Journal of Clinical Oncology
    12(10), 2086-2093. doi:10.1200/JCO.1994.12.10.2086
    """
    if not isinstance(n_patients, (int, np.integer)) or n_patients < 1:
        raise ValueError(f"n_patients must be a whole number ≥ 1, got {n_patients!r}")
    if not 0 <= lost_before_event <= 1:
        raise ValueError(f"lost_before_event must be between 0 and 1, got {lost_before_event!r}")
    rng = np.random.default_rng(random_state)
    X = _women(rng, n_patients)
    hazard = np.exp(log_relative_hazard(X))
    event_time = SCALE * (rng.exponential(size=n_patients) / hazard) ** (1 / SHAPE)
    event_time = np.maximum(1.0, np.round(event_time))
    seen_until = np.minimum(rng.uniform(*ENTRY, n_patients), rng.exponential(LOST, n_patients))
    away = rng.random(n_patients) < lost_before_event
    last_visit = event_time - rng.uniform(1, YEAR / 2, n_patients)
    seen_until = np.where(away, np.minimum(seen_until, last_visit), seen_until)
    seen_until = np.maximum(1.0, np.floor(seen_until))
    outcome = np.empty(n_patients, OUTCOME)
    outcome["event"] = event_time <= seen_until
    outcome["time"] = np.minimum(event_time, seen_until)
    return Dataset(
        X=X,
        y=outcome,
        patient_ids=np.array([f"F{i:05d}" for i in range(1, n_patients + 1)]),
        statement=statement("simulated_follow_up"),
        feature_names=FEATURES,
        target_names=("recurrence or death (days)",),
        extras={"event_time": event_time},
    )


def log_relative_hazard(X: pd.DataFrame) -> np.ndarray:
    """The true :math:`x^\\top\\beta` of women as ``simulate_follow_up`` returns them: (n,)."""
    nodes, receptor, treated = (X[name].to_numpy(np.float64) for name in FEATURES)
    return np.column_stack([np.log(nodes), np.log1p(receptor), treated]) @ COEFFICIENTS


def _women(rng, n):
    """Nodes, receptor and treatment with the means and spreads of GBSG-2."""
    nodes = 1 + rng.negative_binomial(0.615, 0.615 / 4.615, n)
    receptor = np.round(np.expm1(np.clip(rng.normal(3.35, 2.05, n), 0, 7.5)))
    treated = (rng.random(n) < 0.36).astype(int)
    return pd.DataFrame(dict(zip(FEATURES, (nodes, receptor, treated))))

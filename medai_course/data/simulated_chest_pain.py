"""Simulated people with chest pain, whose true risk of coronary disease is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from .base import Dataset
from .registry import statement

AGE = "age (years)"
COEFFICIENTS = {
    AGE: 0.062,
    "male": 1.332,
    "atypical pain": 0.633,
    "typical pain": 1.998,
    "diabetes": 0.828,
    "hypertension": 0.338,
    "dyslipidaemia": 0.422,
    "smoking": 0.461,
}
INTERCEPT, TYPICAL_AND_DIABETES = -7.539, -0.402
FEATURES = tuple(COEFFICIENTS)


def simulate_chest_pain(
    n_patients: int = 1200, shift: float = 0.0, random_state: int | None = 0
) -> Dataset:
    r"""People examined for chest pain; whether a coronary artery is narrowed by half or more.

    .. math::
        \mathrm{logit}\,P(y = 1) = -7.539 + 0.062\,\text{age} + 1.332\,\text{male}
            + 0.633\,\text{atypical} + 1.998\,\text{typical} + 0.828\,\text{diabetes}
            + 0.338\,\text{hypertension} + 0.422\,\text{dyslipidaemia} + 0.461\,\text{smoking}
            - 0.402\,\text{typical} \cdot \text{diabetes} + \text{shift}

    Calibration: the coefficients are the clinical model of Genders et al. (2012).  How old the
    people are and how common each finding is are round numbers of ours: age 58 years on average
    with a standard deviation of 11, between 30 and 85; 55 % men; pain typical in 25 % and atypical
    in 45 %, else non-specific; diabetes 15 %, hypertension 50 %, dyslipidaemia 50 %, smoking
    30 %; hypertension and diabetes grow more common with age, smoking less.

    Parameters
    ----------
    n_patients : int ≥ 1
    shift : float
        Added to everyone's log odds: a hospital where the disease is rarer (below 0) or more common
        for reasons that no column shows.
    random_state : int or None

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (n_patients, 8), findings as 0 or 1.  ``y`` a Series "coronary
        disease" of 0 and 1.  ``extras``: "risk", the true probability.  One row is one patient.

    Raises
    ------
    ValueError
        An argument outside its range.

    References
    ----------
    Genders, T. S. S. et al. (2012). Prediction model to estimate presence of coronary artery
    disease: retrospective pooled analysis of existing cohorts. BMJ 344, e3485.
    doi:10.1136/bmj.e3485
    """
    if not isinstance(n_patients, (int, np.integer)) or n_patients < 1:
        raise ValueError(f"n_patients must be a whole number ≥ 1, got {n_patients!r}")
    if not np.isfinite(shift):
        raise ValueError(f"shift must be a finite number of log odds, got {shift!r}")
    rng = np.random.default_rng(random_state)
    X = _people(rng, n_patients)
    risk = expit(log_odds(X) + shift)
    y = pd.Series((rng.random(n_patients) < risk).astype(int), name="coronary disease")
    return Dataset(
        X=X,
        y=y,
        patient_ids=np.array([f"C{i:05d}" for i in range(1, n_patients + 1)]),
        statement=statement("simulated_chest_pain"),
        feature_names=FEATURES,
        target_names=("no artery narrowed by half", "coronary disease"),
        extras={"risk": risk},
    )


def log_odds(X: pd.DataFrame) -> np.ndarray:
    """The true log odds of people as ``simulate_chest_pain`` returns them, without shift: (n,)."""
    eta = INTERCEPT + X[list(FEATURES)].to_numpy(np.float64) @ list(COEFFICIENTS.values())
    return eta + TYPICAL_AND_DIABETES * (X["typical pain"] * X["diabetes"]).to_numpy(np.float64)


def _people(rng, n):
    """Age, sex, pain and risk factors, one row a person."""
    age = np.round(np.clip(rng.normal(58, 11, n), 30, 85))
    older = (age - 58) / 11
    pain, draws = rng.random(n), rng.random((n, 5))

    def found(share, per_sd, draw):
        return (draw < np.clip(share + per_sd * older, 0.02, 0.98)).astype(int)

    columns = (
        age.astype(int),
        found(0.55, 0.0, draws[:, 0]),
        ((pain >= 0.25) & (pain < 0.70)).astype(int),
        (pain < 0.25).astype(int),
        found(0.15, 0.04, draws[:, 1]),
        found(0.50, 0.12, draws[:, 2]),
        found(0.50, 0.0, draws[:, 3]),
        found(0.30, -0.08, draws[:, 4]),
    )
    return pd.DataFrame(dict(zip(FEATURES, columns)))

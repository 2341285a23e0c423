"""Simulated vital signs of ward patients, some of whom deteriorate at a known hour."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from .base import Dataset
from .registry import statement


class Sign(NamedTuple):
    """How one vital sign is simulated, in its own unit."""

    mean: float  # of the patients' own levels
    between: float  # standard deviation of those levels
    skew: float  # of those levels: shape of a lognormal, negative if the long tail is below
    within: float  # standard deviation of the hours around a patient's level
    rhythm: float  # half the daily swing
    drift: float  # average shift when a drift has run its full course
    low: float  # lowest value recorded
    high: float
    step: float  # values are rounded to multiples of this


SIGNS = {
    "heart rate (beats/min)": Sign(86.0, 18.7, 0.2, 6.0, 3.0, 37.0, 30, 220, 1),
    "systolic blood pressure (mmHg)": Sign(136.2, 24.1, 0.1, 8.0, 4.0, -35.0, 50, 250, 1),
    "diastolic blood pressure (mmHg)": Sign(77.8, 14.0, 0.0, 6.0, 3.0, -18.0, 20, 150, 1),
    "respiratory rate (breaths/min)": Sign(18.8, 3.8, 0.4, 1.8, 0.5, 9.0, 6, 60, 1),
    "SpO2 (%)": Sign(96.2, 2.75, -0.5, 1.0, 0.0, -6.0, 60, 100, 1),
    "temperature (°C)": Sign(36.6, 0.71, 0.0, 0.25, 0.25, 1.5, 34, 42, 0.1),
}
MEMORY = 0.8  # correlation of an hour's deviation with that of the hour before
PRESSURES_TOGETHER = 0.6  # correlation of systolic and diastolic level
COLD = 0.15  # share of drifts in which the temperature falls
EARLIEST, LATEST = 0.2, 0.9  # of the time watched: when drifts begin
SKIPPED = np.array([0.02, 0.04, 0.04, 0.10, 0.04, 0.25])  # of a round: what is left out


def simulate_vitals(
    n_patients: int = 500,
    n_hours: int = 48,
    deteriorating: float = 0.2,
    missing: float = 0.6,
    random_state: int | None = 0,
) -> Dataset:
    r"""Hourly vital signs that stay as they are or drift away as in sepsis.

    A sign of a patient is their own level, a daily rhythm, a deviation that fades within hours and,
    after the onset :math:`t_0`, a drift that approaches its full size,

    .. math:: x(t) = m + r \cos\frac{2\pi(t + 8 - 18)}{24} + e_t
              + d\,\bigl(1 - e^{-(t - t_0)/\tau}\bigr), \qquad e_t = 0.8\, e_{t-1} + \varepsilon_t,

    with :math:`\tau` from 3 to 12 hours.  In drifts heart and respiratory rate rise, pressures and
    oxygen saturation fall, temperature rises or, in 15 %, falls; each sign of each patient by
    another amount, some hardly.

    Nurses take rounds: every hour with the same chance in stable patients, and more often while the
    drift goes on, so *that* a value is there tells something.  In a round some signs are left out,
    temperature most often.

    Calibration: mean and standard deviation of each sign in the first hour agree with the first
    measurements of 70,968 emergency medical admissions (Faisal et al. 2019).  Drifts are so large
    that the National Early Warning Score tells the 24 hours after an onset from all other hours
    with an AUC of 0.87, as it told the 24 hours before death, arrest or intensive care (0.867,
    Watkinson et al. 2018).  Rhythm, memory, rounds and the course of drifts are plausible, not
    fitted.

    Parameters
    ----------
    n_patients : int ≥ 1
        "V0001", "V0002", ...  A patient's course does not depend on how many there are.
    n_hours : int ≥ 6
        Hours watched; the first is 8 o'clock.
    deteriorating : float, 0 to 1
        Chance that a patient deteriorates.
    missing : float, 0 to 0.95
        Share of hours without a round, in stable patients.  0 leaves nothing out at all.
    random_state : int or None
        Seed; None gives other patients each time.

    Returns
    -------
    Dataset
        ``X`` float64 of shape (n_patients, n_hours, 6), NaN where nothing was recorded, rounded as
        nurses do; signs and units are ``feature_names``.  ``y`` int64 of shape (n_patients,), 1 if
        the patient deteriorates within the hours watched.  ``extras``: "mask", bool like ``X``,
        True where recorded; "complete", ``X`` without gaps; "onset" of shape (n_patients,), when
        the drift begins (hours from the start), NaN in stable patients.

    Raises
    ------
    ValueError
        An argument outside the range given above.

    References
    ----------
    Faisal, M. et al. (2019). Computer-aided National Early Warning Score to predict the risk of
    sepsis following emergency medical admission to hospital. CMAJ 191(14), E382-E389.
    doi:10.1503/cmaj.181418

    Watkinson, P. J., Pimentel, M. A. F., Clifton, D. A. and Tarassenko, L. (2018). Manual
    centile-based early warning scores derived from statistical distributions of observational
    vital-sign data. Resuscitation 129, 55-60. doi:10.1016/j.resuscitation.2018.06.003
    """
    _check("n_patients", n_patients, 1, np.inf, whole=True)
    _check("n_hours", n_hours, 6, np.inf, whole=True)
    _check("deteriorating", deteriorating, 0, 1)
    _check("missing", missing, 0, 0.95)
    seeds = np.random.SeedSequence(random_state).spawn(n_patients)
    courses = [_course(np.random.default_rng(s), n_hours, deteriorating, missing) for s in seeds]
    complete, mask, onset = (np.stack(parts) for parts in zip(*courses))
    return Dataset(
        X=np.where(mask, complete, np.nan),
        y=np.isfinite(onset).astype(np.int64),
        patient_ids=np.array([f"V{i:04d}" for i in range(1, n_patients + 1)]),
        statement=statement("simulated_vitals"),
        feature_names=tuple(SIGNS),
        target_names=("stable", "deteriorates"),
        extras={"mask": mask, "complete": complete, "onset": onset},
    )


def _check(name, value, low, high, whole=False):
    kinds = (int, np.integer) if whole else (int, float, np.number)
    number = isinstance(value, kinds) and not isinstance(value, bool)
    if not number or not low <= value <= high or not np.isfinite(value):
        what = "whole number" if whole else "number"
        top = "" if high == np.inf else f" and ≤ {high}"
        raise ValueError(f"{name} must be a {what} ≥ {low}{top}, got {value!r}")


def _course(rng, n_hours, deteriorating, missing):
    """One patient: values without gaps, what was recorded, and when the drift began."""
    sign = Sign(*np.array(list(SIGNS.values())).T)
    hours = np.arange(n_hours)
    level = sign.mean + sign.between * _levels(rng, sign.skew)
    daily = sign.rhythm * np.cos(2 * np.pi * (hours[:, None] + 8 - 18) / 24)
    onset, grown, shift = _drift(rng, hours, deteriorating, sign.drift)
    values = level + daily + sign.within * _deviations(rng, n_hours) + grown[:, None] * shift
    values[:, 2] = np.minimum(values[:, 2], values[:, 1] - 15)  # diastolic stays below systolic
    values = np.clip(np.round(values / sign.step) * sign.step, sign.low, sign.high).round(1)
    return values, _recorded(rng, grown, missing), onset


def _levels(rng, skew):
    """Standardised levels of a patient: shifted lognormal, mirrored where ``skew`` is negative."""
    z = rng.standard_normal(len(SIGNS))
    z[2] = PRESSURES_TOGETHER * z[1] + np.sqrt(1 - PRESSURES_TOGETHER**2) * z[2]
    s2 = np.where(skew == 0, 1, skew) ** 2
    skewed = (np.exp(skew * z) - np.exp(s2 / 2)) / np.sqrt(np.exp(2 * s2) - np.exp(s2))
    return np.where(skew == 0, z, np.sign(skew) * skewed)


def _deviations(rng, n_hours):
    """Standardised deviations, correlated from hour to hour, each sign on its own."""
    start = rng.standard_normal((1, len(SIGNS)))
    fresh = np.sqrt(1 - MEMORY**2) * rng.standard_normal((n_hours - 1, len(SIGNS)))
    return lfilter([1], [1, -MEMORY], np.vstack([start, fresh]), axis=0)


def _drift(rng, hours, deteriorating, size):
    """When a drift begins (NaN: never), how far it has come at each hour, its full size."""
    sick, when = rng.random() < deteriorating, rng.uniform(EARLIEST, LATEST) * len(hours)
    tau, cold = rng.uniform(3, 12), rng.random() < COLD
    shift = size * rng.gamma(4, 1 / 4, len(SIGNS))
    shift[-1] *= -0.8 if cold else 1
    onset = when if sick else np.nan
    grown = -np.expm1(-np.clip(hours - when, 0, None) / tau) if sick else np.zeros(len(hours))
    return onset, grown, shift


def _recorded(rng, grown, missing):
    """What the rounds recorded; the first hour has one, and drifts make them more frequent."""
    chance = 1 - missing * (1 - 0.7 * grown)
    rounds = rng.random(len(grown)) < chance
    rounds[0] = True
    kept = rng.random((len(grown), len(SIGNS))) >= SKIPPED * (missing > 0)
    return rounds[:, None] & kept

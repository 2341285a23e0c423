"""A simulated cohort of people with newly found diabetes, of four known phenotypes or of none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr

from .base import Dataset
from .registry import statement


class Phenotype(NamedTuple):
    """One group: how many of every 8,403, and (mean, standard deviation) of each measurement."""

    patients: int
    hba1c: tuple[float, float]
    bmi: tuple[float, float]
    age: tuple[float, float]
    homa2_b: tuple[float, float]
    homa2_ir: tuple[float, float]


PHENOTYPES = {
    "insulin-deficient": Phenotype(
        1575, (101.85, 19), (28.86, 4.8), (56.74, 11), (47.64, 28), (3.18, 1.5)
    ),
    "insulin-resistant": Phenotype(
        1373, (54.07, 15), (33.85, 5.2), (65.25, 9.3), (150.47, 47), (5.54, 2.0)
    ),
    "obesity-related": Phenotype(
        1942, (57.70, 16), (35.71, 5.4), (48.96, 9.5), (95.03, 33), (3.35, 1.2)
    ),
    "age-related": Phenotype(
        3513, (50.08, 9.8), (27.94, 3.4), (67.37, 8.6), (86.59, 27), (2.55, 0.8)
    ),
}
FEATURES = (
    "HbA1c (mmol/mol)",
    "BMI (kg/m2)",
    "age at diagnosis (years)",
    "HOMA2-B (%)",
    "HOMA2-IR",
)
SKEWED = np.array([True, False, False, True, True])  # drawn on the log scale
LOWEST = np.array([25, 15, 18, 3, 0.2])
HIGHEST = np.array([190, 65, 95, 400, 20])
DECIMALS = (0, 1, 0, 1, 2)
WITHIN = np.array(  # correlations within a phenotype, in the order of FEATURES
    [
        [1.0, 0.0, -0.1, -0.4, 0.1],
        [0.0, 1.0, -0.2, 0.2, 0.3],
        [-0.1, -0.2, 1.0, 0.1, 0.0],
        [-0.4, 0.2, 0.1, 1.0, 0.5],
        [0.1, 0.3, 0.0, 0.5, 1.0],
    ]
)


def simulate_patients(
    n_patients: int = 1000,
    spread: float = 1.0,
    groups: bool = True,
    random_state: int | None = 0,
) -> Dataset:
    r"""Five measurements of simulated people with newly found diabetes, whose phenotype is known.

    Each patient draws a phenotype :math:`k` with probability :math:`p_k`, and then

    .. math:: x \sim \mathcal{N}(\mu_k, \Sigma_k), \qquad
              \Sigma_k = \operatorname{diag}(\sigma_k)\, R\, \operatorname{diag}(\sigma_k),

    HbA1c and the two HOMA2 indices on the log scale.  Without ``groups`` all come from one normal
    distribution with the mean :math:`\mu = \sum_k p_k \mu_k` and the covariance
    :math:`\sum_k p_k \bigl(\Sigma_k + (\mu_k - \mu)(\mu_k - \mu)^\top\bigr)` of the mixture: alike
    in every mean, standard deviation and correlation on that scale, but with no groups to find.

    Calibration: shares and means are those of the four clusters without autoantibodies that
    Ahlqvist et al. (2018) found in 8,403 Swedes by K-means.  Standard deviations, skewness and the
    correlations :math:`R` within a phenotype are plausible, not fitted.  In those patients nobody
    knows a true phenotype; here it exists because it was put in.

    Parameters
    ----------
    n_patients : int ≥ 1
        "P0001", "P0002", ...  A patient does not depend on how many there are.
    spread : float > 0
        Factor on the standard deviations within phenotypes: below 1 they lie further apart.
    groups : bool
        False: one continuous population.
    random_state : int or None
        Seed; None gives other patients each time.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (n_patients, 5): HbA1c (mmol/mol), body mass index (kg/m2), age
        at diagnosis (years), HOMA2-B, the working of the insulin-making cells (% of normal),
        HOMA2-IR, the resistance to insulin (1 is normal).  ``y`` None.  ``extras``: "phenotype",
        the truth: "insulin-deficient", "insulin-resistant", "obesity-related", "age-related";
        "none" for everyone without ``groups``.

    Raises
    ------
    ValueError
        An argument outside the range given above.

    References
    ----------
    Ahlqvist, E. et al. (2018). Novel subgroups of adult-onset diabetes and their association with
    outcomes: a data-driven cluster analysis of six variables. Lancet Diabetes & Endocrinology 6(5),
    361-369. doi:10.1016/S2213-8587(18)30051-2
    """
    _check_arguments(n_patients, spread, groups)
    z = np.random.default_rng(random_state).standard_normal((n_patients, 1 + len(FEATURES)))
    share, mean, covariance = _mixture(spread)
    which = np.searchsorted(np.cumsum(share)[:-1], ndtr(z[:, 0]), side="right")
    if not groups:
        which[:] = 0
        mean, covariance = _as_one(share, mean, covariance)
    root = np.linalg.cholesky(covariance)
    drawn = mean[which] + np.einsum("nij,nj->ni", root[which], z[:, 1:])
    values = np.where(SKEWED, np.exp(np.where(SKEWED, drawn, 0)), drawn)
    X = pd.DataFrame(np.clip(values, LOWEST, HIGHEST), columns=FEATURES)
    return Dataset(
        X=X.round(dict(zip(FEATURES, DECIMALS))),
        y=None,
        patient_ids=np.array([f"P{i:04d}" for i in range(1, n_patients + 1)]),
        statement=statement("simulated_patients"),
        feature_names=FEATURES,
        extras={"phenotype": np.array(list(PHENOTYPES))[which] if groups else _none(n_patients)},
    )


def _check_arguments(n_patients, spread, groups):
    whole = isinstance(n_patients, (int, np.integer)) and not isinstance(n_patients, bool)
    if not whole or n_patients < 1:
        raise ValueError(f"n_patients must be a whole number ≥ 1, got {n_patients!r}")
    number = isinstance(spread, (int, float, np.number)) and not isinstance(spread, bool)
    if not number or not 0 < spread < np.inf:
        raise ValueError(f"spread must be a number > 0, got {spread!r}")
    if not isinstance(groups, (bool, np.bool_)):
        raise ValueError(f"groups must be True or False, got {groups!r}")


def _mixture(spread):
    """Shares (4,), means (4, 5) and covariances (4, 5, 5) on the scale on which one draws."""
    patients = np.array([phenotype.patients for phenotype in PHENOTYPES.values()])
    m, s = np.moveaxis([phenotype[1:] for phenotype in PHENOTYPES.values()], -1, 0)
    s = s * spread
    variance = np.where(SKEWED, np.log1p((s / m) ** 2), s**2)
    mean = np.where(SKEWED, np.log(m) - variance / 2, m)
    deviation = np.sqrt(variance)
    return patients / patients.sum(), mean, deviation[:, :, None] * WITHIN * deviation[:, None]


def _as_one(share, mean, covariance):
    """Mean and covariance of the mixture as a whole: shapes (1, 5) and (1, 5, 5)."""
    centre = share @ mean
    apart = mean - centre
    between = apart[:, :, None] * apart[:, None]
    return centre[None], np.tensordot(share, covariance + between, 1)[None]


def _none(n):
    return np.full(n, "none")

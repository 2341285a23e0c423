"""How good is it, and how sure are we?  Medical metrics with intervals over patients.

``bootstrap`` gives any metric a confidence interval that resamples patients, ``regression`` judges
predicted quantities against a baseline and by subgroup, ``agreement`` compares two ways of
measuring the same quantity.
"""

from .agreement import BlandAltman, bland_altman
from .bootstrap import additive, bootstrap_values, patient_bootstrap
from .interval import Interval
from .regression import (
    mae_difference,
    mean_absolute_error,
    mean_error,
    r_squared,
    regression_report,
    root_mean_squared_error,
    skill_score,
    subgroup_report,
)

__all__ = [
    "BlandAltman",
    "Interval",
    "additive",
    "bland_altman",
    "bootstrap_values",
    "mae_difference",
    "mean_absolute_error",
    "mean_error",
    "patient_bootstrap",
    "r_squared",
    "regression_report",
    "root_mean_squared_error",
    "skill_score",
    "subgroup_report",
]

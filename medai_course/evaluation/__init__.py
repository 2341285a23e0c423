"""How good is it, and how sure are we?  Medical metrics with intervals over patients.

``bootstrap`` gives any metric a confidence interval that resamples patients, ``regression`` judges
predicted quantities against a baseline and by subgroup, ``agreement`` compares two ways of
measuring the same quantity.  ``classification``, ``delong`` and ``diagnostic`` judge tests for a
disease, ``calibration``, ``recalibration`` and ``decision`` predicted risks, ``subgroups`` whether
they serve everyone, ``risk_report`` several models side by side, ``importance`` what a model owes
to a feature.  ``survival``, ``survival_error``, ``survival_calibration`` and ``survival_decision``
judge predictions of how long, ``proportional_hazards`` whether a Cox model's hazard ratios stay
what they are.
``clustering`` and ``stability`` judge groups that nobody has labelled, ``components`` and
``neighbours`` what is kept when many measurements become few.  ``fidelity`` asks whether virtual
records look like real ones, ``memorisation`` whether they give away who was in the training set.
``p_value`` and ``brief_table`` print what comes out as journals do.
"""

from .agreement import BlandAltman, bland_altman
from .bootstrap import additive, bootstrap_values, patient_bootstrap
from .brief_table import brief_table
from .calibration import (
    brier_decomposition,
    brier_score,
    calibration_curve,
    expected_calibration_error,
)
from .classification import (
    average_precision,
    confusion_matrix,
    precision_recall_curve,
    roc_auc,
    roc_curve,
)
from .clustering import (
    GapStatistic,
    adjusted_rand_index,
    gap_statistic,
    silhouette_samples,
    silhouette_score,
)
from .components import (
    ParallelAnalysis,
    cross_validated_reconstruction,
    parallel_analysis,
)
from .decision import decision_curve, net_benefit
from .delong import delong_interval, delong_test
from .diagnostic import (
    diagnostic_report,
    f1_score,
    negative_predictive_value,
    positive_predictive_value,
    predictive_values,
    sensitivity,
    specificity,
    wilson_interval,
)
from .fidelity import correlation_distance, marginal_distances, two_sample_test
from .importance import PermutationImportance, permutation_importance
from .interval import Interval
from .memorisation import membership_inference, nearest_distances
from .neighbours import trustworthiness
from .p_value import p_text
from .proportional_hazards import (
    SchoenfeldResiduals,
    proportional_hazards_test,
    schoenfeld_residuals,
)
from .recalibration import logistic_recalibration
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
from .risk_report import risk_report
from .stability import ClusterStability, cluster_stability
from .subgroups import subgroup_table
from .survival import concordance_index, concordance_index_ipcw, cumulative_dynamic_auc
from .survival_calibration import survival_at, survival_calibration_curve
from .survival_decision import survival_decision_curve
from .survival_error import integrated_brier_score, survival_brier_score

__all__ = [
    "BlandAltman",
    "ClusterStability",
    "GapStatistic",
    "Interval",
    "ParallelAnalysis",
    "PermutationImportance",
    "SchoenfeldResiduals",
    "additive",
    "adjusted_rand_index",
    "average_precision",
    "bland_altman",
    "bootstrap_values",
    "brief_table",
    "brier_decomposition",
    "brier_score",
    "calibration_curve",
    "cluster_stability",
    "concordance_index",
    "concordance_index_ipcw",
    "confusion_matrix",
    "correlation_distance",
    "cross_validated_reconstruction",
    "cumulative_dynamic_auc",
    "decision_curve",
    "delong_interval",
    "delong_test",
    "diagnostic_report",
    "expected_calibration_error",
    "f1_score",
    "gap_statistic",
    "integrated_brier_score",
    "logistic_recalibration",
    "mae_difference",
    "marginal_distances",
    "mean_absolute_error",
    "mean_error",
    "membership_inference",
    "nearest_distances",
    "negative_predictive_value",
    "net_benefit",
    "p_text",
    "parallel_analysis",
    "patient_bootstrap",
    "permutation_importance",
    "positive_predictive_value",
    "precision_recall_curve",
    "predictive_values",
    "proportional_hazards_test",
    "r_squared",
    "regression_report",
    "risk_report",
    "roc_auc",
    "roc_curve",
    "root_mean_squared_error",
    "schoenfeld_residuals",
    "sensitivity",
    "silhouette_samples",
    "silhouette_score",
    "skill_score",
    "specificity",
    "subgroup_report",
    "subgroup_table",
    "survival_at",
    "survival_brier_score",
    "survival_calibration_curve",
    "survival_decision_curve",
    "trustworthiness",
    "two_sample_test",
    "wilson_interval",
]

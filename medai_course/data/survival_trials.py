"""Follow-up studies with censored times that ship inside scikit-survival."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sksurv import datasets

from .base import Dataset
from .registry import statement

OUTCOME = np.dtype([("event", bool), ("time", np.float64)])

_GBSG2 = {
    "age": "age (years)",
    "estrec": "oestrogen receptor (fmol/mg)",
    "horTh": "hormone treatment",
    "menostat": "menopause",
    "pnodes": "positive lymph nodes",
    "progrec": "progesterone receptor (fmol/mg)",
    "tgrade": "tumour grade",
    "tsize": "tumour size (mm)",
}
_WHAS500 = {
    "afb": "atrial fibrillation",
    "age": "age (years)",
    "av3": "complete heart block",
    "bmi": "body mass index (kg/m2)",
    "chf": "heart failure",
    "cvd": "earlier cardiovascular disease",
    "diasbp": "diastolic blood pressure (mmHg)",
    "gender": "female",
    "hr": "heart rate (beats/min)",
    "los": "length of stay (days)",
    "miord": "not the first infarction",
    "mitype": "Q-wave infarction",
    "sho": "cardiogenic shock",
    "sysbp": "systolic blood pressure (mmHg)",
}
_VETERANS = {
    "Age_in_years": "age (years)",
    "Celltype": "cell type",
    "Karnofsky_score": "Karnofsky score (0 to 100)",
    "Months_from_Diagnosis": "time since diagnosis (months)",
    "Prior_therapy": "earlier treatment",
    "Treatment": "treatment",
}


def load_gbsg2() -> Dataset:
    """Breast cancer with affected lymph nodes: eight measurements, and the time to recurrence.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (686, 8); three columns are categories, the grade an ordered one.
        ``y`` a structured array of shape (686,): "event", True for recurrence or death (299), False
        where the woman was last seen without; "time", days since the operation, 8 to 2,659.  One
        row is one patient.

    References
    ----------
    Schumacher, M. et al. (1994). Randomized 2 x 2 trial evaluating hormonal treatment and the
    duration of chemotherapy in node-positive breast cancer patients. Journal of Clinical Oncology
    12(10), 2086-2093. doi:10.1200/JCO.1994.12.10.2086
    """
    X, y = datasets.load_gbsg2()
    X = X.rename(columns=_GBSG2)
    X["tumour grade"] = X["tumour grade"].cat.as_ordered()
    return _one_row_a_patient("gbsg2", X, y, ("recurrence or death (days)",))


def load_whas500() -> Dataset:
    """Heart attacks in Worcester: fourteen findings in hospital, and the time to death.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (500, 14); yes-or-no findings are 0 or 1.  The length of stay is
        known at discharge only: no predictor for the day of admission.  ``y`` a structured array of
        shape (500,): "event", True for death (215), False where the patient was last seen alive;
        "time", days since admission, 1 to 2,358.  One row is one patient.

    References
    ----------
    Hosmer, D. W., Lemeshow, S. and May, S. (2008). Applied Survival Analysis: Regression Modeling
    of Time-to-Event Data, 2nd edition. Wiley. doi:10.1002/9780470258019
    """
    X, y = datasets.load_whas500()
    findings = X.select_dtypes("category").columns
    X = X.astype(dict.fromkeys(findings, int)).rename(columns=_WHAS500)
    return _one_row_a_patient("whas500", X, y, ("death (days)",))


def load_veterans_lung_cancer() -> Dataset:
    """Inoperable lung cancer: a trial of two chemotherapies, and the time to death.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (137, 6); three columns are categories.  ``y`` a structured array
        of shape (137,): "event", True for death (128), False where the man was last seen alive;
        "time", days since randomisation, 1 to 999.  One row is one patient.

    References
    ----------
    Prentice, R. L. (1973). Exponential survivals with censoring and explanatory variables.
    Biometrika 60(2), 279-288. doi:10.1093/biomet/60.2.279
    """
    X, y = datasets.load_veterans_lung_cancer()
    return _one_row_a_patient(
        "veterans_lung_cancer", X.rename(columns=_VETERANS), y, ("death (days)",)
    )


def _one_row_a_patient(name: str, X: pd.DataFrame, y: np.ndarray, target_names) -> Dataset:
    event, time = y.dtype.names
    outcome = np.empty(len(y), OUTCOME)
    outcome["event"], outcome["time"] = y[event], y[time]
    return Dataset(
        X=X,
        y=outcome,
        patient_ids=np.array([f"{name}-{i:03d}" for i in range(len(X))]),
        statement=statement(name),
        feature_names=tuple(X.columns),
        target_names=target_names,
    )

"""Coronary heart disease in Cleveland: thirteen findings and the result of the angiogram."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .base import Dataset
from .download import fetch
from .registry import statement

# in the order of the file; a mapping says what a code means
_COLUMNS = {
    "age (years)": float,
    "male": int,
    "chest pain": {
        1: "typical angina",
        2: "atypical angina",
        3: "non-anginal pain",
        4: "asymptomatic",
    },
    "resting blood pressure (mmHg)": float,
    "cholesterol (mg/dL)": float,
    "fasting glucose above 120 mg/dL": int,
    "resting ECG": {0: "normal", 1: "ST-T abnormality", 2: "left ventricular hypertrophy"},
    "maximum heart rate (beats/min)": float,
    "angina in exercise": int,
    "ST depression in exercise (mm)": float,
    "ST slope in exercise": {1: "up", 2: "flat", 3: "down"},
    "major vessels coloured (0 to 3)": float,
    "thallium scan": {3: "normal", 6: "fixed defect", 7: "reversible defect"},
}


def load_heart_disease() -> Dataset:
    """303 people referred for an angiogram in Cleveland: what was known, and what it showed.

    A missing file is downloaded, 18 kB.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (303, 13); four columns are categories, findings that are there
        or not are 0 or 1.  Six cells are missing (NaN): four counts of vessels, two thallium scans.
        The source names no unit of the ST depression; mm is what is usual.  ``y`` a Series
        "coronary disease" of shape (303,): 1 (139) if a vessel was narrowed by more than half.
        ``extras``: "grade", the source's own outcome, 0 to 4, 0 for no disease; what tells 1 from 4
        is not defined well enough to be predicted.  One row is one patient.

    Raises
    ------
    FileNotFoundError
        A file that is neither there nor to be had.

    References
    ----------
    Detrano, R. et al. (1989). International application of a new probability algorithm for the
    diagnosis of coronary artery disease. American Journal of Cardiology 64(5), 304-310.
    doi:10.1016/0002-9149(89)90524-9
    """
    (path,) = fetch("heart_disease")
    table = pd.read_csv(path, header=None, names=[*_COLUMNS, "grade"], na_values="?")
    grade = table.pop("grade").to_numpy(np.int64)
    for name, kind in _COLUMNS.items():
        if isinstance(kind, dict):
            table[name] = pd.Categorical(table[name].map(kind), list(kind.values()))
        else:
            table[name] = table[name].astype(kind)
    return Dataset(
        X=table,
        y=pd.Series((grade > 0).astype(int), name="coronary disease"),
        patient_ids=np.array([f"heart_disease-{i:03d}" for i in range(len(table))]),
        statement=statement("heart_disease"),
        feature_names=tuple(_COLUMNS),
        target_names=("no vessel narrowed by half", "coronary disease"),
        extras={"grade": grade},
    )

"""Real tables that ship inside scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn import datasets

from .base import Dataset
from .registry import statement

_DIABETES_NAMES = (
    "age (years)",
    "sex (1 or 2)",
    "bmi (kg/m2)",
    "bp (mmHg)",
    "total cholesterol (mg/dL)",
    "ldl (mg/dL)",
    "hdl (mg/dL)",
    "total cholesterol / hdl",
    "log triglycerides",
    "glucose (mg/dL)",
)


def load_wdbc() -> Dataset:
    """Breast masses: 30 measurements of cell nuclei, benign or malignant.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (569, 30), the mean, the standard error and the worst (mean of
        the three largest) of ten features over the nuclei of one aspirate; lengths and areas are in
        a unit of the image that the source does not state.  ``y`` a Series "malignant" of shape
        (569,): 1 malignant (212), 0 benign (357).  scikit-learn codes it the other way round.
        One row is one patient.

    References
    ----------
    Street, W. N., Wolberg, W. H. and Mangasarian, O. L. (1993). Nuclear feature extraction for
    breast tumor diagnosis. Proc. SPIE 1905, 861-870. doi:10.1117/12.148698
    """
    bunch = datasets.load_breast_cancer(as_frame=True)
    y = (bunch.target == list(bunch.target_names).index("malignant")).astype(int)
    return _one_row_a_patient("wdbc", bunch.data, y.rename("malignant"), ("benign", "malignant"))


def load_diabetes() -> Dataset:
    """Ten baseline measurements of people with diabetes, and its progression a year later.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (442, 10), in original units, not scaled; those of the blood
        tests are inferred from their ranges.  ``y`` a Series of shape (442,), 25 to 346, a measure
        that the source does not define.  One row is one patient.

    References
    ----------
    Efron, B., Hastie, T., Johnstone, I. and Tibshirani, R. (2004). Least angle regression. Annals
    of Statistics 32(2), 407-499. doi:10.1214/009053604000000067
    """
    bunch = datasets.load_diabetes(as_frame=True, scaled=False)
    target = "disease progression after one year"
    X = bunch.data.set_axis(_DIABETES_NAMES, axis=1)
    return _one_row_a_patient("diabetes", X, bunch.target.rename(target), (target,))


def _one_row_a_patient(name, X, y, target_names):
    return Dataset(
        X=X,
        y=y,
        patient_ids=np.array([f"{name}-{i:03d}" for i in range(len(X))]),
        statement=statement(name),
        feature_names=tuple(X.columns),
        target_names=target_names,
    )

"""Yearly insurance charges of invented people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .base import Dataset
from .download import fetch
from .registry import statement

_COLUMNS = {
    "age": "age (years)",
    "sex": "sex",
    "bmi": "BMI (kg/m2)",
    "children": "children",
    "smoker": "smoker",
    "region": "region",
}
TARGET = "charges (US dollars a year)"


def load_insurance() -> Dataset:
    """Simulated yearly medical charges of 1,338 invented people in the United States.

    The table was made up for a textbook from census figures: each relation in it was put there by
    its author, and it says nothing about real costs.  A missing file is downloaded, 54 kB.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (1338, 6); sex and region are categories, smoker is 0 or 1 (274).
        ``y`` a Series of shape (1338,), in dollars, 1,122 to 63,770.  One row is one invented
        person; one row is there twice, as in the source.

    Raises
    ------
    FileNotFoundError
        A file that is neither there nor to be had.

    References
    ----------
    Lantz, B. (2013). Machine Learning with R. Packt Publishing. ISBN 978-1-78216-214-8
    """
    (path,) = fetch("insurance")
    table = pd.read_csv(path)
    X = table[list(_COLUMNS)].rename(columns=_COLUMNS)
    X["smoker"] = (X["smoker"] == "yes").astype(int)
    return Dataset(
        X=X.astype({"sex": "category", "region": "category"}),
        y=table["charges"].rename(TARGET),
        patient_ids=np.array([f"insurance-{i:04d}" for i in range(len(table))]),
        statement=statement("insurance"),
        feature_names=tuple(_COLUMNS.values()),
        target_names=(TARGET,),
    )

"""Follow-up studies: published counts, units, and an outcome that survival analysis accepts."""

import numpy as np
import pandas as pd
import pytest
from sksurv.datasets import load_gbsg2
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.nonparametric import kaplan_meier_estimator

import medai_course.data as data

TRIALS = {
    "gbsg2": (686, 8, 299, (8, 2659)),
    "whas500": (500, 14, 215, (1, 2358)),
    "veterans_lung_cancer": (137, 6, 128, (1, 999)),
}


@pytest.mark.parametrize("name", TRIALS)
def test_a_study_has_its_published_counts_and_one_row_a_patient(name):
    n, d, events, (shortest, longest) = TRIALS[name]
    loaded = getattr(data, f"load_{name}")()
    assert loaded.X.shape == (n, d) and tuple(loaded.X.columns) == loaded.feature_names
    assert loaded.y.dtype.names == ("event", "time") and loaded.y["event"].dtype == bool
    assert loaded.y["event"].sum() == events
    assert (loaded.y["time"].min(), loaded.y["time"].max()) == (shortest, longest)
    assert len(set(loaded.patient_ids)) == n and loaded.X.notna().all(axis=None)
    assert loaded.statement.kind == "installed" and "(days)" in loaded.target_names[0]
    train, test = loaded.split(0.3, 0)
    assert len(train) + len(test) == n and not set(train.patient_ids) & set(test.patient_ids)
    assert test.y.dtype == loaded.y.dtype


def test_gbsg2_keeps_every_value_of_its_source():
    loaded, (X, y) = data.load_gbsg2(), load_gbsg2()
    np.testing.assert_array_equal(loaded.X["tumour size (mm)"], X["tsize"])
    np.testing.assert_array_equal(loaded.X["oestrogen receptor (fmol/mg)"], X["estrec"])
    np.testing.assert_array_equal(loaded.y["time"], y["time"])
    assert loaded.X["hormone treatment"].value_counts().to_dict() == {"no": 440, "yes": 246}
    grade = loaded.X["tumour grade"]
    assert grade.cat.ordered and grade.min() == "I" and (grade >= "II").sum() == 605


def test_whas500_codes_findings_as_zero_or_one():
    X = data.load_whas500().X
    findings = X.select_dtypes(int)
    assert findings.isin([0, 1]).all(axis=None) and findings.shape[1] == 8
    assert X["female"].sum() == 200 and X["cardiogenic shock"].sum() == 22
    assert X["age (years)"].between(30, 104).all()
    # shock kills: a code turned round would say the opposite
    y = data.load_whas500().y
    dead = pd.Series(y["event"]).groupby(X["cardiogenic shock"].to_numpy()).mean()
    assert dead[1] > dead[0] + 0.2


def test_outcomes_are_taken_by_survival_analysis_as_they_are():
    # median survival of the published trial: about 80 days
    loaded = data.load_veterans_lung_cancer()
    times, survival = kaplan_meier_estimator(loaded.y["event"], loaded.y["time"])
    assert times[survival <= 0.5][0] == 80
    score = loaded.X[["Karnofsky score (0 to 100)"]]
    cox = CoxPHSurvivalAnalysis().fit(score, loaded.y)
    assert -0.04 < cox.coef_[0] < -0.02  # published coefficient -0.03 a point

"""Cleveland, ACTG 175 and the invented insured: codes, missing cells, arms and published counts."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sksurv.nonparametric import kaplan_meier_estimator

import medai_course.data as data
from medai_course.data import actg175, heart_disease, insurance

CLEVELAND = """\
63.0,1.0,1.0,145.0,233.0,1.0,2.0,150.0,0.0,2.3,3.0,0.0,6.0,0
58.0,0.0,4.0,100.0,248.0,0.0,2.0,122.0,0.0,1.0,2.0,?,3.0,0
53.0,1.0,3.0,130.0,197.0,1.0,1.0,152.0,0.0,1.2,1.0,2.0,?,4
"""
TRIAL = """\
"pidnum","age","wtkg","hemo","homo","drugs","karnof","oprior","z30","zprior","preanti","race",\
"gender","str2","strat","symptom","treat","offtrt","cd40","cd420","cd496","r","cd80","cd820",\
"cens","days","arms"
"1",11,48,89.5,0,0,0,100,0,0,1,0,0,1,0,1,0,1,0,422,477,660,1,566,324,0,948,2
"2",22,61,49.5,0,1,0,90,0,1,1,895,1,0,1,3,1,0,1,162,218,NA,0,392,564,1,1002,0
"""
INSURED = """\
age,sex,bmi,children,smoker,region,charges
19,female,27.9,0,yes,southwest,16884.924
18,male,33.77,1,no,southeast,1725.5523
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Lets a loader find a file of a few rows laid out as the source's."""

    def put(module, text):
        path = tmp_path / "table.csv"
        path.write_text(text)
        monkeypatch.setattr(module, "fetch", lambda _: [path])

    return put


def test_codes_of_cleveland_become_words_and_missing_cells_stay(stand_in):
    stand_in(heart_disease, CLEVELAND)
    loaded = data.load_heart_disease()
    X = loaded.X
    assert X["chest pain"].tolist() == ["typical angina", "asymptomatic", "non-anginal pain"]
    assert X["ST slope in exercise"].tolist() == ["down", "flat", "up"]
    assert X["resting ECG"].iloc[2] == "ST-T abnormality"
    assert X["thallium scan"].tolist()[:2] == ["fixed defect", "normal"]
    assert X.isna().sum().sum() == 2 and X["thallium scan"].isna().iloc[2]
    assert np.isnan(X["major vessels coloured (0 to 3)"].iloc[1])
    assert loaded.y.tolist() == [0, 0, 1] and loaded.extras["grade"].tolist() == [0, 0, 4]
    assert X["male"].tolist() == [1, 0, 1] and tuple(X.columns) == loaded.feature_names


def test_what_a_trial_measured_later_is_no_predictor(stand_in):
    stand_in(actg175, TRIAL)
    loaded = data.load_actg175()
    later = loaded.extras["after"]
    assert not set(later.columns) & set(loaded.X.columns)
    assert later["CD4 at 96 weeks (cells/mm3)"].isna().tolist() == [False, True]
    assert loaded.extras["arm"].tolist() == ["zidovudine and zalcitabine", "zidovudine"]
    assert loaded.y["event"].tolist() == [False, True]
    assert loaded.y["time"].tolist() == [948, 1002]
    assert loaded.X["antiretroviral history"].tolist() == ["none", "more than 52 weeks"]
    assert loaded.X["CD4 (cells/mm3)"].tolist() == [422, 162]
    assert loaded.X["male"].tolist() == [1, 0]
    assert loaded.patient_ids.tolist() == ["actg175-11", "actg175-22"]


def test_the_insured_are_invented_and_said_to_be(stand_in):
    stand_in(insurance, INSURED)
    loaded = data.load_insurance()
    assert loaded.X["smoker"].tolist() == [1, 0] and loaded.y.tolist() == [16884.924, 1725.5523]
    said = str(loaded.statement) + data.load_insurance.__doc__
    assert "synthetic" in said and "invented" in said and "Simulated" in said


@pytest.mark.needs_data("heart_disease")
def test_cleveland_has_its_published_counts():
    loaded = data.load_heart_disease()
    assert loaded.X.shape == (303, 13) and loaded.y.sum() == 139
    assert np.bincount(loaded.extras["grade"]).tolist() == [164, 55, 36, 35, 13]
    missing = loaded.X.isna().sum()
    assert missing.sum() == 6 and missing["thallium scan"] == 2
    assert loaded.X["male"].sum() == 206 and loaded.X["age (years)"].between(29, 77).all()
    # angina that exercise brings on speaks for the disease: a code turned round would not
    ill = loaded.y.groupby(loaded.X["angina in exercise"]).mean()
    assert ill[1] > ill[0] + 0.3
    assert loaded.y[loaded.X["thallium scan"] == "reversible defect"].mean() > 0.7


@pytest.mark.needs_data("actg175")
def test_the_trial_agrees_with_its_publication():
    loaded = data.load_actg175()
    assert loaded.X.shape == (2139, 15) and loaded.X.notna().all(axis=None)
    assert loaded.y["event"].sum() == 521 and len(set(loaded.patient_ids)) == 2139
    arm, event = loaded.extras["arm"], loaded.y["event"]
    # Hammer et al. 1996, all 2,467 patients: 32, 18, 20 and 22 % reached the end point
    shares = [event[arm == name].mean() for name in actg175.ARMS]
    np.testing.assert_allclose(shares, [0.32, 0.18, 0.20, 0.22], atol=0.025)
    assert pd.Series(arm).value_counts()[list(actg175.ARMS)].tolist() == [532, 522, 524, 561]
    # chance made the arms alike before treatment
    age = loaded.X.groupby(arm)[["age (years)", "CD4 (cells/mm3)"]].mean()
    assert (np.ptp(age, axis=0) < [1.0, 15]).all()
    times, free = kaplan_meier_estimator(event, loaded.y["time"])
    assert 0.70 < free[times <= 1000][-1] < 0.80


@pytest.mark.needs_data("insurance")
def test_the_charges_follow_what_was_put_in():
    loaded = data.load_insurance()
    assert loaded.X.shape == (1338, 6) and loaded.X["smoker"].sum() == 274
    assert loaded.y.mean() == pytest.approx(13270.42, abs=0.01)
    assert loaded.X.assign(charges=loaded.y).duplicated().sum() == 1
    model = LinearRegression().fit(loaded.X[["age (years)", "BMI (kg/m2)", "smoker"]], loaded.y)
    assert model.coef_[2] > 20_000

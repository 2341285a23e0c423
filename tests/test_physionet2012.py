"""Two days of intensive care: hours, missing values, slips of the pen, outcomes."""

import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import medai_course.data as data
from medai_course.data import physionet2012

ADMISSION = "00:00,RecordID,{id}\n00:00,Age,{age}\n00:00,Gender,{sex}\n00:00,Height,{height}\n"
ADMISSION += "00:00,ICUType,3\n00:00,Weight,{weight}\n"
HEADER = "Time,Parameter,Value\n"


@pytest.fixture
def stays(tmp_path, monkeypatch):
    """Writes stays as the challenge lays them out and lets the loader find them."""

    def write(texts, outcomes=None):
        with zipfile.ZipFile(tmp_path / "set-a.zip", "w") as archive:
            for name, text in texts.items():
                archive.writestr(f"set-a/{name}.txt", text)
        lines = outcomes or [f"{name},10,5,7,-1,0" for name in texts]
        head = "RecordID,SAPS-I,SOFA,Length_of_stay,Survival,In-hospital_death"
        (tmp_path / "Outcomes-a.txt").write_text("\n".join([head, *lines]) + "\n")
        monkeypatch.setattr(physionet2012, "fetch", lambda _, names: [tmp_path / n for n in names])

    return write


def stay(number, *lines, age=60, sex=1, height=170, weight=70):
    head = ADMISSION.format(id=number, age=age, sex=sex, height=height, weight=weight)
    return HEADER + head + "".join(f"{line}\n" for line in lines)


def column(loaded, name):
    return loaded.X[:, :, list(physionet2012.VARIABLES).index(name)]


def test_values_of_an_hour_are_averaged_and_urine_is_summed(stays):
    lines = ["01:10,HR,80", "01:50,HR,100", "47:59,HR,60", "48:00,HR,70", "03:00,Urine,100"]
    stays({"132": stay(132, *lines, "03:59,Urine,50", "04:00,Urine,0")})
    loaded = data.load_physionet2012()
    heart, urine = column(loaded, "HR")[0], column(loaded, "Urine")[0]
    assert (heart[1], heart[47]) == (90, 65) and np.isnan(heart[[0, 2, 46]]).all()
    assert (urine[3], urine[4]) == (150, 0) and np.isnan(urine[5])
    assert loaded.X.shape == (1, 48, 37) == loaded.extras["mask"].shape
    np.testing.assert_array_equal(loaded.extras["mask"], np.isfinite(loaded.X))
    assert loaded.feature_names[14] == "HR (beats/min)" and loaded.feature_names[-1] == "pH"


def test_what_cannot_be_is_missing_and_a_lost_decimal_point_is_found(stays):
    lines = ["00:10,SysABP,0", "01:10,Temp,-17.8", "02:10,pH,735", "03:10,pH,1", "04:10,HR,-1"]
    stays({"9": stay(9, *lines, "05:10,Temp,36.6", age=-1, sex=-1, height=-1, weight=-1)})
    loaded = data.load_physionet2012()
    assert np.isnan(column(loaded, "SysABP")).all() and np.isnan(column(loaded, "HR")).all()
    assert column(loaded, "pH")[0, 2] == 7.35 and np.isnan(column(loaded, "pH")[0, 3])
    assert loaded.extras["mask"].sum() == 2 and column(loaded, "Temp")[0, 5] == 36.6
    static = loaded.extras["static"].iloc[0]
    assert static[["age", "gender", "height", "weight"]].isna().all() and static["icu_type"] == 3


def test_stays_are_sorted_and_keep_their_own_outcomes(stays):
    texts = {"20": stay(20, "00:30,HR,90", age=50), "10": stay(10, age=40)}
    stays(texts, ["10,-1,3,9,5,1", "20,12,-1,-1,-1,0"])
    loaded = data.load_physionet2012()
    assert loaded.patient_ids.tolist() == ["physionet2012-10", "physionet2012-20"]
    assert loaded.y.tolist() == [1, 0] and loaded.y.dtype == np.int64
    assert loaded.extras["static"]["age"].tolist() == [40, 50]
    assert column(loaded, "HR")[1, 0] == 90
    expected = {"saps": [np.nan, 12], "sofa": [3, np.nan], "length_of_stay": [9, np.nan]}
    expected |= {"survival": [5, np.nan]}
    given = loaded.extras["outcomes"][list(expected)]
    pd.testing.assert_frame_equal(given, pd.DataFrame(expected), check_dtype=False)
    one, other = loaded.split(0.5, 0)
    assert len(one.X) == len(other.extras["static"]) == 1


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"1": "Time;Parameter\n"}, "set-a/1.txt is not a whole table"),
        ({"1": stay(1, "00:30,HR,90").rstrip("\n")}, "is not a whole table"),
        ({"1": stay(1, "00:30,HR,ninety")}, "ninety"),
        ({}, "holds no .txt file"),
    ],
)
def test_damaged_stays_are_named(stays, texts, words):
    stays(texts)
    with pytest.raises(ValueError, match=words):
        data.load_physionet2012()


def test_a_stay_without_an_outcome_is_named(stays):
    stays({"1": stay(1), "2": stay(2)}, ["1,1,1,1,-1,0"])
    with pytest.raises(ValueError, match="lacks the outcome of stay 2"):
        data.load_physionet2012()


@pytest.fixture(scope="module")
def real():
    return data.load_physionet2012()


@pytest.mark.needs_data("physionet2012")
def test_the_real_stays_have_the_published_counts(real):
    assert real.X.shape == (4000, 48, 37) and real.y.sum() == 554
    assert len(set(real.patient_ids)) == 4000
    static, outcomes = real.extras["static"], real.extras["outcomes"]
    assert static["icu_type"].value_counts().sort_index().tolist() == [577, 874, 1481, 1068]
    assert static["gender"].isna().sum() == 3 and static["age"].between(15, 90).all()
    assert outcomes["survival"].notna().sum() == 4000 - 2526
    # the challenge's definition: the survival is at least a day and not longer than the stay
    died = outcomes["survival"].ge(1) & (outcomes["survival"] <= outcomes["length_of_stay"])
    np.testing.assert_array_equal(died, real.y == 1)
    first = real.X[0, :, list(physionet2012.VARIABLES).index("GCS")]
    assert first[0] == 15  # 00:07,GCS,15 is the first line of stay 132539 after admission


@pytest.mark.needs_data("physionet2012")
def test_every_variable_lies_in_its_range_and_most_cells_are_empty(real):
    for i, (_, low, high) in enumerate(physionet2012.VARIABLES.values()):
        values = real.X[:, :, i][real.extras["mask"][:, :, i]]
        top = np.inf if i == 33 else high  # an hour's urine is a sum
        assert len(values) > 300 and values.min() >= low and values.max() <= top
    assert 0.19 < real.extras["mask"].mean() < 0.195


@pytest.mark.needs_data("physionet2012")
def test_last_values_foretell_death_as_well_as_they_should(real):
    # reference for these files: AUC 0.817; a loader that mixes rows or variables up falls far below
    last = np.full((len(real), 37), np.nan)
    for hour in range(48):
        last = np.where(real.extras["mask"][:, hour], real.X[:, hour], last)
    model = make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(C=0.1)
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    auc = cross_val_score(model, last, real.y, cv=folds, scoring="roc_auc").mean()
    assert 0.80 < auc < 0.83

"""Models side by side: the same numbers as the metrics give, and text that can be read."""

import numpy as np
import pandas as pd
import pytest

from medai_course.evaluation import (
    Interval,
    brief_table,
    brier_score,
    logistic_recalibration,
    patient_bootstrap,
    risk_report,
    roc_auc,
)

RNG = np.random.default_rng(0)
N = 300
RISK = RNG.beta(2, 4, N)
Y = (RNG.random(N) < RISK).astype(int)
PATIENTS = np.repeat(np.arange(N // 2), 2)
RISKS = {"prevalence": np.full(N, 0.3), "truth": RISK, "timid": 0.3 + (RISK - 0.3) / 3}
FEW = {"n_resamples": 200}


def test_each_cell_is_what_its_metric_says():
    report = risk_report(Y, RISKS, PATIENTS, **FEW)
    assert list(report.index) == list(RISKS)
    for name in ("truth", "timid"):
        boot = [
            patient_bootstrap(f, Y, RISKS[name], patient_ids=PATIENTS, **FEW)
            for f in (roc_auc, brier_score)
        ]
        assert list(report.loc[name]) == [*boot, *logistic_recalibration(Y, RISKS[name])]
    assert report.loc["timid", "slope"].value > 2 * report.loc["truth", "slope"].value


def test_a_risk_that_is_the_same_for_everyone_has_a_brier_score_only():
    row = risk_report(Y, RISKS, PATIENTS, **FEW).loc["prevalence"]
    assert row[["AUC", "slope", "intercept"]].isna().all()
    assert row["Brier score"].value == pytest.approx(np.mean((0.3 - Y) ** 2))


def test_the_level_is_that_of_every_interval():
    report = risk_report(Y, {"truth": RISK}, PATIENTS, level=0.8, **FEW)
    assert {cell.level for cell in report.loc["truth"]} == {0.8}


def test_risks_of_0_and_1_need_a_clip_and_keep_their_brier_score():
    sure = np.where(RISK > 0.4, 1.0, RISK)
    with pytest.raises(ValueError, match="clip"):
        risk_report(Y, {"sure": sure}, PATIENTS, **FEW)
    row = risk_report(Y, {"sure": sure}, PATIENTS, clip=0.01, **FEW).loc["sure"]
    assert row["Brier score"].value == pytest.approx(np.mean((sure - Y) ** 2))
    assert row["slope"] == logistic_recalibration(Y, sure.clip(0.01, 0.99)).slope


@pytest.mark.parametrize(
    ("risks", "changes", "says"),
    [
        ({}, {}, "risks must map"),
        (RISK, {}, "risks must map"),
        ({"short": RISK[:-1]}, {}, r"risks\['short'\] 299"),
        ({"logit": RISK * 3}, {}, r"risks\['logit'\] must hold probabilities"),
        ({"truth": RISK}, {"clip": 0.5}, "clip must be"),
    ],
)
def test_bad_input_is_named(risks, changes, says):
    with pytest.raises(ValueError, match=says):
        risk_report(Y, risks, PATIENTS, **FEW, **changes)


def test_a_brief_table_says_the_numbers_and_not_the_level():
    cells = [Interval(0.756, 0.69, 0.812), np.nan]
    table = pd.DataFrame({"n": [12, 3], "AUC": cells, "left": 0}, index=["a", "b"])
    brief = brief_table(table, {"AUC": ".2f", "n": ".0f"})
    assert brief.to_dict("split")["data"] == [["0.76 (0.69 to 0.81)", "12"], ["-", "3"]]
    assert list(brief.index) == ["a", "b"] and list(brief.columns) == ["AUC", "n"]
    with pytest.raises(ValueError, match="no columns \\['slope'\\]; it has"):
        brief_table(table, {"slope": ".2f"})


def test_an_interval_is_brief_in_its_own_decimals_too():
    assert Interval(0.756, 0.69, 0.812).brief() == "0.76 (0.69 to 0.81)"
    assert Interval(3.0, np.nan, np.nan).brief(".1f") == "3.0 (no interval)"

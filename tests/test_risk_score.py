"""A Cox model as a formula, points, a nomogram and a form: all give the model's own answer."""

import json
import re

import matplotlib
import numpy as np
import pytest

from medai_course.scratch.cox import CoxPH
from medai_course.systems.risk_score import Category, Measurement, RiskScore
from medai_course.teaching.calculator import calculator
from medai_course.teaching.nomogram import nomogram
from tests.survival_data import random_times

matplotlib.use("Agg")
TIMES = [2.0, 6.0]


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    size, sex = rng.uniform(1, 64, 200).round(), rng.integers(0, 2, 200).astype(float)
    time, event = random_times(200, 1)
    time = time / np.exp(0.4 * np.log2(size) - 0.9 * sex)
    X = np.column_stack([np.log2(size), np.log2(1 + size), sex])[:, [0, 2]]
    return CoxPH().fit(X, np.column_stack([time, event])), size, sex


@pytest.fixture
def score(fitted):
    model, _, _ = fitted
    a, b = model.coef_
    return RiskScore(
        [
            Measurement("size", "mm", a, "log2(x)", [1, 4, 16, 64], 8),
            Category("sex", {"male": 0.0, "female": b}, "male"),
        ],
        TIMES,
        model.predict_survival_function(np.zeros((1, 2)), np.array(TIMES))[0],
    )


def test_the_score_is_the_model(fitted, score):
    model, size, sex = fitted
    for i in range(0, 200, 17):
        patient = {"size": size[i], "sex": "female" if sex[i] else "male"}
        expected = model.predict_survival_function([[np.log2(size[i]), sex[i]]], np.array(TIMES))
        np.testing.assert_allclose(score.survival(patient), expected[0], rtol=1e-12)


def test_points_run_from_0_to_100_and_order_as_the_hazard(score):
    points = score.points()
    assert max(max(p.values()) for p in points) == pytest.approx(100)
    assert all(min(p.values()) == 0 for p in points)
    for part, place in zip(score.inputs, points):
        shares = part.choices()
        order = sorted(shares, key=shares.get)
        assert sorted(place, key=place.get) == order


def test_the_printed_formula_can_be_computed_by_hand(score):
    rounded = score.rounded()
    text = rounded.formula("months")
    a = float(re.search(r"([+-][\d.]+) \* log2\(size\)", text)[1])
    b = float(re.search(r"([+-][\d.]+) if sex is female", text)[1])
    S0 = [float(x) for x in re.search(r"months = (.*)$", text)[1].split(", ")]
    by_hand = np.array(S0) ** np.exp(a * 3 + b)
    np.testing.assert_allclose(rounded.survival({"size": 8, "sex": "female"}), by_hand, rtol=1e-12)
    exact = score.survival({"size": 8, "sex": "female"})
    np.testing.assert_allclose(by_hand, exact, atol=5e-4)


def test_the_nomogram_marks_the_survival_of_the_patient(score):
    patient = {"size": 16, "sex": "female"}
    fig = nomogram(score, patient, at=1, outcome="alive (%)")
    (ax,) = fig.axes
    labels = {t.get_text(): t.get_position() for t in ax.texts}
    scale = sorted(
        (x, float(k)) for k, (x, y) in labels.items() if y < -1.3 and k.replace(".", "").isdigit()
    )
    mark = next(line for line in ax.lines if list(line.get_ydata()) == [-0.2, -1.4]).get_xdata()[0]
    shown = np.interp(mark, *zip(*scale))
    assert shown == pytest.approx(100 * score.survival(patient)[1], abs=2.5)


def test_the_nomogram_of_a_score_that_hardly_tells_anything():
    score = RiskScore([Measurement("age", "years", 1e-4, "x", [20, 80], 50)], [1.0], [0.8])
    fig = nomogram(score, {"age": 50}, at=0, outcome="alive (%)")
    assert "79.9" in {t.get_text() for t in fig.axes[0].texts}


def test_the_form_holds_the_numbers_of_the_formula_and_asks_nothing_of_the_net(score):
    html = calculator(score, "alive <b>", note="not for patients").data
    model = json.loads(re.search(r"model = (\{.*?\});\n", html)[1])
    rounded = score.rounded()
    assert model["baseline"] == list(rounded.baseline)
    assert model["inputs"][0]["coefficient"] == rounded.inputs[0].coefficient
    assert model["inputs"][1]["shares"] == list(rounded.inputs[1].shares.values())
    assert "http" not in html and "alive &lt;b&gt;" in html and "<svg" not in html
    assert calculator(score, "alive <b>", note="not for patients").data == html
    for script in re.findall(r"<script>(.*?)</script>", html, re.S):
        assert "ID" not in script.replace("getElementById", "") and "MODEL" not in script


@pytest.mark.parametrize(
    "patient, words",
    [
        ({"size": 8}, "the patient's sex is not given"),
        ({"size": 65, "sex": "male"}, "size must be between 1 and 64 mm"),
        ({"size": 8, "sex": "unknown"}, "sex must be one of male, female"),
    ],
)
def test_a_patient_the_score_cannot_judge(score, patient, words):
    with pytest.raises(ValueError, match=words):
        score.survival(patient)


def test_a_score_that_makes_no_sense(score):
    with pytest.raises(ValueError, match="transform of 'age' must be one of x, log2"):
        Measurement("age", "years", 0.1, "sqrt(x)", [1, 2], 1)
    with pytest.raises(ValueError, match="between 0 and 1 for each of times"):
        RiskScore(score.inputs, [1, 2], [0.9])
    with pytest.raises(ValueError, match="between 0 and 1 for each of times"):
        RiskScore(score.inputs, [1, 2], [1.0, 0.9])
    with pytest.raises(ValueError, match="times must ascend"):
        RiskScore(score.inputs, [2, 1], [0.9, 0.8])

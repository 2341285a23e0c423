"""A tree drawn as a chart: its questions, its patients, its intervals."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from medai_course.evaluation import wilson_interval
from medai_course.pytorch import trees as pytorch_trees
from medai_course.scratch import trees as scratch_trees
from medai_course.teaching.tree_drawing import draw_tree
from medai_course.tensorflow import trees as tensorflow_trees

matplotlib.use("Agg")
BACKENDS = [scratch_trees, pytorch_trees, tensorflow_trees]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def patients(n=200, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "age (years)": rng.integers(30, 80, n),
            "male": rng.integers(0, 2, n),
            "glucose (mmol/L)": rng.normal(6, 1, n),
        }
    )
    risk = 0.1 + 0.3 * (X["age (years)"] >= 55) + 0.5 * (X["male"] * (X["glucose (mmol/L)"] > 6))
    return X, (rng.random(n) < risk).astype(int).to_numpy()


def words(ax):
    return [text.get_text() for text in ax.texts]


def observed(ax):
    """(low, value, high, height) of each leaf: a line and a dot."""
    dots = [line for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata()) == 1]
    bars = [line for line in ax.lines if line.get_marker() == "None" and len(line.get_xdata()) == 2]
    return [(*b.get_xdata(), d.get_xdata()[0], d.get_ydata()[0]) for b, d in zip(bars, dots)]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda m: m.__name__.split(".")[1])
def test_each_leaf_shows_the_patients_who_reach_it(backend):
    X, y = patients()
    model = backend.DecisionTreeClassifier(max_depth=2).fit(X, y)
    new, outcome = patients(90, seed=1)
    _, (chart, side) = draw_tree(model, new, outcome, "ill (%)")
    at, leaves = model.apply(new), np.flatnonzero(model.tree_.is_leaf)
    assert set(at) == set(leaves)
    for (low, high, value, height), leaf in zip(observed(side), leaves, strict=True):
        mine = outcome[at == leaf]
        share = wilson_interval(int(mine.sum()), len(mine))
        assert height == -leaf
        np.testing.assert_allclose(
            [low, value, high], [100 * share.low, 100 * share.value, 100 * share.high]
        )
        assert f"{len(mine)} patients: {100 * mine.mean():.0f} %" in words(chart)
    crosses = [line for line in side.lines if line.get_marker() == "x" and len(line.get_xdata())]
    promised = [line.get_xdata()[0] for line in crosses]
    np.testing.assert_allclose(promised, 100 * model.tree_.value[leaves, 1])


def test_questions_are_asked_in_the_words_and_units_of_the_columns():
    X, y = patients()
    for column, question in (
        ("age (years)", "age ≥ {} years?"),
        ("male", "male?"),
        ("glucose (mmol/L)", "glucose > {:.4g} mmol/L?"),
    ):
        model = scratch_trees.DecisionTreeClassifier(max_depth=1).fit(X[[column]], y)
        limit = model.tree_.threshold[0]
        if column == "age (years)":
            limit = int(np.floor(limit)) + 1
            assert (X[column] >= limit).sum() == model.tree_.n_node_samples[2]
        _, (chart, _) = draw_tree(model, X[[column]], y, "ill (%)")
        assert question.format(limit) in words(chart)


def test_the_left_branch_is_no_and_the_right_one_yes():
    X, y = patients()
    model = scratch_trees.DecisionTreeClassifier(max_depth=1).fit(X[["male"]], y)
    _, (chart, _) = draw_tree(model, X[["male"]], y, "ill (%)")
    women, men = (y[X["male"] == sex] for sex in (0, 1))
    at = words(chart)
    assert at.index("no") < at.index(f"{len(women)} patients: {100 * women.mean():.0f} %")
    assert at.index("yes") < at.index(f"{len(men)} patients: {100 * men.mean():.0f} %")


def test_missing_values_are_told_and_counted():
    x = np.r_[np.arange(20.0), np.full(10, np.nan)]
    for missing_ill, question in ((1, "dose ≥ 10 mg? (missing: yes)"), (0, "(missing: no)")):
        y = np.r_[np.repeat([0, 1], 10), np.full(10, missing_ill)]
        model = scratch_trees.DecisionTreeClassifier().fit(x[:, None], y)
        _, (chart, _) = draw_tree(model, x[:, None], y, "ill (%)", names=["dose (mg)"])
        assert question in words(chart)[0]
        assert f"20 patients: {100 * missing_ill} %" in words(chart)
        _, (chart, _) = draw_tree(model, x[:20, None], y[:20], "ill (%)", names=["dose (mg)"])
        assert question in words(chart)[0]  # training saw missing values, these patients have none
    y = np.r_[np.zeros(20), np.ones(10)].astype(int)
    model = scratch_trees.DecisionTreeClassifier().fit(x[:, None], y)
    _, (chart, _) = draw_tree(model, x[:, None], y, "ill (%)", names=["dose (mg)"])
    assert words(chart)[0] == "dose missing?"


def test_a_regression_tree_shows_means_in_their_unit():
    X, _ = patients()
    charge = 1000.0 * X["male"].to_numpy() + np.random.default_rng(2).normal(0, 50, len(X))
    model = scratch_trees.DecisionTreeRegressor(max_depth=1).fit(X, charge)
    _, (chart, side) = draw_tree(model, X, charge, "charge (dollars)", who="people")
    for (low, high, value, _), sex in zip(observed(side), (0, 1), strict=True):
        mine = charge[X["male"] == sex]
        half = 1.96 * mine.std(ddof=1) / np.sqrt(len(mine))
        np.testing.assert_allclose([low, value, high], mine.mean() + half * np.array([-1, 0, 1]))
    assert any(w.endswith(f"people: {value:.3g}") for w in words(chart))


def test_a_leaf_that_nobody_reaches_promises_and_observes_nothing():
    X, y = patients()
    model = scratch_trees.DecisionTreeClassifier(max_depth=1).fit(X[["male"]], y)
    women = X["male"] == 0
    _, (chart, side) = draw_tree(model, X.loc[women, ["male"]], y[women], "ill (%)")
    assert "0 patients" in words(chart) and len(observed(side)) == 1


def test_what_cannot_be_drawn():
    X, y = patients()
    three = scratch_trees.DecisionTreeClassifier(max_depth=1).fit(X, np.arange(200) % 3)
    with pytest.raises(ValueError, match="two classes can be drawn, this has 3"):
        draw_tree(three, X, y, "ill (%)")
    two = scratch_trees.DecisionTreeClassifier(max_depth=1).fit(X, y)
    with pytest.raises(ValueError, match="names has 1 names, but X has 3 columns"):
        draw_tree(two, X, y, "ill (%)", names=["age"])

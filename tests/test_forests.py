"""Random forests: as good as scikit-learn's, equal in three backends, out of bag without a leak."""

import numpy as np
import pytest
from sklearn import ensemble
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, make_classification
from sklearn.exceptions import NotFittedError
from sklearn.metrics import r2_score, roc_auc_score

from medai_course.scratch import forest_growth
from medai_course.scratch.forests import RandomForestClassifier
from medai_course.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor
from tests.backends import BACKENDS, module
from tests.test_trees import holes, same_arrays

WDBC = load_breast_cancer(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)
IRIS = load_iris(return_X_y=True)


@pytest.fixture(params=BACKENDS)
def forests(request):
    return module(request.param, "forests")


# ---- reference ----


def test_as_many_errors_as_scikit_learns_forest():
    X, y = make_classification(1200, 12, n_informative=6, flip_y=0.15, random_state=0)
    X, Xt, y, yt = X[:600], X[600:], y[:600], y[600:]
    params = {"n_estimators": 60, "min_samples_leaf": 2}
    auc = {}
    for cls in (RandomForestClassifier, ensemble.RandomForestClassifier):
        models = [cls(**params, random_state=seed).fit(X, y) for seed in range(8)]
        auc[cls] = [roc_auc_score(yt, m.predict_proba(Xt)[:, 1]) for m in models]
    ours, theirs = auc.values()
    noise = np.sqrt((np.var(ours, ddof=1) + np.var(theirs, ddof=1)) / 8)
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * noise
    assert np.mean(ours) > 0.85


def test_as_good_a_regression_as_scikit_learns():
    X, y = DIABETES
    r2 = {}
    for cls in (module("scratch", "forests").RandomForestRegressor, ensemble.RandomForestRegressor):
        params = {"n_estimators": 50, "max_features": 0.4, "oob_score": True}
        r2[cls] = [cls(**params, random_state=seed).fit(X, y).oob_score_ for seed in range(6)]
    ours, theirs = r2.values()
    noise = np.sqrt((np.var(ours, ddof=1) + np.var(theirs, ddof=1)) / 6)
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * noise


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_without_draws_every_tree_is_the_decision_tree(forests, kind):
    everything = {"n_estimators": 3, "bootstrap": False, "max_features": None, "max_depth": 5}
    if kind == "classifier":
        w = np.random.default_rng(0).uniform(size=len(WDBC[1]))
        forest = forests.RandomForestClassifier(**everything).fit(*WDBC, sample_weight=w)
        tree = DecisionTreeClassifier(max_depth=5).fit(*WDBC, sample_weight=w)
        X = WDBC[0]
        np.testing.assert_allclose(forest.predict_proba(X), tree.predict_proba(X), atol=1e-12)
    else:
        forest = forests.RandomForestRegressor(**everything).fit(*DIABETES)
        tree, X = DecisionTreeRegressor(max_depth=5).fit(*DIABETES), DIABETES[0]
        np.testing.assert_allclose(forest.predict(X), tree.predict(X), rtol=1e-12)
    for grown in forest.trees_:
        same_arrays(grown, tree.tree_)
    np.testing.assert_allclose(forest.feature_importances_, tree.feature_importances_, atol=1e-12)
    np.testing.assert_array_equal(forest.apply(X), np.tile(tree.apply(X), (3, 1)).T)


def test_each_tree_is_the_decision_tree_of_its_bootstrap():
    X, y = IRIS
    forest = RandomForestClassifier(4, max_features=None, random_state=5).fit(X, y)
    rng = np.random.default_rng(5).spawn(1)[0]
    for tree in forest.trees_:
        counts = np.bincount(rng.integers(150, size=150), minlength=150)
        alone = DecisionTreeClassifier().fit(X, y, sample_weight=counts).tree_
        same_arrays(tree, alone)
        assert tree.weighted_n_node_samples[0] == 150 and 80 < tree.n_node_samples[0] < 110


def test_pruned_trees_are_those_that_pruning_one_tree_gives():
    X, y = WDBC
    whole = {"n_estimators": 1, "bootstrap": False, "max_features": None}
    forest = RandomForestClassifier(**whole, ccp_alpha=0.01).fit(X, y)
    assert forest.trees_[0] == DecisionTreeClassifier(ccp_alpha=0.01).fit(X, y).tree_


# ---- parity ----


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"criterion": "entropy", "max_features": 3, "max_samples": 0.5, "class_weight": "balanced"},
        {"bootstrap": False, "min_samples_leaf": 3, "min_weight_fraction_leaf": 0.02},
    ],
    ids=str,
)
@pytest.mark.parametrize("data", ["wdbc", "holes", "iris"])
def test_three_backends_grow_the_same_forest(params, data):
    X, y = {"wdbc": WDBC, "holes": (holes(WDBC[0]), WDBC[1]), "iris": IRIS}[data]
    w = np.random.default_rng(3).integers(0, 4, len(y))
    params = {"n_estimators": 7, "random_state": 11, **params}
    ours, *others = (
        module(b, "forests").RandomForestClassifier(**params).fit(X, y, sample_weight=w)
        for b in BACKENDS
    )
    for other in others:
        for a, b in zip(other.trees_, ours.trees_):
            same_arrays(a, b)
        np.testing.assert_allclose(other.predict_proba(X), ours.predict_proba(X), atol=1e-10)


def test_three_backends_grow_the_same_regression_forest():
    params = {"n_estimators": 20, "random_state": 2, "oob_score": True, "max_features": 0.3}
    ours, *others = (
        module(b, "forests").RandomForestRegressor(**params).fit(*DIABETES) for b in BACKENDS
    )
    for other in others:
        for a, b in zip(other.trees_, ours.trees_):
            same_arrays(a, b)
        np.testing.assert_allclose(other.oob_prediction_, ours.oob_prediction_, rtol=1e-10)


def test_threads_and_blocks_leave_the_forest_as_it_is(forests, monkeypatch):
    X, y = WDBC
    monkeypatch.setattr(forest_growth, "GROUP", 2000)  # three trees a group
    params = {"n_estimators": 8, "random_state": 0, "oob_score": True}
    with pytest.warns(UserWarning, match="drawn by every tree"):
        one = forests.RandomForestClassifier(**params).fit(X, y)
        two = forests.RandomForestClassifier(**params, n_jobs=2).fit(X, y)
        monkeypatch.setattr(forests.RandomForestClassifier, "_block", 50)
        small = forests.RandomForestClassifier(**params, n_jobs=-1).fit(X, y)
    for other in (two, small):
        assert other.trees_ == one.trees_
        np.testing.assert_array_equal(other.oob_decision_function_, one.oob_decision_function_)
    assert len({tree.threshold[0] for tree in one.trees_}) > 4


@pytest.mark.parametrize("pairs", [1, 50, 10**6])
def test_rows_end_in_the_leaf_that_one_question_after_another_leads_to(forests, pairs, monkeypatch):
    X, y = holes(WDBC[0][::3]), WDBC[1][::3]
    model = forests.RandomForestClassifier(3, random_state=0).fit(X, y)
    monkeypatch.setattr(forests.RandomForestClassifier, "_pairs", pairs)
    leaves = model.apply(X)
    assert leaves.shape == (len(X), 3)
    for x, row in zip(X, leaves):
        for tree, leaf in zip(model.trees_, row):
            node = 0
            while not tree.is_leaf[node]:
                value = x[tree.feature[node]]
                left = (
                    tree.missing_go_to_left[node]
                    if np.isnan(value)
                    else (value <= tree.threshold[node])
                )
                node = tree.children_left[node] if left else tree.children_right[node]
            assert node == leaf


# ---- out of bag ----


def drawn_by(n, trees, seed):
    rng = np.random.default_rng(seed).spawn(1)[0]
    return np.array([np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(trees)])


def test_out_of_bag_is_the_mean_of_the_trees_that_did_not_draw_the_row(forests):
    X, y = WDBC
    model = forests.RandomForestClassifier(30, oob_score=True, random_state=4).fit(X, y)
    drawn, leaves = drawn_by(len(y), 30, 4), model.apply(X)
    for i in range(0, len(y), 7):
        out = np.flatnonzero(drawn[:, i] == 0)
        direct = np.mean([model.trees_[t].value[leaves[i, t]] for t in out], 0)
        np.testing.assert_allclose(model.oob_decision_function_[i], direct, atol=1e-12)
    expected = np.mean(model.oob_decision_function_.argmax(1) == y)
    assert model.oob_score_ == pytest.approx(expected)
    X, y = DIABETES
    numbers = forests.RandomForestRegressor(30, oob_score=True, random_state=4).fit(X, y)
    drawn, leaves = drawn_by(len(y), 30, 4), numbers.apply(X)
    for i in range(0, len(y), 7):
        out = np.flatnonzero(drawn[:, i] == 0)
        direct = np.mean([numbers.trees_[t].value[leaves[i, t]] for t in out])
        assert numbers.oob_prediction_[i] == pytest.approx(direct)
    assert numbers.oob_score_ == pytest.approx(r2_score(y, numbers.oob_prediction_))


def test_out_of_bag_does_not_leak(forests):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 5)), rng.integers(0, 2, 300)  # nothing to learn
    model = forests.RandomForestClassifier(60, oob_score=True, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.99 and 0.38 < model.oob_score_ < 0.62


def test_a_row_that_every_tree_drew_has_no_out_of_bag_prediction(forests):
    with pytest.warns(UserWarning, match=r"rows were drawn by every tree.*raise n_estimators"):
        model = forests.RandomForestClassifier(2, oob_score=True, random_state=0).fit(*IRIS)
    missing = np.isnan(model.oob_decision_function_).all(1)
    np.testing.assert_array_equal(missing, (drawn_by(150, 2, 0) > 0).all(0))
    known = model.oob_decision_function_[~missing].argmax(1)
    assert model.oob_score_ == pytest.approx(np.mean(known == IRIS[1][~missing]))


# ---- draws ----


def test_rows_are_drawn_by_weight(forests):
    X, y = WDBC
    w = np.where(np.arange(len(y)) < 300, 0.0, 1.0)
    model = forests.RandomForestClassifier(20, oob_score=True, random_state=0)
    model.fit(X, y, sample_weight=w)
    assert np.isfinite(model.oob_decision_function_[:300]).all()
    assert max(t.n_node_samples[0] for t in model.trees_) < 0.7 * 269
    heavy = forests.RandomForestClassifier(40, max_depth=1, random_state=0)
    heavy.fit(X, y, sample_weight=np.where(y == 1, 3.0, 1.0))
    share = np.mean([t.value[0, 1] for t in heavy.trees_])
    assert share == pytest.approx(
        3 * (y == 1).sum() / (3 * (y == 1).sum() + (y == 0).sum()), abs=0.02
    )
    last = np.where(np.arange(len(y)) == len(y) - 1, len(y) - 1.0, 1.0)  # half of the weight
    half = forests.RandomForestClassifier(10, max_depth=1, random_state=0)
    half.fit(X, np.arange(len(y)) == len(y) - 1, sample_weight=last)
    assert np.mean([t.value[0, 1] for t in half.trees_]) == pytest.approx(0.5, abs=0.03)
    same = [
        forests.RandomForestClassifier(3, random_state=1).fit(X, y, sample_weight=w).trees_
        for w in (None, np.ones(len(y)), np.full(len(y), 2.5))
    ]
    assert same[0] == same[1] == same[2]


def test_seed_zero_is_a_seed_and_trees_differ(forests):
    X, y = IRIS
    fit = lambda seed: forests.RandomForestClassifier(5, random_state=seed).fit(X, y).trees_
    assert fit(0) == fit(0) and fit(0) != fit(1)
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    assert fit(None) is not None
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    trees = fit(0)
    assert all(a != b for i, a in enumerate(trees) for b in trees[:i])


def test_fewer_rows_when_asked(forests):
    for max_samples, rows in ((0.2, 30), (30, 30), (1, 1)):
        model = forests.RandomForestClassifier(4, max_samples=max_samples, random_state=0).fit(
            *IRIS
        )
        assert all(t.weighted_n_node_samples[0] == rows for t in model.trees_)


def test_missing_values_pass_through_a_forest(forests):
    X, y = holes(WDBC[0], 0.3), WDBC[1]
    model = forests.RandomForestClassifier(40, oob_score=True, random_state=0).fit(X, y)
    assert model.oob_score_ > 0.9
    assert np.isfinite(model.predict_proba(np.full((2, 30), np.nan))).all()


def test_importance_finds_the_features_that_matter(forests):
    X, y = make_classification(
        400, 8, n_informative=2, n_redundant=0, shuffle=False, random_state=0
    )
    shares = forests.RandomForestClassifier(20, random_state=0).fit(X, y).feature_importances_
    assert shares.sum() == pytest.approx(1) and shares[:2].min() > 2 * shares[2:].max()
    blind = forests.RandomForestRegressor(3).fit(X, np.ones(400))
    np.testing.assert_array_equal(blind.feature_importances_, np.zeros(8))


# ---- errors ----


@pytest.mark.parametrize(
    "params, words",
    [
        ({"n_estimators": 0}, "n_estimators must be an integer ≥ 1, got 0"),
        ({"n_estimators": 2.0}, "n_estimators must be an integer ≥ 1, got 2.0"),
        ({"max_samples": 0}, "max_samples must be an integer ≥ 1, got 0"),
        ({"max_samples": 1.2}, "max_samples as a share must be above 0 and at most 1, got 1.2"),
        ({"n_jobs": 0}, "n_jobs must be an integer ≥ 1, got 0"),
        ({"n_jobs": -2}, "n_jobs must be an integer ≥ 1, got -2"),
        ({"oob_score": True, "bootstrap": False}, "oob_score needs bootstrap=True"),
        ({"max_features": "auto"}, "max_features must be one of None, 'sqrt', 'log2'"),
        ({"criterion": "mse"}, "criterion must be one of 'gini', 'entropy', got 'mse'"),
    ],
)
def test_parameters(forests, params, words):
    with pytest.raises(ValueError, match=words):
        forests.RandomForestClassifier(**params).fit(*IRIS)


def test_data(forests):
    X, y = IRIS
    with pytest.raises(ValueError, match="Input X contains infinity"):
        forests.RandomForestClassifier(2).fit(np.where(X > 7, np.inf, X), y)
    with pytest.raises(ValueError, match="Unknown label type"):
        forests.RandomForestClassifier(2).fit(X, X[:, 0] + 0.01)
    for use in ("predict", "predict_proba", "apply"):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            getattr(forests.RandomForestClassifier(), use)(X)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        forests.RandomForestRegressor().predict(X)
    with pytest.raises(ValueError, match=r"X has 1 features.*expecting 4"):
        forests.RandomForestRegressor(2).fit(X, y).predict(X[:, :1])

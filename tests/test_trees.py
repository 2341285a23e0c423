"""Decision trees: scikit-learn's but for ties, equal in three backends, awkward data, errors."""

import numpy as np
import pytest
from sklearn import tree as peer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, make_classification
from sklearn.exceptions import NotFittedError

from medai_course.scratch.pruning import weakest_links
from medai_course.scratch.tree_structure import Tree, prune_at
from medai_course.scratch.tree_table import fixed_point, rank_columns
from tests.backends import BACKENDS, module

INTEGERS = ("children_left", "children_right", "feature", "missing_go_to_left", "n_node_samples")


def singles(X):
    """The values that float32 can hold: scikit-learn's trees see no others."""
    return np.asarray(X).astype(np.float32).astype(np.float64)


def holes(X, share=0.2, seed=0):
    """X with that share of it missing."""
    return np.where(np.random.default_rng(seed).random(X.shape) < share, np.nan, X)


DIABETES = [singles(a) for a in load_diabetes(return_X_y=True)]
WDBC = [singles(a) for a in load_breast_cancer(return_X_y=True)]
IRIS = [singles(a) for a in load_iris(return_X_y=True)]
HARD = make_classification(3000, 12, n_informative=8, n_classes=4, flip_y=0.1, random_state=1)
DATA = {
    "iris": IRIS,
    "wdbc": WDBC,
    "four classes": [singles(HARD[0]), HARD[1]],
    "wdbc, holes": [holes(WDBC[0]), WDBC[1]],
    "rounded": [singles(np.round(WDBC[0], 1)), WDBC[1]],
}
NUMBERS = {
    "diabetes": DIABETES,
    "holes": [holes(DIABETES[0]), DIABETES[1]],
    "far": [DIABETES[0], DIABETES[1] + 1e6],
}
WEIGHTS = np.random.default_rng(7).uniform(0, 2, 3000).round(2)


@pytest.fixture(params=BACKENDS)
def trees(request):
    return module(request.param, "trees")


def impurity(y, w, criterion):
    if criterion == "squared_error":
        return np.average((y - np.average(y, weights=w)) ** 2, weights=w)
    p = np.bincount(y.astype(int), w) / w.sum()
    return np.sum(p * (1 - p)) if criterion == "gini" else -np.sum(p[p > 0] * np.log2(p[p > 0]))


def goes_left(X, tree, node):
    x = X[:, tree.feature[node]]
    known = x <= tree.threshold[node]
    return np.where(np.isnan(x), bool(tree.missing_go_to_left[node]), known)


def same_but_for_ties(ours, theirs, X, y, w, criterion):
    """Walk both trees; below a tie they may differ; return how many are the same."""
    same, stack = 0, [(0, 0, np.arange(len(X)))]
    while stack:
        a, b, rows = stack.pop()
        assert ours.n_node_samples[a] == theirs.n_node_samples[b] == len(rows)
        np.testing.assert_allclose(ours.impurity[a], theirs.impurity[b], rtol=1e-7, atol=1e-8)
        np.testing.assert_allclose(ours.value[a], np.squeeze(theirs.value[b]), 1e-9, 1e-14)
        if ours.children_left[a] < 0:  # rounding makes scikit-learn split pure nodes, too
            assert theirs.children_left[b] < 0 or len(np.unique(y[rows])) == 1
            same += 1
            continue
        left, other = goes_left(X[rows], ours, a), goes_left(X[rows], theirs, b)
        if ours.feature[a] == theirs.feature[b] and (left == other).all():
            same += 1
            assert ours.threshold[a] == pytest.approx(theirs.threshold[b], abs=1e-12)
            stack.append((ours.children_left[a], theirs.children_left[b], rows[left]))
            stack.append((ours.children_right[a], theirs.children_right[b], rows[~left]))
        else:
            costs = [
                sum(w[r].sum() * impurity(y[r], w[r], criterion) for r in (rows[c], rows[~c]))
                for c in (left, other)
            ]
            assert costs[0] == pytest.approx(costs[1], rel=1e-9), "a better split was missed"
    return same


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("criterion", ["gini", "entropy"])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"max_depth": 4, "min_samples_leaf": 6},
        {"min_weight_fraction_leaf": 0.031},
        {"min_samples_split": 0.05, "min_samples_leaf": 0.01, "class_weight": "balanced"},
    ],
    ids=str,
)
@pytest.mark.parametrize("weighted", [False, True])
def test_classifier_is_scikit_learns_but_for_ties(trees, data, criterion, params, weighted):
    X, y = DATA[data]
    w = WEIGHTS[: len(y)] if weighted else np.ones(len(y))
    params = {"criterion": criterion, **params}
    ours = trees.DecisionTreeClassifier(**params).fit(X, y, sample_weight=w)
    balance = 1.0
    if "class_weight" in params:
        balance = (len(y) / (len(np.unique(y)) * np.bincount(y.astype(int))))[y.astype(int)]
    seen, same = w > 0, 0
    for seed in range(5):  # chance decides its ties
        theirs = peer.DecisionTreeClassifier(**params, random_state=seed)
        theirs.fit(X, y, sample_weight=w)
        pair, known = (ours.tree_, theirs.tree_), (X[seen], y[seen], (w * balance)[seen])
        same = max(same, same_but_for_ties(*pair, *known, criterion))
    assert same >= 5


@pytest.mark.parametrize("data", NUMBERS)
@pytest.mark.parametrize("params", [{"max_depth": 5}, {"min_samples_leaf": 7}], ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_regressor_is_scikit_learns_but_for_ties(trees, data, params, weighted):
    X, y = NUMBERS[data]
    w = WEIGHTS[: len(y)] if weighted else np.ones(len(y))
    ours = trees.DecisionTreeRegressor(**params).fit(X, y, sample_weight=w)
    theirs = peer.DecisionTreeRegressor(**params, random_state=0).fit(X, y, sample_weight=w)
    if data == "far":  # scikit-learn's mean of squares minus squared mean has lost its digits
        assert ours.tree_.impurity[0] == pytest.approx(impurity(y, w, "squared_error"), rel=1e-9)
        near = trees.DecisionTreeRegressor(**params).fit(X, y - 1e6, sample_weight=w).tree_
        np.testing.assert_array_equal(ours.tree_.threshold, near.threshold)
        return
    seen = w > 0
    same = same_but_for_ties(ours.tree_, theirs.tree_, X[seen], y[seen], w[seen], "squared_error")
    assert same > 25


@pytest.mark.parametrize("weighted", [False, True])
def test_where_splits_are_unique_the_arrays_are_scikit_learns(trees, weighted):
    for (X, y), params in (
        (DIABETES, {"min_samples_leaf": 20}),
        (NUMBERS["holes"], {"min_samples_leaf": 20}),
    ):
        w = 1 + WEIGHTS[: len(y)] if weighted else None
        pair = trees.DecisionTreeRegressor(**params), peer.DecisionTreeRegressor(**params)
        ours, theirs = (model.fit(X, y, sample_weight=w) for model in pair)
        for key in INTEGERS:
            np.testing.assert_array_equal(getattr(ours.tree_, key), getattr(theirs.tree_, key))
        for key in ("threshold", "impurity", "weighted_n_node_samples"):
            a, b = getattr(ours.tree_, key), getattr(theirs.tree_, key)
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-12)
        np.testing.assert_array_equal(ours.apply(X), theirs.apply(X))
        gaps = holes(X, 0.5, seed=9)
        np.testing.assert_allclose(ours.predict(gaps), theirs.predict(gaps), rtol=1e-12)
        np.testing.assert_allclose(
            ours.feature_importances_, theirs.feature_importances_, atol=1e-10
        )
        assert ours.get_depth() == theirs.get_depth() == ours.tree_.max_depth
        assert ours.get_n_leaves() == theirs.get_n_leaves()


@pytest.mark.parametrize("kind", ["classifier", "regressor"])
def test_pruning_path_is_scikit_learns(trees, kind):
    if kind == "regressor":
        (X, y), names, params = DIABETES, "DecisionTreeRegressor", {"min_samples_leaf": 20}
    else:
        X, y = DATA["four classes"]
        names, params = "DecisionTreeClassifier", {"min_samples_leaf": 60, "criterion": "entropy"}
    ours, theirs = getattr(trees, names)(**params), getattr(peer, names)(**params)
    path, expected = (m.cost_complexity_pruning_path(X, y) for m in (ours, theirs))
    np.testing.assert_allclose(path.ccp_alphas, expected.ccp_alphas, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(path.impurities, expected.impurities, rtol=1e-10, atol=1e-10)
    assert not hasattr(ours, "tree_")
    leaves = []
    for alpha in (path.ccp_alphas[:-1] + path.ccp_alphas[1:]) / 2:
        pair = [m.set_params(ccp_alpha=alpha).fit(X, y).tree_ for m in (ours, theirs)]
        for key in ("children_left", "children_right", "feature", "n_node_samples"):
            np.testing.assert_array_equal(getattr(pair[0], key), getattr(pair[1], key))
        leaves.append(pair[0].n_leaves)
    assert leaves == sorted(leaves, reverse=True) and leaves[0] > leaves[-1] > 1


def test_each_pruned_tree_is_the_best_of_all_subtrees():
    X, y = IRIS
    tree = module("scratch", "trees").DecisionTreeClassifier(max_depth=3).fit(X, y).tree_
    risk = tree.weighted_n_node_samples * tree.impurity / tree.weighted_n_node_samples[0]

    def subtrees(node):
        """(impurity, leaves) of every subtree that hangs from a node."""
        found = [(risk[node], 1)]
        if not tree.is_leaf[node]:
            left, right = (subtrees(c[node]) for c in (tree.children_left, tree.children_right))
            found += [(a + c, b + d) for a, b in left for c, d in right]
        return found

    _, alphas, impurities = weakest_links(tree)
    every = subtrees(0)
    for alpha, reached in zip((alphas + np.append(alphas[1:], 1)) / 2, impurities):
        best = min(every, key=lambda s: s[0] + alpha * s[1])
        assert reached == pytest.approx(best[0], abs=1e-12)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize(
    "params", [{}, {"criterion": "entropy", "max_features": 2, "random_state": 3}], ids=str
)
def test_three_backends_grow_the_same_tree(data, params):
    X, y = DATA[data]
    w = WEIGHTS[: len(y)]
    ours, *others = (
        module(b, "trees").DecisionTreeClassifier(**params).fit(X, y, sample_weight=w)
        for b in BACKENDS
    )
    for other in others:
        same_arrays(other.tree_, ours.tree_)
        np.testing.assert_allclose(other.predict_proba(X), ours.predict_proba(X), atol=1e-10)


@pytest.mark.parametrize("data", NUMBERS)
def test_three_backends_grow_the_same_regression_tree(data):
    X, y = NUMBERS[data]
    models = [
        module(b, "trees").DecisionTreeRegressor(max_features=0.5, random_state=0) for b in BACKENDS
    ]
    ours, *others = (model.fit(X, y) for model in models)
    for other in others:
        same_arrays(other.tree_, ours.tree_)
        np.testing.assert_allclose(other.predict(X), ours.predict(X), rtol=1e-10)


def same_arrays(a, b):
    for key in INTEGERS:
        np.testing.assert_array_equal(getattr(a, key), getattr(b, key))
    for key in ("threshold", "value", "impurity", "weighted_n_node_samples"):
        np.testing.assert_allclose(getattr(a, key), getattr(b, key), rtol=1e-9, atol=1e-12)
        assert type(getattr(a, key)) is np.ndarray


def test_blocks_of_any_size_give_the_same_tree(trees, monkeypatch):
    X, y = WDBC
    whole = trees.DecisionTreeClassifier(random_state=1, max_features=3).fit(X, y).tree_
    monkeypatch.setattr(trees.DecisionTreeClassifier, "_block", 7)
    assert trees.DecisionTreeClassifier(random_state=1, max_features=3).fit(X, y).tree_ == whole


@pytest.mark.parametrize("few", [0, 10**6])
def test_sorting_by_digits_is_sorting(monkeypatch, few):
    splits = module("tensorflow", "tree_splits")
    monkeypatch.setattr(splits, "FEW", few)
    ranks = np.random.default_rng(0).integers(0, 2**29, 5000)
    keys = (ranks << 13) + np.arange(5000)  # the place, of 13 bits, is in order from the start
    found = splits._sort_by_digits(splits.tf.constant(keys), 13, 29)
    np.testing.assert_array_equal(found, np.sort(keys))


def test_a_weight_counts_as_repeated_rows(trees):
    X, y = IRIS
    w = np.random.default_rng(0).integers(0, 4, len(y))
    once = trees.DecisionTreeClassifier().fit(X, y, sample_weight=w)
    repeated = trees.DecisionTreeClassifier().fit(np.repeat(X, w, 0), np.repeat(y, w))
    np.testing.assert_array_equal(once.tree_.threshold, repeated.tree_.threshold)
    np.testing.assert_array_equal(once.tree_.value, repeated.tree_.value)


# ---- awkward data ----


def test_equal_values_are_never_parted(trees):
    X = np.array([[1.0], [1.0], [1.0], [2.0]])
    tree = trees.DecisionTreeClassifier().fit(X, [0, 1, 0, 1]).tree_
    assert tree.threshold[0] == 1.5 and tree.n_leaves == 2
    same = trees.DecisionTreeClassifier().fit(np.ones((6, 2)), [0, 1, 0, 1, 0, 1])
    assert same.tree_.node_count == 1
    np.testing.assert_array_equal(same.predict_proba([[1, 1]]), [[0.5, 0.5]])
    np.testing.assert_array_equal(same.feature_importances_, [0, 0])


@pytest.mark.parametrize("a", [1.0, 1e300, 1.7e308, 1e-300, -2.0, 0.1])
def test_a_threshold_parts_neighbouring_floats(trees, a):
    b = np.nextafter(a, np.inf)
    X = np.array([[a], [b]])
    model = trees.DecisionTreeClassifier().fit(X, [0, 1])
    assert a <= model.tree_.threshold[0] < b
    np.testing.assert_array_equal(model.predict(X), [0, 1])


def test_thresholds_do_not_overflow(trees):
    model = trees.DecisionTreeClassifier().fit([[-1.7e308], [1.7e308]], [0, 1])
    assert model.tree_.threshold[0] == 0
    assert (
        trees.DecisionTreeClassifier().fit([[1.5e308], [1.7e308]], [0, 1]).tree_.threshold[0]
        < np.inf
    )


def test_a_split_without_gain_is_made_where_the_next_one_gains(trees):
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), [0, 1, 1, 0]
    model = trees.DecisionTreeClassifier().fit(X, y)
    np.testing.assert_array_equal(model.predict(X), y)
    assert model.get_depth() == 2


def test_children_have_statistics_of_their_own(trees):
    X, y = DIABETES
    tree = trees.DecisionTreeRegressor(max_depth=4).fit(X, y).tree_
    for node in np.flatnonzero(~tree.is_leaf):
        left, right = tree.children_left[node], tree.children_right[node]
        assert tree.n_node_samples[left] + tree.n_node_samples[right] == tree.n_node_samples[node]
        n, value = tree.n_node_samples, tree.value
        together = n[left] * value[left] + n[right] * value[right]
        assert together == pytest.approx(n[node] * value[node])
        assert tree.value[left] != tree.value[right]


def test_integer_columns_are_quantities_not_categories(trees):
    X = np.arange(20)[:, None]
    tree = trees.DecisionTreeRegressor().fit(X, np.where(X[:, 0] < 13, 1.0, 5.0)).tree_
    assert tree.n_leaves == 2 and tree.threshold[0] == 12.5


def test_min_samples_leaf_holds_everywhere(trees):
    X, y = DATA["rounded"]
    for least in (1, 2, 9, 200):
        tree = trees.DecisionTreeClassifier(min_samples_leaf=least).fit(X, y).tree_
        assert tree.n_node_samples[tree.is_leaf].min() >= least
        split = trees.DecisionTreeClassifier(min_samples_split=least + 1).fit(X, y).tree_
        assert split.n_node_samples[~split.is_leaf].min() >= least + 1


def test_missing_values_go_where_they_lower_the_impurity(trees):
    X = np.array([[1.0], [2.0], [3.0], [4.0], [np.nan], [np.nan]])
    left = trees.DecisionTreeClassifier(max_depth=1).fit(X, [0, 0, 1, 1, 0, 0])
    right = trees.DecisionTreeClassifier(max_depth=1).fit(X, [0, 0, 1, 1, 1, 1])
    assert left.tree_.missing_go_to_left[0] and not right.tree_.missing_go_to_left[0]
    np.testing.assert_array_equal(left.predict([[np.nan], [9.0]]), [0, 1])
    np.testing.assert_array_equal(right.predict([[np.nan], [0.0]]), [1, 0])


def test_missing_itself_may_be_the_question(trees):
    X = np.array([[1.0], [9.0], [4.0], [np.nan], [np.nan]])
    model = trees.DecisionTreeClassifier().fit(X, [0, 0, 0, 1, 1])
    assert model.tree_.threshold[0] == np.inf and model.tree_.node_count == 3
    np.testing.assert_array_equal(model.predict([[1e9], [np.nan]]), [0, 1])
    assert model.rules(["glucose"]) == [
        "glucose is known → 0 (100% of 3)",
        "glucose is missing → 1 (100% of 2)",
    ]
    assert model.export_text(["glucose"]).startswith("if glucose is known:\n    → 0")


def test_missing_values_that_training_never_saw_go_with_the_majority(trees):
    X = np.arange(5.0)[:, None]
    for y in ([0, 0, 0, 1, 1], [0, 0, 1, 1, 1]):
        model = trees.DecisionTreeClassifier().fit(X, y)
        assert model.predict([[np.nan]])[0] == np.bincount(y).argmax()
    even = trees.DecisionTreeClassifier().fit(X[:4], [0, 0, 1, 1])  # as scikit-learn: right
    assert even.predict([[np.nan]])[0] == 1 and not even.tree_.missing_go_to_left[0]


def test_a_column_without_any_value_is_not_asked(trees):
    X = np.column_stack([np.full(150, np.nan), IRIS[0]])
    model = trees.DecisionTreeClassifier().fit(X, IRIS[1])
    assert (model.tree_.feature != 0).all()
    np.testing.assert_array_equal(model.predict(X), IRIS[1])


def test_one_row_and_one_class_make_a_tree_that_asks_nothing(trees):
    for X, y in (([[1.0, 2.0]], ["sick"]), (IRIS[0], ["sick"] * 150)):
        model = trees.DecisionTreeClassifier().fit(X, y)
        assert model.tree_.node_count == 1 and model.predict([[0] * len(X[0])]) == ["sick"]
        assert model.rules() == [f"always → sick (100% of {len(X)})"]
    constant = trees.DecisionTreeRegressor().fit(IRIS[0], np.full(150, 0.1))
    assert constant.tree_.node_count == 1 and constant.predict(IRIS[0][:1])[0] == pytest.approx(0.1)


@pytest.mark.parametrize("scale", [1e-100, 1e-9, 1e9, 1e100])
def test_the_unit_of_the_outcome_does_not_matter(trees, scale):
    X, y = DIABETES
    plain = trees.DecisionTreeRegressor(max_depth=5).fit(X, y)
    scaled = trees.DecisionTreeRegressor(max_depth=5).fit(X, y * scale)
    np.testing.assert_array_equal(scaled.tree_.threshold, plain.tree_.threshold)
    np.testing.assert_allclose(scaled.predict(X), scale * plain.predict(X), rtol=1e-9)


def test_one_outlier_does_not_blind_the_tree(trees):
    X, y = np.arange(200.0)[:, None], np.repeat([1.0, 2.0], 100)
    y[-1] = 1e9
    tree = trees.DecisionTreeRegressor().fit(X, y).tree_
    assert set(tree.threshold[~tree.is_leaf]) == {198.5, 99.5}


def test_few_features_drawn_still_split_where_only_one_can(trees):
    X = np.zeros((40, 9))
    X[:, 6] = np.arange(40)
    model = trees.DecisionTreeClassifier(max_features=2, random_state=0)
    model.fit(X, np.arange(40) > 20)
    assert model.tree_.node_count == 3 and model.tree_.feature[0] == 6


def test_features_are_drawn_for_each_split_not_for_each_tree(trees):
    X, y = WDBC
    tree = trees.DecisionTreeClassifier(max_features=1, random_state=0).fit(X, y).tree_
    assert len(set(tree.feature[~tree.is_leaf])) > 10
    other = trees.DecisionTreeClassifier(max_features=1, random_state=1).fit(X, y).tree_
    assert other != tree
    assert trees.DecisionTreeClassifier(max_features=1, random_state=0).fit(X, y).tree_ == tree


# ---- words ----


def test_the_tree_can_be_read(trees):
    X, y = IRIS
    model = trees.DecisionTreeClassifier(max_depth=2).fit(X, y)
    names = ["sepal length", "sepal width", "petal length", "petal width"]
    assert model.export_text(names, ["setosa", "versicolor", "virginica"]) == (
        "if petal length ≤ 2.45:\n"
        "    → setosa (100% of 50)\n"
        "otherwise:\n"
        "    if petal width ≤ 1.75:\n"
        "        → versicolor (91% of 54)\n"
        "    otherwise:\n"
        "        → virginica (98% of 46)"
    )
    assert model.rules(names, ["setosa", "versicolor", "virginica"]) == [
        "petal length ≤ 2.45 → setosa (100% of 50)",
        "petal length > 2.45 and petal width ≤ 1.75 → versicolor (91% of 54)",
        "petal length > 2.45 and petal width > 1.75 → virginica (98% of 46)",
    ]


def test_rules_merge_questions_about_one_feature_and_name_what_is_missing(trees):
    X = np.append(np.arange(9.0), [np.nan, np.nan])[:, None]
    y = np.array([0, 0, 0, 5, 5, 5, 0, 0, 0, 5, 5.0])
    model = trees.DecisionTreeRegressor().fit(X, y)
    assert model.rules(["dose"]) == [
        "dose ≤ 2.5 → 0 (mean of 3)",
        "(2.5 < dose ≤ 5.5 or is missing) → 5 (mean of 5)",
        "dose > 5.5 → 0 (mean of 3)",
    ]
    assert "or is missing:" in model.export_text()


# ---- errors ----

X_OK, Y_OK = IRIS


@pytest.mark.parametrize(
    "params, words",
    [
        ({"criterion": "log_loss"}, "criterion must be one of 'gini', 'entropy', got 'log_loss'"),
        ({"max_depth": 0}, "max_depth must be an integer ≥ 1, got 0"),
        ({"max_depth": 2.5}, "max_depth must be an integer ≥ 1, got 2.5"),
        ({"min_samples_split": 1}, "min_samples_split must be an integer ≥ 2 or a share, got 1"),
        ({"min_samples_split": 1.5}, "min_samples_split as a share must be above 0"),
        ({"min_samples_leaf": 0}, "min_samples_leaf must be an integer ≥ 1, got 0"),
        ({"min_samples_leaf": "few"}, "min_samples_leaf must be an integer ≥ 1, got 'few'"),
        ({"max_features": 5}, "max_features=5 must be at most 4, the number of columns of X"),
        ({"max_features": "all"}, "max_features must be one of None, 'sqrt', 'log2', got 'all'"),
        ({"max_features": 0.0}, "max_features as a share must be above 0"),
        ({"min_weight_fraction_leaf": -1}, "min_weight_fraction_leaf must be a finite number ≥ 0"),
        ({"min_weight_fraction_leaf": 0.6}, "min_weight_fraction_leaf must be at most 0.5"),
        ({"ccp_alpha": -0.1}, "ccp_alpha must be a finite number ≥ 0, got -0.1"),
        ({"class_weight": "equal"}, "class_weight must be None, 'balanced' or a dict"),
        ({"class_weight": {0: 0, 1: 0, 2: 0}}, "no row with a weight above 0"),
    ],
)
def test_parameters(trees, params, words):
    with pytest.raises(ValueError, match=words):
        trees.DecisionTreeClassifier(**params).fit(X_OK, Y_OK.astype(int))


@pytest.mark.parametrize(
    "bad_X, bad_y, words",
    [
        (np.where(X_OK > 7, np.inf, X_OK), Y_OK, "Input X contains infinity"),
        (X_OK, np.where(Y_OK > 1, np.nan, Y_OK), "Input y contains NaN"),
        (X_OK, X_OK[:, 0] + 0.01, "Unknown label type"),
        (X_OK[:, 0], Y_OK, "Expected 2D array, got 1D array"),
        (X_OK, Y_OK[:-1], "inconsistent numbers of samples"),
        (X_OK[:0], Y_OK[:0], "0 sample"),
    ],
)
def test_data(trees, bad_X, bad_y, words):
    with pytest.raises(ValueError, match=words):
        trees.DecisionTreeClassifier().fit(bad_X, bad_y)


def test_weights_and_prediction(trees):
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        trees.DecisionTreeClassifier().fit(X_OK, Y_OK, sample_weight=-np.ones(150))
    with pytest.raises(ValueError, match=r"no row with a weight above 0|one non-zero number"):
        trees.DecisionTreeRegressor().fit(X_OK, Y_OK, sample_weight=np.zeros(150))
    for use in ("predict", "predict_proba", "apply"):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            getattr(trees.DecisionTreeClassifier(), use)(X_OK)
    model = trees.DecisionTreeClassifier().fit(X_OK, Y_OK)
    with pytest.raises(ValueError, match=r"X has 3 features.*expecting 4"):
        model.predict(X_OK[:, :3])
    with pytest.raises(ValueError, match="feature_names has 1 names, but fit saw 4 columns"):
        model.rules(["age"])
    with pytest.raises(ValueError, match="class_names has 2 names for 3 classes"):
        model.export_text(class_names=["a", "b"])


# ---- the parts ----


def test_ranks_are_dense_and_missing_values_come_last_and_first():
    table = rank_columns(np.array([[3.0, -0.0], [np.nan, 0.0], [1.0, 2.0], [3.0, 2.0]]))
    np.testing.assert_array_equal(table.rank, [[1, 2, 0, 1], [2, 0, 1, 2], [0, 0, 1, 1]])
    np.testing.assert_array_equal(table.feature, [0, 0, 1])
    np.testing.assert_array_equal(table.twins, [[0, 1], [2, 2]])
    below, above = np.array([0, 1, 0, 1]), np.array([1, 2, 1, 2])
    thresholds = table.thresholds(np.array([0, 0, 1, 1]), below, above)
    np.testing.assert_array_equal(thresholds, [2, np.inf, -np.inf, 2])


@pytest.mark.parametrize("total", [1.0, 3e-7, 1e12, 2.0**60])
def test_fixed_point_keeps_whole_numbers_and_fifty_bits_of_others(total):
    whole, scale = fixed_point(np.array([3.0, 0.0]), 3.0)
    assert scale == 1 and whole.tolist() == [3, 0]
    a = np.random.default_rng(0).uniform(size=1000)
    a *= total / a.sum()
    integers, scale = fixed_point(a, total)
    assert abs(integers.sum()) < 2**62 and np.log2(scale) % 1 == 0
    np.testing.assert_allclose(integers / scale, a, rtol=0, atol=2.0**-60 * total)


def test_trees_are_equal_when_all_arrays_are():
    tree = module("scratch", "trees").DecisionTreeClassifier().fit(*IRIS).tree_
    copy = Tree(**{k: v.copy() for k, v in vars(tree).items()})
    assert tree == copy and prune_at(tree, np.zeros(tree.node_count, bool)) == tree
    copy.threshold[0] += 1e-9
    assert tree != copy and tree != "tree"
    assert prune_at(tree, np.arange(tree.node_count) == 0).node_count == 1

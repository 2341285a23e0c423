"""Permutation importance: scikit-learn's, by column, by group and by patient."""

import numpy as np
import pytest
from sklearn.inspection import permutation_importance as peer
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from medai_course.evaluation import permutation_importance

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 4))
Y = X @ [3.0, 1.0, 0.0, 0.5] + RNG.normal(size=300)
MODEL = LinearRegression().fit(X, Y)


def test_a_linear_models_importance_is_what_theory_says():
    found = permutation_importance(MODEL.predict, X, Y, r2_score, n_repeats=200, random_state=0)
    expected = 2 * MODEL.coef_**2 * X.var(0) / Y.var()  # mean over shuffles, but for terms in 1/n
    np.testing.assert_allclose(found.mean, expected, rtol=0.05, atol=0.01)
    assert found.score == pytest.approx(MODEL.score(X, Y))
    assert found.losses.shape == (4, 200) and found.std.shape == (4,)


def test_the_mean_is_scikit_learns_but_for_chance():
    found = permutation_importance(MODEL.predict, X, Y, r2_score, n_repeats=100, random_state=1)
    theirs = peer(MODEL, X, Y, n_repeats=100, random_state=2)
    noise = 5 * np.hypot(found.std, theirs.importances_std) / 10
    assert (abs(found.mean - theirs.importances_mean) <= noise + 1e-12).all()
    np.testing.assert_allclose(found.std, theirs.importances_std, rtol=0.5)


def test_columns_that_stand_in_for_each_other_are_shuffled_together():
    twice = np.column_stack([X, X[:, 0]])

    def predict(A):  # either of the two copies is enough
        return MODEL.predict(np.column_stack([(A[:, 0] + A[:, 4]) / 2, A[:, 1:4]]))

    args = predict, twice, Y, r2_score
    alone = permutation_importance(*args, random_state=0).mean
    groups = permutation_importance(*args, groups=[[0, 4], [1]], random_state=0).mean
    assert groups.shape == (2,) and groups[0] > 3 * alone[0]


def test_whole_patients_change_places():
    ids = np.repeat(np.arange(100), 3)
    seen = []

    def predict(A):
        seen.append(A.copy())
        return MODEL.predict(A)

    permutation_importance(predict, X, Y, r2_score, patient_ids=ids, n_repeats=1, random_state=0)
    original = {tuple(block) for block in X[:, 0].reshape(100, 3)}
    assert {tuple(block) for block in seen[1][:, 0].reshape(100, 3)} == original
    assert (seen[1][:, 0] != X[:, 0]).mean() > 0.9
    np.testing.assert_array_equal(seen[1][:, 1:], X[:, 1:])


def test_the_seed_decides_and_the_data_stay():
    before = X.copy()
    runs = [
        permutation_importance(MODEL.predict, X, Y, r2_score, random_state=s) for s in (0, 0, 1)
    ]
    np.testing.assert_array_equal(runs[0].losses, runs[1].losses)
    assert (runs[0].losses != runs[2].losses).any()
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"X": X[:, 0]}, r"X must be a table of shape \(n, d\), got shape \(300,\)"),
        ({"y": Y[:-1]}, "X has 300 rows, but y has 299"),
        ({"n_repeats": 0}, "n_repeats must be an integer ≥ 1, got 0"),
        ({"groups": [[0, 4]]}, "groups names column 4, but X has columns 0 to 3"),
        ({"patient_ids": np.r_[0, np.zeros(298), 1]}, "patients have 1 to 299 rows"),
    ],
)
def test_errors(change, words):
    args = {"predict": MODEL.predict, "X": X, "y": Y, "metric": r2_score, **change}
    with pytest.raises(ValueError, match=words):
        permutation_importance(**args)

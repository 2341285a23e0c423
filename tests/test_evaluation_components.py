"""How many components, and whether a map can be trusted: references, known answers, errors."""

import numpy as np
import pytest
from sklearn import manifold
from sklearn.datasets import load_breast_cancer

from medai_course.evaluation import (
    cross_validated_reconstruction,
    parallel_analysis,
    trustworthiness,
)

WDBC = load_breast_cancer().data


def factors(n, loadings, noise, seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, len(loadings)))
    return scores @ loadings + noise * rng.normal(size=(n, loadings.shape[1]))


TWO = np.kron([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], np.ones(2))


def test_parallel_analysis_finds_two_factors_whatever_the_units():
    X = factors(200, TWO, 0.7, seed=1)
    found = parallel_analysis(X, random_state=3)
    assert found.n_components == 2
    assert found.eigenvalues.mean() == pytest.approx(1)
    assert np.all(np.diff(found.eigenvalues) <= 0)
    scaled = parallel_analysis(X * np.logspace(0, 6, 12) + 50, random_state=3)
    np.testing.assert_allclose(scaled.eigenvalues, found.eigenvalues, rtol=1e-8)
    np.testing.assert_allclose(scaled.threshold, found.threshold, rtol=1e-8)


def test_parallel_analysis_is_seldom_fooled_by_unrelated_columns():
    rng = np.random.default_rng(0)
    found = [parallel_analysis(rng.normal(size=(60, 8)), 50).n_components for _ in range(60)]
    assert np.mean(np.array(found) > 0) < 0.15  # 5 % are expected


def test_parallel_analysis_stops_at_the_first_eigenvalue_below_chance():
    found = parallel_analysis(WDBC)
    above = found.eigenvalues > found.threshold
    assert above[: found.n_components].all() and not above[found.n_components]
    expected = np.linalg.eigvalsh(np.corrcoef(WDBC.T))[::-1]
    np.testing.assert_allclose(found.eigenvalues, expected, atol=1e-10)


def cells_by_least_squares(X, fold, k):
    """Every cell from the other cells of its row, one least-squares problem after another."""
    total = 0.0
    for f in np.unique(fold):
        train, test = X[fold != f], X[fold == f]
        mean, sd = train.mean(0), train.std(0)
        V = np.linalg.svd((train - mean) / sd, full_matrices=False)[2][:k]
        for x in (test - mean) / sd:
            for j in range(len(x)):
                others = np.arange(len(x)) != j
                scores = np.linalg.lstsq(V[:, others].T, x[others], rcond=None)[0]
                total += (x[j] - scores @ V[:, j]) ** 2
    return total / X.size


@pytest.mark.parametrize("by_patient", [False, True])
def test_reconstruction_is_that_of_cells_left_out(by_patient):
    X = factors(30, TWO[:, ::2], 0.5, seed=2)
    patients = np.repeat(np.arange(10), 3) if by_patient else np.arange(30)
    ours = cross_validated_reconstruction(X, 3, 4, patients if by_patient else None, 5)
    fold = (np.random.default_rng(5).permutation(len(set(patients))) % 3)[patients]
    expected = [cells_by_least_squares(X, fold, k) for k in range(5)]
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_reconstruction_is_best_at_the_true_number_of_factors():
    error = cross_validated_reconstruction(factors(300, TWO, 0.7, seed=4))
    assert error.argmin() == 2
    assert error[0] == pytest.approx(1, abs=0.05)


def test_reconstruction_of_a_column_that_nothing_else_tells_is_its_mean():
    rng = np.random.default_rng(6)
    x = rng.normal(size=500)
    X = np.column_stack([x, x, 1e-9 * x + rng.permutation(x)])
    error = cross_validated_reconstruction(X, 5, 2)
    assert np.isfinite(error).all()
    assert error[1] == pytest.approx(1 / 3, abs=0.05)  # two columns tell each other, one is alone


@pytest.mark.parametrize("k", [1, 5, 30])
def test_trustworthiness_is_scikit_learns(k):
    X = (WDBC - WDBC.mean(0)) / WDBC.std(0)
    Z = X[:, [0, 4]] + 1e-6 * X[:, [1, 5]]
    assert trustworthiness(X, Z, k) == pytest.approx(
        manifold.trustworthiness(X, Z, n_neighbors=k), abs=1e-12
    )


def test_trustworthiness_of_new_patients_by_hand():
    X = np.array([[0.0], [1.0], [2.0], [3.0], [10.0]])
    new = np.array([[0.1]])
    assert trustworthiness(X, X, 2, new, new) == 1
    upside = np.array([[0.0], [9.0], [8.0], [7.0], [1.0]])  # on the map 10 is next to 0
    # the two nearest on the map have the ranks 1 and 5: 3 too far; the worst two, ranks 4 and 5: 5
    assert trustworthiness(X, upside, 2, new, [[0.4]]) == pytest.approx(1 - 3 / 5)


def test_trustworthiness_gives_the_tied_equal_weight():
    X = np.array([[0.0], [1.0], [2.0], [3.0], [10.0]])
    Z = np.zeros((5, 2))  # one node holds everybody: each gets 2 / 5 of a place
    expected = 1 - (1 + 2 + 3) * 2 / 5 / 5  # ranks 3, 4, 5 are 1, 2, 3 too far
    for order in (np.arange(5), np.array([4, 2, 0, 1, 3])):
        value = trustworthiness(X[order], Z, 2, [[-1.0]], [[0.0, 0.0]])
        assert value == pytest.approx(expected)


def test_trustworthiness_of_a_random_map_is_about_one_half():
    rng = np.random.default_rng(8)
    X, Z = rng.normal(size=(400, 6)), rng.normal(size=(400, 2))
    assert trustworthiness(X, Z, 10) == pytest.approx(0.5, abs=0.05)


def test_trustworthiness_does_not_depend_on_blocks(monkeypatch):
    whole = trustworthiness(WDBC, WDBC[:, :2], 7)
    monkeypatch.setattr("medai_course.evaluation.neighbours._CELLS", 5000)
    assert trustworthiness(WDBC, WDBC[:, :2], 7) == pytest.approx(whole, abs=1e-12)


GOOD = np.random.default_rng(9).normal(size=(20, 4))


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: parallel_analysis(GOOD[:2]), "at least 3 rows"),
        (lambda: parallel_analysis(GOOD[:, 0]), "at least 3 rows"),
        (lambda: parallel_analysis(np.where(GOOD > 2, np.nan, GOOD) * np.inf), "NaN or infinity"),
        (lambda: parallel_analysis(np.column_stack([GOOD, np.ones(20)])), "column 4 is constant"),
        (lambda: parallel_analysis(GOOD, 19), "n_permutations"),
        (lambda: parallel_analysis(GOOD, level=1.0), "level must be between"),
        (lambda: cross_validated_reconstruction(GOOD, 1), "n_folds"),
        (lambda: cross_validated_reconstruction(GOOD, 3, patient_ids=[0, 1] * 10), "patients, 2"),
        (lambda: cross_validated_reconstruction(GOOD, most=4), "between 1 and 3"),
        (lambda: cross_validated_reconstruction(np.eye(4)[:, :3], 4), "constant in the training"),
        (lambda: trustworthiness(GOOD, GOOD, 10), "below 9.5"),
        (lambda: trustworthiness(GOOD, GOOD, 0), "at least 1"),
        (lambda: trustworthiness(GOOD, GOOD[:5]), "as many rows"),
        (lambda: trustworthiness(GOOD, GOOD, X_new=GOOD), "or neither"),
        (lambda: trustworthiness(GOOD, GOOD, 3, GOOD[:, :2], GOOD), "columns of X and Z"),
        (lambda: trustworthiness(GOOD[:, 0], GOOD), "two-dimensional"),
        (lambda: trustworthiness(GOOD / 0.0 * 0, GOOD), "NaN or infinity"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()

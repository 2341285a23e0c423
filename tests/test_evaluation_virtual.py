"""Virtual records judged: fidelity against SciPy and NumPy, attacks that must and must not work."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp
from sklearn.linear_model import LogisticRegression

from medai_course.evaluation import (
    correlation_distance,
    marginal_distances,
    membership_inference,
    nearest_distances,
    roc_auc,
    two_sample_test,
)


def normal(n, d=3, seed=0, shift=0.0):
    return shift + np.random.default_rng(seed).normal(size=(n, d))


def test_marginal_distances_are_those_of_scipy():
    real, virtual = normal(50), normal(70, seed=1, shift=0.5)
    expected = [ks_2samp(real[:, j], virtual[:, j]).statistic for j in range(3)]
    np.testing.assert_allclose(marginal_distances(pd.DataFrame(real), virtual), expected)


def test_marginal_distances_by_hand():
    """Two of three real values lie below every virtual one, in the second column none."""
    real, virtual = [[1, 0], [2, 0], [5, 0]], [[3, 0], [6, 0]]
    np.testing.assert_allclose(marginal_distances(real, virtual), [2 / 3, 0])


def test_correlation_distance_by_hand():
    """Correlations 1 and -1 of one pair are 2 apart."""
    real = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    assert correlation_distance(real, real * [1, -1]) == pytest.approx(2)
    assert correlation_distance(real, 7 + 3 * real) == pytest.approx(0)
    a, b = normal(40, 4), normal(30, 4, seed=1)
    gaps = [
        abs(np.corrcoef(a[:, i], a[:, j])[0, 1] - np.corrcoef(b[:, i], b[:, j])[0, 1])
        for i in range(4)
        for j in range(i)
    ]
    assert correlation_distance(a, b) == pytest.approx(np.mean(gaps))


def test_a_judge_cannot_tell_rows_of_one_population():
    auc = two_sample_test(normal(300), normal(300, seed=1))
    assert auc.low < 0.5 < auc.high


def test_a_judge_tells_another_population():
    auc = two_sample_test(normal(200), normal(200, seed=1, shift=1.0))
    assert auc.low > 0.8
    linear = two_sample_test(normal(200), normal(200, seed=1, shift=1.0), LogisticRegression())
    assert linear.low > 0.85


def test_a_judge_who_learns_by_heart_gains_nothing():
    """Asked about its own lessons, a nearest neighbour would score 1."""
    from sklearn.neighbors import KNeighborsClassifier

    auc = two_sample_test(normal(300), normal(300, seed=1), KNeighborsClassifier(1))
    assert auc.low < 0.5 < auc.high


def test_the_test_repeats_itself_and_leaves_the_classifier_alone():
    judge = LogisticRegression()
    first = two_sample_test(normal(20), normal(30, seed=1), judge, random_state=3)
    assert first == two_sample_test(normal(20), normal(30, seed=1), judge, random_state=3)
    assert not hasattr(judge, "coef_")


def test_nearest_distances_by_hand():
    rows, others = [[0.0, 0.0], [3.0, 4.0]], [[0.0, 1.0], [6.0, 8.0]]
    np.testing.assert_allclose(nearest_distances(rows, others), [1, np.sqrt(18)])
    many = normal(2500)
    expected = np.sqrt(((many[:, None] - normal(5, seed=1)) ** 2).sum(-1)).min(1)
    np.testing.assert_allclose(nearest_distances(many, normal(5, seed=1)), expected)


def test_copies_are_found_and_strangers_are_not():
    members, others = normal(150, 5), normal(150, 5, seed=1)
    copies = members + 0.01 * normal(150, 5, seed=2)
    assert membership_inference(members, others, copies).value > 0.999
    fresh = membership_inference(members, others, normal(150, 5, seed=3))
    assert fresh.low < 0.5 < fresh.high


def test_the_attack_is_the_area_of_the_negative_distance():
    members, others, virtual = normal(30), normal(20, seed=1), normal(40, seed=2, shift=0.3)
    score = -np.r_[nearest_distances(members, virtual), nearest_distances(others, virtual)]
    expected = roc_auc(np.repeat([1, 0], [30, 20]), score)
    assert membership_inference(members, others, virtual).value == pytest.approx(expected)


def test_a_reference_corrects_for_records_that_are_near_everything():
    """Members far out, copied badly: near in comparison only."""
    members, others = normal(100, shift=6.0), normal(100, seed=1)
    virtual = np.vstack([members + normal(100, seed=2), normal(100, seed=3)])
    reference = np.vstack([normal(5, seed=4, shift=6.0), normal(200, seed=5)])
    plain = membership_inference(members, others, virtual)
    corrected = membership_inference(members, others, virtual, reference)
    assert plain.value < 0.5 < 0.75 < corrected.value


@pytest.mark.parametrize(
    "call, words",
    [
        (
            lambda: marginal_distances([[np.nan]], [[1.0]]),
            "real has NaN or infinity in 1 of 1 rows",
        ),
        (lambda: marginal_distances([[1.0]], [1.0]), "virtual must have rows and columns"),
        (lambda: nearest_distances([[1.0]], [[1.0, 2.0]]), "rows 1, others 2"),
        (lambda: nearest_distances(np.empty((0, 2)), [[1.0, 2.0]]), "rows must have rows"),
        (lambda: correlation_distance([[1.0, 2.0]], [[1.0, 2.0]]), "two rows and two columns"),
        (
            lambda: correlation_distance(normal(5), np.ones((5, 3))),
            "virtual is constant in column 0",
        ),
        (lambda: two_sample_test(normal(3), normal(9)), "four rows of each kind, got 3 and 9"),
        (lambda: two_sample_test(normal(9), normal(9), level=95), "level must be between 0 and 1"),
        (lambda: membership_inference(normal(1), normal(9), normal(9)), "two patients"),
        (lambda: membership_inference(normal(9), normal(9), normal(9, 2)), "rows 3, others 2"),
    ],
)
def test_bad_tables_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()

"""One-to-one matching of detected and true beats, against a slow and obvious way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medai_course.systems.beat_matching import match_beats

FS = 100
beats = st.lists(st.integers(0, 400), unique=True, max_size=25).map(sorted)


def nearest_first(detected, true, limit):
    """Pairs in the order of their distance, each beat used once."""
    pairs = [(abs(d - t), i, j) for i, d in enumerate(detected) for j, t in enumerate(true)]
    used_d, used_t = set(), set()
    for distance, i, j in sorted(pairs):
        if distance <= limit and i not in used_d and j not in used_t:
            used_d.add(i)
            used_t.add(j)
    return used_d, used_t


@settings(max_examples=300, deadline=None)
@given(beats, beats, st.integers(0, 40))
def test_it_takes_the_nearest_pairs_first(detected, true, limit):
    # odd numbers against even ones: no two distances of one beat are equal, so no tie decides
    detected, true = [4 * d + 1 for d in detected], [4 * t for t in true]
    m = match_beats(detected, true, FS, tolerance=limit / FS)
    used_d, used_t = nearest_first(detected, true, limit)
    assert set(m.detected_index) == used_d and set(m.true_index) == used_t
    assert m.true_positive == len(used_t)
    assert m.false_positive == len(detected) - len(used_d)
    assert m.false_negative == len(true) - len(used_t)


def test_a_pair_exactly_as_far_apart_as_the_tolerance_counts():
    for apart in range(200):
        m = match_beats([apart], [0], FS, tolerance=apart / FS)
        assert m.true_positive == 1, apart


@settings(max_examples=100, deadline=None)
@given(beats, beats, st.floats(0, 0.5))
def test_pairs_are_one_to_one_within_tolerance_and_none_is_left(detected, true, tolerance):
    m = match_beats(detected, true, FS, tolerance)
    assert len(set(m.detected_index)) == len(set(m.true_index)) == m.true_positive
    assert (np.abs(m.timing_error) <= tolerance + 1e-9).all()
    rest_d = np.delete(np.array(detected, dtype=int), m.detected_index)
    rest_t = np.delete(np.array(true, dtype=int), m.true_index)
    apart = np.abs(rest_d[:, None] - rest_t[None, :])
    assert (apart > tolerance * FS).all()


@settings(max_examples=100, deadline=None)
@given(beats, beats)
def test_swapping_the_two_swaps_the_two_measures(detected, true):
    a, b = match_beats(detected, true, FS, 0.1), match_beats(true, detected, FS, 0.1)
    np.testing.assert_equal(a.sensitivity, b.positive_predictive_value)
    np.testing.assert_equal(a.f1, b.f1)


def test_measures_by_hand():
    m = match_beats([100, 205, 330, 500], [103, 200, 300, 400, 501], FS, tolerance=0.1)
    assert (m.true_positive, m.false_positive, m.false_negative) == (3, 1, 2)
    assert m.sensitivity == 3 / 5 and m.positive_predictive_value == 3 / 4
    assert m.f1 == pytest.approx(2 * 0.6 * 0.75 / (0.6 + 0.75))
    np.testing.assert_allclose(m.timing_error, [-0.03, 0.05, -0.01])
    assert m.detected_index.tolist() == [0, 1, 3] and m.true_index.tolist() == [0, 1, 4]


def test_a_double_detection_counts_once():
    m = match_beats([98, 104], [100], FS, tolerance=0.15)
    assert (m.true_positive, m.false_positive) == (1, 1)
    assert m.timing_error.tolist() == [-0.02]


def test_the_tolerance_is_included():
    assert match_beats([115], [100], FS, tolerance=0.15).true_positive == 1
    assert match_beats([116], [100], FS, tolerance=0.15).true_positive == 0


def test_nothing_counts_inside_an_excluded_stretch():
    detected, true = [100, 210, 290, 405, 600], [101, 200, 300, 395, 500]
    m = match_beats(detected, true, FS, 0.15, exclude=[(150, 350), (398, 450)])
    # 100-101 counts; 200 and 300 lie inside; 405 lies inside, 395 belongs to it; 600, 500 alone
    assert (m.true_positive, m.false_positive, m.false_negative) == (1, 1, 1)
    everywhere = match_beats(detected, true, FS, exclude=np.array([[0, 1000]]))
    assert np.isnan(everywhere.f1) and everywhere.false_negative == 0
    at_edges = match_beats([], [150, 350], FS, exclude=[(150, 350)])
    assert at_edges.false_negative == 1  # the stop is not part of the stretch


def test_nothing_to_compare():
    none = match_beats([], [], FS)
    assert np.isnan(none.sensitivity) and np.isnan(none.positive_predictive_value)
    assert match_beats([], [5, 9], FS).sensitivity == 0
    assert match_beats([5, 9], [], FS).positive_predictive_value == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([3, 1], [1], FS), "detected must be increasing"),
        (([1], [2, 2], FS), "true must be increasing"),
        (([1.5], [2], FS), "detected must be a one-dimensional array of sample indices"),
        (([[1, 2]], [2], FS), "detected must be a one-dimensional"),
        (([1], [2], 0), "sampling_rate"),
        (([1], [2], FS, -0.1), "tolerance"),
        (([1], [2], FS, np.nan), "tolerance"),
        (([1], [2], FS, 0.1, [(5, 4)]), "exclude"),
    ],
)
def test_bad_input_is_explained(arguments, words):
    with pytest.raises(ValueError, match=words):
        match_beats(*arguments)

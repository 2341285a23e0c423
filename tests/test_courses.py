"""Courses with gaps: nothing of the future, nothing of the padding, nothing invented."""

import numpy as np
import pytest

from medai_course.systems.courses import (
    PAD,
    carry_forward,
    course_channels,
    course_summary,
    hours_since,
    measured_scale,
)

NAN = np.nan
COURSE = np.array([[[NAN, 5.0], [2.0, NAN], [NAN, NAN], [4.0, 7.0]]])  # one patient, 4 h, 2 signs


@pytest.fixture
def ward():
    rng = np.random.default_rng(0)
    X = rng.normal(80, 10, (12, 9, 3))
    X[rng.random(X.shape) < 0.6] = NAN
    return X, rng.integers(0, 10, 12)


def test_last_values_and_their_age_by_pencil():
    expected = [[[NAN, 5], [2, 5], [2, 5], [4, 7]]]
    np.testing.assert_array_equal(carry_forward(COURSE), expected)
    np.testing.assert_array_equal(hours_since(COURSE), [[[1, 0], [0, 1], [1, 2], [0, 0]]])


def test_the_scale_is_that_of_what_was_measured():
    mean, scale = measured_scale(COURSE)
    np.testing.assert_allclose(mean, [3, 6])
    np.testing.assert_allclose(scale, [1, 1])
    mean, scale = measured_scale([[[NAN, 3.0]], [[NAN, 3.0]]])
    np.testing.assert_array_equal(mean, [0, 3])
    np.testing.assert_array_equal(scale, [1, 1])


def test_scale_of_many_is_numpys(ward):
    X, _ = ward
    mean, scale = measured_scale(X)
    np.testing.assert_allclose(mean, np.nanmean(X, (0, 1)))
    np.testing.assert_allclose(scale, np.nanstd(X, (0, 1)))


def test_channels_by_pencil():
    channels = course_channels(COURSE, [3, 6], [1, 1], [3])[0]
    age = np.log1p([[1, 0], [0, 1], [1, 2]]) / np.log(5)
    np.testing.assert_allclose(channels[:3, :2], [[0, -1], [-1, -1], [-1, -1]])
    np.testing.assert_array_equal(channels[:3, 2:4], [[0, 1], [1, 0], [0, 0]])
    np.testing.assert_allclose(channels[:3, 4:], age, rtol=1e-6)
    assert (channels[3] == PAD).all()


def test_no_channel_looks_ahead(ward):
    X, _ = ward
    mean, scale = measured_scale(X)
    early = course_channels(X[:, :5], mean, scale) * 1.0
    early[..., 6:] *= np.log1p(5) / np.log1p(9)  # ages are in shares of the whole length
    np.testing.assert_allclose(course_channels(X, mean, scale)[:, :5], early, rtol=1e-6)


def test_what_comes_after_the_end_is_not_looked_at(ward):
    X, lengths = ward
    mean, scale = measured_scale(X)
    other = X.copy()
    other[np.arange(9) >= lengths[:, None]] = 1e6
    for made in (
        lambda a: course_channels(a, mean, scale, lengths),
        lambda a: course_summary(a, mean, lengths),
    ):
        np.testing.assert_array_equal(made(X), made(other))
    assert X[0, 0, 0] != 1e6


def test_a_slip_is_drawn_in_and_stays_off_the_padding():
    channels = course_channels([[[1e9], [-1e9]]], [80], [10])
    np.testing.assert_array_equal(channels[0, :, 0], [5, -5])
    assert (channels > PAD).all()


def test_the_summary_by_pencil():
    found = course_summary(COURSE, [3, 6])[0]
    last, first, low, high, average, often = found[:-1].reshape(6, 2)
    assert last.tolist() == [4, 7] and first.tolist() == [2, 5]
    assert low.tolist() == [2, 5] and high.tolist() == [4, 7]
    assert average.tolist() == [3, 6] and often.tolist() == [0.5, 0.5] and found[-1] == 4


def test_the_summary_of_nothing_is_the_mean():
    found = course_summary(COURSE, [3, 6], [0])[0]
    np.testing.assert_array_equal(found, [3, 6] * 5 + [0, 0, 0])


@pytest.mark.parametrize("lengths", [[5], [-1], [1, 2]])
def test_lengths_that_cannot_be(lengths):
    with pytest.raises(ValueError, match="lengths must hold 1 numbers from 0 to 4"):
        course_channels(COURSE, [3, 6], [1, 1], lengths)


def test_a_table_is_no_course():
    with pytest.raises(ValueError, match="patients, hours, variables"):
        carry_forward(COURSE[0])

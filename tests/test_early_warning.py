"""The National Early Warning Score, band by band."""

import numpy as np
import pytest

from medai_course.systems.early_warning import early_warning_score

USUAL = [70, 125, 75, 16, 98, 37.0]
# the points of the chart, at both edges of each band
CHART = {
    0: [
        (40, 3),
        (41, 1),
        (50, 1),
        (51, 0),
        (90, 0),
        (91, 1),
        (110, 1),
        (111, 2),
        (130, 2),
        (131, 3),
    ],
    1: [(90, 3), (91, 2), (100, 2), (101, 1), (110, 1), (111, 0), (219, 0), (220, 3)],
    2: [(20, 0), (150, 0)],
    3: [(8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3)],
    4: [(91, 3), (92, 2), (93, 2), (94, 1), (95, 1), (96, 0)],
    5: [(35.0, 3), (35.1, 1), (36.0, 1), (36.1, 0), (38.0, 0), (38.1, 1), (39.0, 1), (39.1, 2)],
}


@pytest.mark.parametrize("sign", CHART)
def test_the_points_of_one_sign(sign):
    for value, points in CHART[sign]:
        vitals = [*USUAL[:sign], value, *USUAL[sign + 1 :]]
        assert early_warning_score(vitals) == points, (sign, value)


def test_points_add_up_and_what_is_missing_has_none():
    ill = [135, 88, 50, 26, 90, 39.5]
    assert early_warning_score([ill, USUAL, [np.nan] * 6]).tolist() == [14, 0, 0]
    assert early_warning_score(np.full((2, 5, 6), np.nan)).shape == (2, 5)


def test_six_signs_are_asked_for():
    with pytest.raises(ValueError, match="six signs"):
        early_warning_score([70, 120])

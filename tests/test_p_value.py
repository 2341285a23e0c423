"""A P value is printed as a journal prints it."""

import pytest

from medai_course.evaluation import p_text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (1.0, "1.000"),
        (0.0379, "0.038"),
        (0.001, "0.001"),
        (0.00099, "< 0.001"),
        (0.0, "< 0.001"),
        (float("nan"), "-"),
    ],
)
def test_small_values_are_bounds_and_the_rest_has_three_decimals(p, text):
    assert p_text(p) == text


@pytest.mark.parametrize("p", [-0.1, 1.2, float("inf")])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        p_text(p)

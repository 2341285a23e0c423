"""Survival curves with the number at risk below."""

import matplotlib
import numpy as np
import pytest

from medai_course.scratch.survival import KaplanMeier
from medai_course.teaching.survival_curves import survival_curves
from tests.survival_data import random_times

matplotlib.use("Agg")


def test_curves_and_numbers_at_risk_are_those_of_the_estimate():
    curves = {f"group {g}": KaplanMeier().fit(*random_times(50, g)) for g in (1, 2)}
    fig, ax = survival_curves(curves, ticks=[0, 1, 2], scale=5.0)
    steps = [line for line in ax.lines if line.get_label().startswith("group")]
    for line, curve in zip(steps, curves.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata()[1:], curve.survival_function_)
        np.testing.assert_allclose(line.get_xdata()[1:] * 5, curve.times_)
    shown = [t.get_text() for t in fig.axes[1].texts]
    for name, curve in curves.items():
        at = shown.index(name)
        expected = curve.risk_table(np.array([0.0, 5, 10]))["n_at_risk"]
        assert shown[at + 1 : at + 4] == [str(n) for n in expected]


def test_more_curves_than_colours():
    curve = KaplanMeier().fit([1.0, 2.0])
    with pytest.raises(ValueError, match="at most 4 curves can be told apart, got 5"):
        survival_curves(dict.fromkeys("abcde", curve), ticks=[0, 1])

"""A Cox model as a clinician can use it: inputs with units, a formula, points, a survival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

TRANSFORMS = {
    "x": lambda x: x,
    "log2(x)": np.log2,
    "log2(1 + x)": lambda x: np.log2(1 + x),
}


@dataclass(frozen=True)
class Measurement:
    """An input that is a number: its share of the log hazard is ``coefficient`` times f(x).

    Parameters
    ----------
    name, unit : str
    coefficient : float
        Log hazard ratio per unit of f(x).
    transform : {"x", "log2(x)", "log2(1 + x)"}
        What f is.
    ticks : sequence of float
        Values to be shown, ascending; the first and the last bound what may be entered.
    start : float
        A usual value.
    """

    name: str
    unit: str
    coefficient: float
    transform: str
    ticks: Sequence[float]
    start: float

    def __post_init__(self):
        if self.transform not in TRANSFORMS:
            raise ValueError(
                f"transform of {self.name!r} must be one of {', '.join(TRANSFORMS)}, "
                f"got {self.transform!r}"
            )

    def share(self, x: float) -> float:
        """What x adds to the log hazard."""
        low, high = self.ticks[0], self.ticks[-1]
        if not low <= x <= high:
            raise ValueError(
                f"{self.name} must be between {low:g} and {high:g} {self.unit}, as in the patients "
                f"that the model has seen, got {x!r}"
            )
        return self.coefficient * float(TRANSFORMS[self.transform](x))

    def choices(self) -> dict[Any, float]:
        """The shares of the values to be shown."""
        return {x: self.share(x) for x in self.ticks}

    def __str__(self) -> str:
        value = self.transform.replace("x", self.name)
        return f"{self.coefficient:+.4f} * {value}"


@dataclass(frozen=True)
class Category:
    """An input that is one of some words; each adds its own share to the log hazard.

    Parameters
    ----------
    name : str
    shares : mapping of str to float
        The log hazard ratio of each category; 0 for the one compared with.
    start : str
    """

    name: str
    shares: Mapping[str, float]
    start: str
    unit: str = ""

    def share(self, x: str) -> float:
        """What x adds to the log hazard."""
        if x not in self.shares:
            raise ValueError(f"{self.name} must be one of {', '.join(self.shares)}, got {x!r}")
        return float(self.shares[x])

    def choices(self) -> dict[Any, float]:
        """The shares of all categories."""
        return dict(self.shares)

    def __str__(self) -> str:
        others = [
            f"{share:+.4f} if {self.name} is {x}" for x, share in self.shares.items() if share
        ]
        return "\n".join(others)


@dataclass(frozen=True)
class RiskScore:
    r"""Survival of one patient from a Cox model, by a formula that fits on half a page.

    .. math::
        S(t \mid x) = S_0(t)^{\exp(s)}, \qquad s = \sum_{\text{inputs}} \text{share}(x)

    Parameters
    ----------
    inputs : sequence of Measurement and Category
    times : sequence of float
        In any unit, such as years.
    baseline : sequence of float
        :math:`S_0` at each of ``times``: the survival of a patient whose shares are all 0.  No such
        patient needs to exist.

    References
    ----------
    Royston, P. and Altman, D. G. (2013). External validation of a Cox prognostic model: principles
    and methods. BMC Medical Research Methodology 13, 33. doi:10.1186/1471-2288-13-33
    """

    inputs: Sequence[Measurement | Category]
    times: Sequence[float]
    baseline: Sequence[float]

    def __post_init__(self):
        S = np.asarray(self.baseline, np.float64)
        if S.shape != np.shape(self.times) or not ((S > 0) & (S < 1)).all():
            raise ValueError("baseline must be a survival between 0 and 1 for each of times")
        if (np.diff(S) > 0).any() or (np.diff(self.times) <= 0).any():
            raise ValueError("times must ascend and survival must not")

    def rounded(self, digits: int = 4) -> RiskScore:
        """The score with coefficients and baseline as they are printed."""
        inputs = [
            Measurement(i.name, i.unit, round(i.coefficient, digits), i.transform, i.ticks, i.start)
            if isinstance(i, Measurement)
            else Category(i.name, {k: round(v, digits) for k, v in i.shares.items()}, i.start)
            for i in self.inputs
        ]
        baseline = [round(float(S), digits) for S in self.baseline]
        return RiskScore(inputs, [float(t) for t in self.times], baseline)

    def log_hazard(self, patient: Mapping[str, Any]) -> float:
        """s, the sum of the shares of a patient's values, given by the names of the inputs."""
        missing = {i.name for i in self.inputs} - set(patient)
        if missing:
            raise ValueError(f"the patient's {', '.join(sorted(missing))} is not given")
        return float(sum(i.share(patient[i.name]) for i in self.inputs))

    def survival(self, patient: Mapping[str, Any]) -> np.ndarray:
        """:math:`S(t \\mid x)` at each of ``times``."""
        return np.asarray(self.baseline, np.float64) ** np.exp(self.log_hazard(patient))

    def points(self) -> list[dict[Any, float]]:
        """For each input, its values in points: 0 for the lowest, 100 for the widest input."""
        spans = [i.choices() for i in self.inputs]
        widest = max(max(c.values()) - min(c.values()) for c in spans)
        return [
            {x: 100 * (share - min(c.values())) / widest for x, share in c.items()} for c in spans
        ]

    def formula(self, unit: str = "years") -> str:
        """The score as text, to be checked with a pocket calculator."""
        rows = "\n".join(f"    {row}" for i in self.inputs for row in str(i).split("\n"))
        times = ", ".join(f"{t:g}" for t in self.times)
        curve = ", ".join(f"{S:.4f}" for S in self.baseline)
        return f"s =\n{rows}\nsurvival = S0 ** exp(s), S0 at {times} {unit} = {curve}"

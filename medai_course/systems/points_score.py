"""A logistic regression as a bedside score: whole points for each finding, a risk for their sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit


@dataclass(frozen=True)
class PointsScore:
    r"""Points of each finding and the risk of their sum; made by ``points_score``.

    .. math:: P(y = 1) = \frac{1}{1 + \exp(-(\text{base} + \text{unit} \cdot \text{points}))}

    Parameters
    ----------
    edges : mapping of str to sequence of float
        Of each feature the limits between its categories, ascending: a value at a limit is in the
        upper category.
    points : mapping of str to sequence of int
        Of each feature the points of its categories, one more than its ``edges``.
    unit : float
        Log odds of one point.
    base : float
        Log odds of somebody with no point.
    """

    edges: Mapping[str, Sequence[float]]
    points: Mapping[str, Sequence[int]]
    unit: float
    base: float

    def total(self, X: pd.DataFrame) -> np.ndarray:
        """The points of each row of ``X``, whose columns are named like the features: (n,)."""
        absent = [name for name in self.points if name not in X]
        if absent:
            raise ValueError(f"X has no column {', '.join(absent)}")
        if X[list(self.points)].isna().to_numpy().any():
            raise ValueError("X has missing cells: a score needs every finding")
        rows = [
            np.take(self.points[name], np.searchsorted(self.edges[name], X[name], side="right"))
            for name in self.points
        ]
        return np.sum(rows, axis=0)

    def risk(self, total: ArrayLike) -> np.ndarray:
        """The probability that belongs to each sum of points."""
        return expit(self.base + self.unit * np.asarray(total))

    def table(self) -> pd.DataFrame:
        """A row a category: the feature, which values it holds, its points."""
        rows = []
        for name, points in self.points.items():
            limits = [f"{limit:g}" for limit in self.edges[name]]
            if list(self.edges[name]) == [0.5]:
                values = ["no", "yes"]
            else:
                inner = [f"{low} to under {high}" for low, high in pairwise(limits)]
                values = [f"under {limits[0]}", *inner, f"{limits[-1]} or more"]
            rows += [(name, value, int(p)) for value, p in zip(values, points, strict=True)]
        return pd.DataFrame(rows, columns=["feature", "value", "points"]).set_index("feature")


def points_score(
    intercept: float,
    coefficients: Mapping[str, float],
    unit: float,
    categories: Mapping[str, Sequence[float]] | None = None,
) -> PointsScore:
    r"""Turn the coefficients of a logistic regression into whole points.

    .. math::
        \text{points}_{jc} = \mathrm{round}\!\left(\frac{\beta_j (w_{jc} - w_{j0})}{B}\right),
        \qquad \text{base} = \beta_0 + \sum_j \beta_j w_{j0}

    :math:`w_{jc}` stands for all values of category c of feature j, :math:`w_{j0}` belongs to the
    category of lowest risk, which gets no point, and B is the ``unit``.

    Parameters
    ----------
    intercept : float
        :math:`\beta_0`, log odds.
    coefficients : mapping of str to float
        :math:`\beta_j`, log odds per unit of each feature.
    unit : float > 0
        :math:`B`: log odds that are worth one point, such as five years of age.
    categories : mapping of str to sequence of float, optional
        Of a feature that is a quantity, the limits of its categories, ascending, the outermost too:
        ``[40, 50, 60]`` makes two, for which 45 and 55 stand.  Who is outside counts as in the
        nearest category.  A feature that is not named here is 0 or 1.

    Raises
    ------
    ValueError
        ``unit`` not positive; limits that do not ascend or name an unknown feature.

    References
    ----------
    Sullivan, L. M., Massaro, J. M. and D'Agostino, R. B. (2004). Presentation of multivariate data
    for clinical use: the Framingham Study risk score functions. Statistics in Medicine 23(10),
    1631-1660. doi:10.1002/sim.1742
    """
    categories = categories or {}
    if not unit > 0:
        raise ValueError(f"unit must be a positive number of log odds, got {unit!r}")
    unknown = [name for name in categories if name not in coefficients]
    if unknown:
        raise ValueError(f"categories names {', '.join(unknown)}, which has no coefficient")
    edges, points, base = {}, {}, float(intercept)
    for name, beta in coefficients.items():
        if name in categories:
            limits = np.asarray(categories[name], np.float64)
            if len(limits) < 3 or (np.diff(limits) <= 0).any():
                raise ValueError(f"categories[{name!r}] must be at least three ascending limits")
            edges[name], values = limits[1:-1], (limits[1:] + limits[:-1]) / 2
        else:
            edges[name], values = np.array([0.5]), np.array([0.0, 1.0])
        shares = beta * values
        points[name] = np.rint((shares - shares.min()) / unit).astype(int)
        base += shares.min()
    return PointsScore(edges, points, float(unit), base)

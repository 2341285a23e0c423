"""An estimate with its confidence interval."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence interval; prints as ``1.23 (95 % CI 1.10 to 1.37)``.

    Printed without a format, all three numbers get as many decimals as show two digits of the
    interval's width; ``f"{interval:.1f}"`` sets another format.

    Parameters
    ----------
    value, low, high : float
        Estimate and confidence limits, in the unit of the metric; the limits are NaN where no
        interval can be given.
    level : float
        Confidence level, between 0 and 1.
    undefined : float
        Share of bootstrap resamples in which the metric had no value and which were left out.
    """

    value: float
    low: float
    high: float
    level: float = 0.95
    undefined: float = 0.0

    def __str__(self) -> str:
        return format(self, "")

    def __format__(self, spec: str) -> str:
        return self._text(spec, f"{100 * self.level:g} % CI ")

    def brief(self, spec: str = "") -> str:
        """The same without the level, ``1.23 (1.10 to 1.37)``, for a table that says it once."""
        return self._text(spec, "")

    def _text(self, spec, level):
        spec = spec or self._two_digits_of_width()
        value, low, high = (format(x, spec) for x in (self.value, self.low, self.high))
        if np.isnan(self.low):
            return f"{value} (no interval)"
        return f"{value} ({level}{low} to {high})"

    def _two_digits_of_width(self):
        width = self.high - self.low
        if not 0 < width < np.inf:
            return ".4g"
        return f"z.{max(0, 1 - int(np.floor(np.log10(width))))}f"

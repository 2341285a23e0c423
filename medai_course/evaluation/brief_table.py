"""A report as it is printed: each column with its decimals, intervals without their level."""

from collections.abc import Mapping

import pandas as pd

from .interval import Interval


def brief_table(table: pd.DataFrame, formats: Mapping[str, str]) -> pd.DataFrame:
    """A report as text, intervals without their level: ``0.76 (0.69 to 0.81)``.

    Parameters
    ----------
    table : DataFrame of Interval or numbers
        Such as ``risk_report``, ``regression_report`` and ``subgroup_table`` return.
    formats : mapping of columns to format specifications
        Which columns, in which order, and how: ``{"n": ".0f", "AUC": ".2f"}``.

    Returns
    -------
    DataFrame of str
        "-" where there is no number.

    Raises
    ------
    ValueError
        A column that ``table`` does not have.
    """
    if unknown := [column for column in formats if column not in table.columns]:
        raise ValueError(f"the table has no columns {unknown}; it has {[*table.columns]}")
    return pd.DataFrame(
        {c: [_brief(v, spec) for v in table[c]] for c, spec in formats.items()}, table.index
    )


def _brief(value, spec):
    if isinstance(value, Interval):
        return value.brief(spec)
    return "-" if pd.isna(value) else format(value, spec)

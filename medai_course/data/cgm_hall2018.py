"""Weeks of continuous glucose of 57 adults."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from .base import Dataset
from .download import fetch
from .registry import statement

STEP = pd.Timedelta(minutes=5)
UNIT = "glucose (mg/dL)"


def load_cgm_hall2018(max_gap: float = 24.0) -> Dataset:
    """Glucose under the skin of 57 adults, one value every five minutes for about a week.

    Missing files are downloaded, 4.9 MB.

    A sensor's clock drifts by seconds and starts anew after an interruption.  Each value is moved
    to the nearest point of a five-minute grid that begins with the series' first value, by 2.5
    minutes at most; where two meet, their mean is kept.  Points without a value are NaN.

    Parameters
    ----------
    max_gap : float > 0
        After a pause of more hours than this a new series begins: someone who wore a sensor again
        months later has several.

    Returns
    -------
    Dataset
        ``X`` a list of Series, one a spell of wearing, in mg/dL, indexed by time (as in the source)
        with a step of five minutes.  ``y`` None.  ``patient_ids`` the study's 57 numbers, one an
        entry of ``X``.

    Raises
    ------
    ValueError
        ``max_gap`` is not positive, or a file is damaged.
    FileNotFoundError
        Files that are neither there nor to be had.

    References
    ----------
    Hall, H. et al. (2018). Glucotypes reveal new patterns of glucose dysregulation. PLOS Biology
    16(7), e2005143. doi:10.1371/journal.pbio.2005143
    """
    if isinstance(max_gap, bool) or not isinstance(max_gap, (int, float)) or not max_gap > 0:
        raise ValueError(f"max_gap must be a number of hours > 0, got {max_gap!r}")
    series, owners = [], []
    for path in fetch("cgm_hall2018"):
        person = path.stem.removeprefix("_").removesuffix("_data")
        spells = _spells(_read(path), max_gap)
        series += spells
        owners += [f"hall2018-{person}"] * len(spells)
    return Dataset(
        X=series,
        y=None,
        patient_ids=np.array(owners),
        statement=statement("cgm_hall2018"),
        feature_names=(UNIT,),
    )


def _read(path: Path) -> pd.Series:
    """The values of one person as recorded, in order of time."""
    try:
        table = pd.read_csv(path, usecols=["timestamp", "glucose"], dtype={"glucose": float})
        times = pd.DatetimeIndex(pd.to_datetime(table["timestamp"], format="ISO8601"))
    except ValueError as error:
        raise ValueError(f"{path} is not a table of timestamp and glucose: {error}") from error
    return pd.Series(table["glucose"].to_numpy(), index=times, name=UNIT).dropna().sort_index()


def _spells(values: pd.Series, max_gap: float) -> list[pd.Series]:
    """The series cut at pauses, each on its own five-minute grid."""
    pauses = np.diff(values.index) > pd.Timedelta(hours=max_gap)
    edges = [0, *(np.flatnonzero(pauses) + 1), len(values)]
    return [_on_grid(values.iloc[start:end]) for start, end in pairwise(edges)]


def _on_grid(part: pd.Series) -> pd.Series:
    place = np.rint((part.index - part.index[0]) / STEP).astype(int)
    grid = pd.date_range(part.index[0], periods=place[-1] + 1, freq=STEP)
    return part.groupby(place).mean().reindex(range(len(grid))).set_axis(grid)

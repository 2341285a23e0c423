"""What every evaluation asks of its inputs."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def measurements(**arrays: ArrayLike) -> list[np.ndarray]:
    """The named arrays as finite float64 arrays of one shape (n,), or a ValueError that says why.

    The names of the keywords are those of the caller's arguments and appear in the message.
    """
    checked = [_finite(name, array) for name, array in arrays.items()]
    sizes = {name: len(array) for name, array in zip(arrays, checked)}
    if len(set(sizes.values())) != 1:
        listed = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(
            f"give one entry an observation in each array; their lengths are: {listed}"
        )
    return checked


def tables(**arrays: ArrayLike) -> list[np.ndarray]:
    """The named tables as finite float64 arrays (n, d) with the same d, or a ValueError."""
    checked = [np.asarray(table, np.float64) for table in arrays.values()]
    for name, table in zip(arrays, checked):
        if table.ndim != 2 or 0 in table.shape:
            raise ValueError(f"{name} must have rows and columns, got shape {table.shape}")
        bad = np.count_nonzero(~np.isfinite(table).all(axis=1))
        if bad:
            raise ValueError(
                f"{name} has NaN or infinity in {bad} of {len(table)} rows: leave these out, or "
                "impute them first and say so"
            )
    if len({table.shape[1] for table in checked}) != 1:
        listed = ", ".join(f"{name} {table.shape[1]}" for name, table in zip(arrays, checked))
        raise ValueError(f"the tables must have the same columns; their numbers are: {listed}")
    return checked


def patient_codes(patient_ids: ArrayLike, n: int) -> tuple[np.ndarray, int]:
    """Each of ``n`` observations' patient as a number from 0, and how many patients there are."""
    codes, patients = labels("patient_ids", patient_ids, n)
    return codes, len(patients)


def labels(name: str, values: ArrayLike, n: int) -> tuple[np.ndarray, np.ndarray]:
    """``n`` labels of any kind as codes from 0, and the labels in the order of the codes."""
    if np.shape(values) != (n,):
        raise ValueError(
            f"{name} must have one entry for each of the {n} observations, got shape "
            f"{np.shape(values)}"
        )
    codes, names = pd.factorize(pd.Series(values), sort=True)
    missing = np.count_nonzero(codes < 0)
    if missing:
        raise ValueError(
            f"{name} is missing in {missing} of {n} observations: give them a label, or leave "
            "them out"
        )
    return codes, np.asarray(names)


def check_share(name: str, value: float) -> None:
    """Raise a ValueError that names the argument unless ``value`` is between 0 and 1."""
    if not 0 < value < 1:
        raise ValueError(f"{name} must be between 0 and 1, for example 0.95, got {value!r}")


def _finite(name, array):
    try:
        array = np.asarray(array, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers only: {error}") from None
    if array.ndim != 1 or len(array) == 0:
        raise ValueError(
            f"{name} must be one-dimensional with at least one observation, got shape {array.shape}"
        )
    bad = np.count_nonzero(~np.isfinite(array))
    if bad:
        raise ValueError(
            f"{name} is NaN or infinite in {bad} of {len(array)} observations: leave these out, "
            "or impute them first and say so"
        )
    return array


def outcomes(y_true: ArrayLike, **arrays: ArrayLike) -> list[np.ndarray]:
    """``y_true`` as float64 zeros and ones, both present, and the named arrays, all of shape (n,).

    A ValueError says why where an array is not finite, of another length, or ``y_true`` not 0 or 1.
    """
    checked = measurements(y_true=y_true, **arrays)
    values = np.unique(checked[0])
    if not np.isin(values, (0, 1)).all():
        raise ValueError(f"y_true must be 1 (diseased) or 0, got values such as {values[:3]}")
    if len(values) < 2:
        raise ValueError(
            f"y_true is {values[0]:g} everywhere: judging a test takes patients with and without "
            "the disease"
        )
    return checked


def probabilities(**arrays: ArrayLike) -> None:
    """Raise a ValueError that names the array unless all its entries are between 0 and 1."""
    for name, array in arrays.items():
        if ((array < 0) | (array > 1)).any():
            raise ValueError(
                f"{name} must hold probabilities between 0 and 1, got {array.min():g} to "
                f"{array.max():g}: logits go through a sigmoid first"
            )

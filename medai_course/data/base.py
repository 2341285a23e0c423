"""One shape for every data set: observations, whose they are, and a data statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from textwrap import fill
from typing import Any, Literal

import numpy as np


@dataclass(frozen=True)
class DataStatement:
    """Where a data set comes from and what it can and cannot say.

    Follows the questions of Gebru et al. (2021), Datasheets for datasets, Communications of the
    ACM 64(12), doi:10.1145/3458723.
    """

    name: str
    title: str
    kind: Literal["installed", "simulated", "public"]
    source: str
    licence: str
    consent: str
    population: str
    known_bias: str
    citation: str

    def __str__(self) -> str:
        fields = ("source", "licence", "consent", "population", "known_bias", "citation")
        lines = [f"{name.replace('_', ' ')}: {getattr(self, name)}" for name in fields]
        unbroken = {"break_on_hyphens": False, "break_long_words": False}
        lines = [fill(line, 76, subsequent_indent="  ", **unbroken) for line in lines]
        return "\n".join([f"{self.title} ({self.kind})", *lines])


@dataclass(frozen=True)
class Dataset:
    """Observations of patients, with what is needed to use them honestly.

    Parameters
    ----------
    X : DataFrame or ndarray of shape (n, ...) or list of length n
        One entry an observation: a row of a table, an image, an ECG recording.
    y : Series or ndarray of length n or None
        What is to be predicted, where the source names it.  A column each where several findings
        can be true at once; fields "event" and "time" where the time to an event is watched.
    patient_ids : ndarray of shape (n,)
        Whose each observation is: splits keep the observations of one patient together.
    statement : DataStatement
    feature_names : tuple of str
        The columns of ``X``, with units where they have any.
    target_names : tuple of str
        The classes of ``y`` in the order of their codes, or the one name and unit of a quantity.
    extras : mapping of str to DataFrame, ndarray or list of length n
        What else is known of each observation, such as the official split or a lesion mask.
    """

    X: Any
    y: Any
    patient_ids: np.ndarray
    statement: DataStatement
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        sizes = {len(part) for part in (self.X, self.y, self.patient_ids) if part is not None}
        if len(sizes) != 1:
            raise ValueError(f"X, y and patient_ids must have the same length, got {sorted(sizes)}")
        for name, values in self.extras.items():
            if len(values) != len(self):
                raise ValueError(
                    f"extras[{name!r}] must have one entry an observation, {len(self)}, "
                    f"got {len(values)}"
                )

    def __len__(self) -> int:
        return len(self.patient_ids)

    def take(self, rows: np.ndarray) -> Dataset:
        """The observations ``rows`` (integer positions or a boolean mask of length n)."""
        rows = np.arange(len(self))[rows]
        return replace(
            self,
            X=_rows(self.X, rows),
            y=None if self.y is None else _rows(self.y, rows),
            patient_ids=self.patient_ids[rows],
            extras={name: _rows(values, rows) for name, values in self.extras.items()},
        )

    def official(self, part: str) -> Dataset:
        """The observations of one ``part`` of the source's own split, such as "test".

        Sources do not always split by patient: what the data statement says holds.
        """
        if "split" not in self.extras:
            raise ValueError(f"{self.statement.name!r} comes without a split; use split()")
        parts = list(dict.fromkeys(self.extras["split"]))
        if part not in parts:
            raise ValueError(f"part must be one of {', '.join(parts)}, got {part!r}")
        return self.take(np.asarray(self.extras["split"]) == part)

    def split(self, test_size: float = 0.25, random_state: int | None = None):
        """Two data sets, (train, test), that share no patient.

        ``test_size`` is the share of *patients*, rounded, at least one on either side.
        """
        patients = np.unique(self.patient_ids)
        if not 0 < test_size < 1:
            raise ValueError(f"test_size must be between 0 and 1, got {test_size!r}")
        if len(patients) < 2:
            raise ValueError("a split by patient needs at least two patients, this has one")
        n_test = min(max(round(test_size * len(patients)), 1), len(patients) - 1)
        held_out = np.random.default_rng(random_state).permutation(patients)[:n_test]
        in_test = np.isin(self.patient_ids, held_out)
        return self.take(~in_test), self.take(in_test)


def _rows(values, rows):
    if hasattr(values, "iloc"):
        return values.iloc[rows]
    return [values[i] for i in rows] if isinstance(values, list) else values[rows]

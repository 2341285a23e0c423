"""The MIT-BIH Arrhythmia Database: half-hour ECGs with every beat marked by cardiologists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import wfdb

from .base import Dataset
from .download import fetch
from .recording import ECGRecording
from .registry import entry, statement

BEATS = tuple("NLRBAaJSVrFejnE/fQ?")  # PhysioNet's beat codes; all others mark rhythm or noise
SAME_PERSON = {"202": "201"}  # PhysioNet, mitdb 1.0.0: one man, two records


def mitdb_records() -> tuple[str, ...]:
    """Names of the 48 records: "100" to "124" drawn at random, "200" to "234" chosen."""
    return tuple(f.name.removesuffix(".dat") for f in entry("mitdb").files if ".dat" in f.name)


def load_mitdb(
    records: Sequence[str] | str = ("100", "119", "200"), leads: Sequence[str] | None = None
) -> Dataset:
    """Two-lead ambulatory ECGs, 30 minutes each, with the kind and place of every beat.

    Files that are missing are downloaded, 2 MB a record.

    Parameters
    ----------
    records : sequence of str, or "all"
        Record names, see :func:`mitdb_records`.  A record takes 10 MB of memory.
    leads : sequence of str, optional
        Leads to keep, in this order, such as ``("MLII",)``; by default both, as recorded.  MLII is
        in all records but 102 and 104.

    Returns
    -------
    Dataset
        ``X`` a list of :class:`~medai_course.data.recording.ECGRecording`: 650,000 samples in mV
        at 360 Hz; ``beat_samples`` as annotated, which is near the R peak but not always on it;
        ``beat_symbols`` in PhysioNet's code.  Rhythm and noise marks are left out.  ``y`` None.
        ``patient_ids`` "mitdb-" and the record's name; records 201 and 202 are of one man and
        both "mitdb-201".

    Raises
    ------
    ValueError
        An unknown record or lead, or a file that is damaged.
    FileNotFoundError
        Files that are neither there nor to be had.

    References
    ----------
    Moody, G. B. and Mark, R. G. (2001). The impact of the MIT-BIH Arrhythmia Database. IEEE
    Engineering in Medicine and Biology 20(3), 45-50. doi:10.1109/51.932724
    """
    names = mitdb_records() if records == "all" else _check_records(records)
    paths = fetch("mitdb", [f"{name}.{part}" for name in names for part in ("hea", "dat", "atr")])
    recordings = [_read(paths[0].with_name(name), leads) for name in names]
    ids = np.array([recording.patient_id for recording in recordings])
    return Dataset(X=recordings, y=None, patient_ids=ids, statement=statement("mitdb"))


def flutter_intervals(record: str) -> np.ndarray:
    """Episodes of ventricular flutter or fibrillation, where beats cannot be told apart.

    In this database only record 207 has any.  Comparisons of beat detectors leave them out.

    Returns
    -------
    ndarray of int, shape (n_episodes, 2)
        First sample and end (exclusive) of each, from PhysioNet's marks ``[`` and ``]``.
    """
    (name,) = _check_records([record])
    stem = str(fetch("mitdb", [f"{name}.hea", f"{name}.atr"])[0].with_name(name))
    marks = wfdb.rdann(stem, "atr")
    return _episodes(marks.sample, np.array(marks.symbol), wfdb.rdheader(stem).sig_len)


def _check_records(records) -> list[str]:
    if isinstance(records, str):
        raise ValueError(f'records must be a sequence of names or "all", got {records!r}')
    records = [str(name) for name in records]
    unknown = [name for name in records if name not in mitdb_records()]
    if unknown or not records or len(set(records)) < len(records):
        what = f"there is no record {', '.join(unknown)}" if unknown else f"got {records!r}"
        raise ValueError(
            f"records must name different records of the database: {what}. "
            f"There are: {', '.join(mitdb_records())}"
        )
    return records


def _read(path: Path, leads: Sequence[str] | None) -> ECGRecording:
    name = path.name
    signal, facts = wfdb.rdsamp(str(path))
    marks = wfdb.rdann(str(path), "atr")
    symbols = np.array(marks.symbol)
    beats = np.isin(symbols, BEATS)
    columns = _columns(name, leads, facts["sig_name"])
    return ECGRecording(
        name=name,
        patient_id=f"mitdb-{SAME_PERSON.get(name, name)}",
        ecg=signal[:, columns],
        sampling_rate=float(facts["fs"]),
        lead_names=tuple(facts["sig_name"][i] for i in columns),
        beat_samples=marks.sample[beats],
        beat_symbols=symbols[beats],
    )


def _columns(name, leads, recorded) -> list[int]:
    if leads is None:
        return list(range(len(recorded)))
    if isinstance(leads, str) or not set(leads) <= set(recorded) or not len(leads):
        raise ValueError(
            f"leads must be a sequence of leads of every record; record {name} has "
            f"{' and '.join(recorded)}, got {leads!r}"
        )
    return [recorded.index(lead) for lead in leads]


def _episodes(samples, symbols, n_samples) -> np.ndarray:
    """Pairs of ``[`` and the next ``]``; an episode that is still on at the end lasts until it."""
    starts, ends = samples[symbols == "["], np.append(samples[symbols == "]"], n_samples)
    return np.array([(s, ends[ends > s].min()) for s in starts], dtype=int).reshape(-1, 2)

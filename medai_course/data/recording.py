"""An electrocardiogram with what is known about its beats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ECGRecording:
    """One ECG of one patient.

    Parameters
    ----------
    name : str
        Record name, as the source has it.
    patient_id : str
        Whose it is; two records can be one patient's.
    ecg : ndarray of shape (n_samples, n_leads)
        Voltage in mV.
    sampling_rate : float
        Samples per second (Hz).
    lead_names : tuple of str
        One name a lead, such as "MLII" or "V5".
    beat_samples : ndarray of int, shape (n_beats,)
        Sample index of each beat's R peak, by annotation or by construction; empty if unknown.
    beat_symbols : ndarray of str, shape (n_beats,)
        Kind of each beat in the code of PhysioNet ("N" normal, "V" ventricular ectopic, ...).
    """

    name: str
    patient_id: str
    ecg: np.ndarray
    sampling_rate: float
    lead_names: tuple[str, ...]
    beat_samples: np.ndarray
    beat_symbols: np.ndarray

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.ecg) / self.sampling_rate

"""The five minutes of ECG that SciPy uses in its examples."""

from __future__ import annotations

import numpy as np

from .base import Dataset
from .download import fetch
from .recording import ECGRecording
from .registry import statement

ADC_ZERO, ADC_GAIN = 1024, 200  # digital value of 0 mV, and steps per mV


def load_ecg_scipy() -> Dataset:
    """Lead MLII of record 208 of the MIT-BIH database, minutes 19:35 to 24:35; beats not marked.

    The file (119 kB) is downloaded if it is missing.

    Returns
    -------
    Dataset
        ``X`` a list of one :class:`~medai_course.data.recording.ECGRecording`: 108,000 samples in
        mV at 360 Hz, with empty ``beat_samples`` and ``beat_symbols``.  ``y`` None.  The patient
        id is that of record 208 in :func:`~medai_course.data.mitdb.load_mitdb`.

    Raises
    ------
    ValueError
        A file that is damaged.
    FileNotFoundError
        The file is neither there nor to be had.

    References
    ----------
    Moody, G. B. and Mark, R. G. (2001). The impact of the MIT-BIH Arrhythmia Database. IEEE
    Engineering in Medicine and Biology 20(3), 45-50. doi:10.1109/51.932724
    """
    (path,) = fetch("ecg_scipy", ["ecg.dat"])
    with np.load(path, allow_pickle=False) as arrays:
        digital = arrays["ecg"].astype(float)
    recording = ECGRecording(
        name="ecg_scipy",
        patient_id="mitdb-208",
        ecg=((digital - ADC_ZERO) / ADC_GAIN)[:, np.newaxis],
        sampling_rate=360.0,
        lead_names=("MLII",),
        beat_samples=np.array([], dtype=int),
        beat_symbols=np.array([], dtype=str),
    )
    ids = np.array([recording.patient_id])
    return Dataset(X=[recording], y=None, patient_ids=ids, statement=statement("ecg_scipy"))

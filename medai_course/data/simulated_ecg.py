"""Simulated ECGs of virtual patients, with every beat known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from .base import Dataset
from .recording import ECGRecording
from .registry import statement
from .simulated_rhythm import draw_rhythm, simulate_beats

# P, Q, R, S, T of McSharry's model at 60 beats/min, where 2π is 1 s: time from the R peak (s),
# standard deviation (s), and height as a share of R's.
WAVES = {
    "P": (-0.167, 0.030, 0.12),
    "Q": (-0.036, 0.011, -0.12),
    "R": (0.0, 0.012, 1.0),
    "S": (0.036, 0.011, -0.20),
    "T": (0.270, 0.050, 0.28),
}
QUIET_START, QUIET_END = 0.3, 0.1  # s without an R peak, so that no QRS is cut in two
PEAK_SEARCH = 0.02  # s: neighbouring waves move a peak by less than this


def simulate_ecg(
    n_patients: int = 40,
    duration: float = 1200.0,
    sampling_rate: float = 250.0,
    noise: float = 1.0,
    random_state: int | None = 0,
) -> Dataset:
    r"""Simulate one lead of a cohort of resting and lightly active virtual patients.

    The model of McSharry et al. (2003) runs round the unit circle once a beat, with angular speed
    :math:`2\pi/\mathrm{RR}(t)`, and draws each wave when it passes that wave's angle.  Its limit
    cycle is known, so nothing is integrated step by step: the phase is the running integral of
    the speed, beats fall where it completes a turn, and each wave is the Gaussian that solves the
    third equation,

    .. math:: z(t) = \sum_{k} \sum_{i \in PQRST} a_i
              \exp\!\left(-\frac{(t - t_k - \tau_i)^2}{2 \sigma_i^2}\right).

    Intervals vary as in that paper (Mayer waves near 0.1 Hz, breathing near 0.25 Hz).  Added here:
    slow 1/f drift; spells of activity, from which the rate recovers with a time constant of about
    a minute; premature ventricular beats (wide, no P wave, full compensatory pause) and atrial
    ones (narrow, odd P wave); baseline wander, muscle and powerline noise, electrode shifts.

    Calibration: resting RR interval 926 ms, five-minute SDNN 50 ms and RMSSD 42 ms on average, as
    in the review of 44 studies by Nunan et al. (2010); ventricular beats above 5 % in 9 % and above
    10 % in 5 % of patients, as in 6,529 Holter recordings (Torrado et al. 2024).  Other sizes are
    plausible, not fitted: a detector that is right here is not thereby right on patients.

    Parameters
    ----------
    n_patients : int ≥ 1
        "S001", "S002", ...  A patient's recording does not depend on how many there are.
    duration : float ≥ 10
        Length of each recording (s).
    sampling_rate : float, 100 to 4000
        Samples per second (Hz).
    noise : float ≥ 0
        Multiplies all noise; 0 gives clean signals.
    random_state : int or None
        Seed; None gives another cohort each time.

    Returns
    -------
    Dataset
        ``X`` a list of :class:`~medai_course.data.recording.ECGRecording`, ``y`` None.  A beat's
        sample is that of its largest QRS peak before noise is added; its symbol is "N", "V" or
        "A".

    Raises
    ------
    ValueError
        An argument outside the range given above.

    References
    ----------
    McSharry, P. E., Clifford, G. D., Tarassenko, L. and Smith, L. A. (2003). A dynamical model
    for generating synthetic electrocardiogram signals. IEEE Transactions on Biomedical
    Engineering 50(3), 289-294. doi:10.1109/TBME.2003.808805

    Nunan, D., Sandercock, G. R. H. and Brodie, D. A. (2010). A quantitative systematic review of
    normal values for short-term heart rate variability in healthy adults. Pacing and Clinical
    Electrophysiology 33(11), 1407-1417. doi:10.1111/j.1540-8159.2010.02841.x

    Quer, G., Gouda, P., Galarnyk, M., Topol, E. J. and Steinhubl, S. R. (2020). Inter- and
    intraindividual variability in daily resting heart rate and its associations with age, sex,
    sleep, BMI, and time of year: retrospective, longitudinal cohort study of 92,457 adults. PLOS
    ONE 15(2), e0227709. doi:10.1371/journal.pone.0227709 (spread of the rate between people)

    Kobayashi, M. and Musha, T. (1982). 1/f fluctuation of heartbeat period. IEEE Transactions on
    Biomedical Engineering 29(6), 456-457. doi:10.1109/TBME.1982.324972

    Pierpont, G. L., Stolpman, D. R. and Gornick, C. C. (2000). Heart rate recovery post-exercise
    as an index of parasympathetic activity. Journal of the Autonomic Nervous System 80(3),
    169-174. doi:10.1016/S0165-1838(00)00090-4 (first-order recovery after light exercise)

    Torrado, J. et al. (2024). Prevalence of frequent premature ventricular contractions and
    left-ventricular systolic dysfunction in patients receiving Holter monitoring. Preprint.
    doi:10.22541/au.172482434.45035162/v1
    """
    _check_range("duration", duration, 10, np.inf)
    _check_range("sampling_rate", sampling_rate, 100, 4000)
    _check_range("noise", noise, 0, np.inf)
    recordings = [
        _record(name, patient, duration, sampling_rate, noise, rng)
        for name, patient, rng in _cohort(n_patients, random_state)
    ]
    ids = np.array([recording.patient_id for recording in recordings])
    return Dataset(X=recordings, y=None, patient_ids=ids, statement=statement("simulated_ecg"))


def simulate_ecg_patients(n_patients: int = 40, random_state: int | None = 0) -> pd.DataFrame:
    """The true parameters of the patients that :func:`simulate_ecg` records with the same seed.

    Heart rate in beats/min, shares of all beats, amplitudes in mV, frequencies in Hz; the two
    variabilities are factors, 1 being the average of healthy adults.
    """
    rows = {name: patient for name, patient, _ in _cohort(n_patients, random_state)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("patient_id")


def _check_range(name, value, low, high):
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not low <= value <= high or not np.isfinite(value):
        top = "" if high == np.inf else f" and ≤ {high}"
        raise ValueError(f"{name} must be a finite number ≥ {low}{top}, got {value!r}")


def _cohort(n_patients, random_state):
    """Name, parameters and random generator of each patient."""
    if not isinstance(n_patients, (int, np.integer)) or n_patients < 1:
        raise ValueError(f"n_patients must be a whole number ≥ 1, got {n_patients!r}")
    for i, seed in enumerate(np.random.SeedSequence(random_state).spawn(n_patients), start=1):
        rng = np.random.default_rng(seed)
        yield f"S{i:03d}", draw_rhythm(rng) | _draw_signal(rng), rng


def _draw_signal(rng):
    """The true parameters of one patient's waves and of the noise on them (mV unless said)."""
    return {
        "r_amplitude": float(np.clip(rng.lognormal(np.log(1.1), 0.35), 0.4, 2.5)),
        "qrs_width": rng.uniform(0.85, 1.25),  # factor
        "ventricular_amplitude": rng.choice([-1, 1], p=[0.4, 0.6]) * rng.uniform(1.0, 2.2),
        "ventricular_width": rng.uniform(0.03, 0.045),  # s
        "wander": rng.lognormal(np.log(0.1), 0.5),
        "muscle": rng.lognormal(np.log(0.015), 0.6),
        "powerline": rng.lognormal(np.log(0.01), 0.8),
        "electrode_shifts_per_minute": rng.lognormal(np.log(0.2), 0.8),
    }


def _record(name, patient, duration, sampling_rate, noise, rng):
    times, symbols, rise = simulate_beats(patient, duration, rng)
    kept = (times >= QUIET_START) & (times < duration - QUIET_END)
    n = round(duration * sampling_rate)
    ecg, peaks = _draw_waves(patient, times[kept], symbols[kept], n, sampling_rate, rng)
    if noise > 0:
        ecg += noise * _noise(patient, np.arange(n) / sampling_rate, rise, sampling_rate, rng)
    return ECGRecording(
        name, name, ecg[:, None], float(sampling_rate), ("II",), peaks, symbols[kept]
    )


def _draw_waves(patient, times, symbols, n, sampling_rate, rng):
    """The clean signal (mV) and the sample of each beat's main QRS peak."""
    ventricular, atrial = symbols == "V", symbols == "A"
    r = patient["r_amplitude"] * (1 + 0.05 * np.sin(2 * np.pi * patient["breathing_hz"] * times))
    v = patient["ventricular_amplitude"]
    stretch = np.sqrt(np.diff(times, prepend=times[:1] - 0.9))  # the QT interval after Bazett
    shape = {wave: rng.lognormal(0, 0.15) for wave in WAVES}
    odd_p = rng.uniform(-0.6, 0.6)
    ecg = np.zeros(n)
    for wave, (delay, width, height) in WAVES.items():
        height = height * shape[wave] * r if wave != "R" else r
        delay, width = np.full(len(times), delay), np.full(len(times), width)
        if wave == "P":
            height = np.where(ventricular, 0, np.where(atrial, odd_p * height, height))
        elif wave == "T":
            delay, width = delay * stretch, width * stretch
            height = np.where(ventricular, -0.35 * v, height)
            delay, width = np.where(ventricular, 0.31, delay), np.where(ventricular, 0.06, width)
        else:
            wide = patient["ventricular_width"]
            share = {"Q": 0.0, "R": 1.0, "S": -0.3}[wave]
            height = np.where(ventricular, share * v, height)
            delay = np.where(ventricular, {"S": 2.5 * wide}.get(wave, 0.0), delay)
            width = np.where(ventricular, wide, width * patient["qrs_width"])
        _add_gaussians(ecg, times + delay, width, height, sampling_rate)
    return ecg, _main_peaks(ecg, times, np.where(ventricular, v, r), sampling_rate)


def _add_gaussians(ecg, centres, widths, heights, sampling_rate):
    """Add each Gaussian to ``ecg`` in place, out to 4.5 standard deviations."""
    reach = int(np.ceil(4.5 * widths.max() * sampling_rate)) if len(widths) else 0
    samples = np.rint(centres * sampling_rate).astype(int)[:, None] + np.arange(-reach, reach + 1)
    z = (samples / sampling_rate - centres[:, None]) / widths[:, None]
    values = heights[:, None] * np.exp(-(z**2) / 2)
    inside = (samples >= 0) & (samples < len(ecg))
    ecg += np.bincount(samples[inside], values[inside], minlength=len(ecg))


def _main_peaks(ecg, times, signs, sampling_rate):
    reach = int(np.ceil(PEAK_SEARCH * sampling_rate))
    window = np.rint(times * sampling_rate).astype(int)[:, None] + np.arange(-reach, reach + 1)
    best = np.argmax(ecg[window] * np.sign(signs)[:, None], axis=1)
    return window[np.arange(len(times)), best]


def _noise(patient, t, rise, sampling_rate, rng):
    """What the electrodes pick up besides the heart (mV), at times ``t``."""
    n, moving = len(t), 1 + rise(t[:: int(sampling_rate)]).repeat(int(sampling_rate))[: len(t)] / 15
    pole = np.exp(-2 * np.pi * 0.3 / sampling_rate)  # drift below 0.3 Hz
    drift = lfilter([np.sqrt(1 - pole**2)], [1, -pole], rng.standard_normal(n))
    breathing = np.sin(2 * np.pi * (patient["breathing_hz"] * t + rng.random()))
    wander = patient["wander"] * (0.7 * drift + breathing)
    muscle = patient["muscle"] * moving * rng.standard_normal(n)
    mains = patient["powerline"] * np.sin(2 * np.pi * (50 * t + rng.random()))
    shifts = np.zeros(n)
    count = rng.poisson(patient["electrode_shifts_per_minute"] * t[-1] / 60)
    shifts[rng.integers(n, size=count)] = rng.normal(0, 0.6, count)
    pole = np.exp(-1 / (rng.uniform(0.2, 1.0) * sampling_rate))
    return wander + muscle + mains + lfilter([1], [1, -pole], shifts)

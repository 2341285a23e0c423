"""When the beats of a virtual patient fall: heart rate, its variability, and ectopic beats."""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfftfreq

GRID_RATE = 4.0  # Hz: the fastest rhythm here, breathing, stays below 0.4 Hz

# Spectrum of the RR intervals (s²).  The two bumps are McSharry's, 0.01 Hz wide; the slow part
# falls as 1/f.  Their sizes make the cohort's five-minute SDNN 50 ms and RMSSD 42 ms.
MAYER_WAVE_HZ = 0.1
BUMP_WIDTH_HZ = 0.01
LF_POWER = 570e-6
HF_POWER = 1190e-6
SLOW_POWER = 320e-6  # per unit of ln f, between SLOW_BAND_HZ
SLOW_BAND_HZ = (1 / 3600, 0.04)

SHORTEST_RR = 0.33  # s
LONGEST_RR = 2.0  # s


def draw_rhythm(rng: np.random.Generator) -> dict:
    """The true parameters of one patient's rhythm; the module's tests compare them with norms."""
    variability = rng.lognormal(-0.045, 0.3)
    return {
        "resting_heart_rate": 60 / np.clip(rng.normal(0.932, 0.108), 0.6, 1.4),
        "variability": variability,
        "respiratory_variability": variability * rng.lognormal(-0.02, 0.2),
        "breathing_hz": np.clip(rng.normal(0.25, 0.03), 0.17, 0.35),
        "active": bool(rng.random() < 0.6),
        "ventricular_share": min(rng.lognormal(np.log(0.0024), 2.28), 0.3),
        "ventricular_coupling": rng.uniform(0.5, 0.7),
        "atrial_share": min(rng.lognormal(np.log(0.002), 1.5), 0.1),
    }


def simulate_beats(patient: dict, duration: float, rng: np.random.Generator):
    """Beats of one patient up to ``duration`` seconds.

    Returns (times of the beats in s, their symbols "N", "V" or "A", function of time in s that
    gives the rise of the heart rate above rest in beats/min).
    """
    grid = np.arange(0, 1.3 * duration + 10, 1 / GRID_RATE)  # longer: early beats shorten the end
    onsets = _activity(patient, duration, rng)
    rest = patient["resting_heart_rate"]
    speed = 1 + _rise(grid, *onsets) / rest
    variation = _variability(patient, len(grid), rng) / speed**2  # less of it in a fast heart
    period = np.clip(60 / (rest * speed) + variation, SHORTEST_RR, LONGEST_RR)
    phase = np.concatenate([[0], np.cumsum((1 / period[1:] + 1 / period[:-1]) / 2 / GRID_RATE)])
    whole_turns = np.arange(rng.uniform(0.4, 1.0), phase[-1])
    times, symbols = _ectopics(patient, np.interp(whole_turns, phase, grid), rng)
    inside = times < duration
    return times[inside], symbols[inside], lambda t: _rise(t, *onsets)


def _variability(patient, n, rng):
    """Deviation of the RR interval (s) on the grid: the spectrum above, with random phases."""
    size = next_fast_len(2 * n)  # twice as long, for the end must not join the beginning
    f = rfftfreq(size, 1 / GRID_RATE)
    density = np.zeros_like(f)
    slow = (f >= SLOW_BAND_HZ[0]) & (f < SLOW_BAND_HZ[1])
    density[slow] = patient["variability"] ** 2 * SLOW_POWER / f[slow]
    density += patient["variability"] ** 2 * LF_POWER * _bump(f, MAYER_WAVE_HZ)
    density += (
        patient["respiratory_variability"] ** 2 * HF_POWER * _bump(f, patient["breathing_hz"])
    )
    amplitude = np.sqrt(2 * density * f[1])  # of the cosine that holds the power of one bin
    turns = np.exp(2j * np.pi * rng.random(len(f)))
    return irfft(amplitude * turns * size / 2, size)[:n]


def _bump(f, centre):
    """A Gaussian in frequency, of area 1."""
    z = (f - centre) / BUMP_WIDTH_HZ
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) / BUMP_WIDTH_HZ


def _activity(patient, duration, rng):
    """Start (s), length (s), height (beats/min), time constants up and down (s) of activities."""
    n = rng.poisson(duration / 480) if patient["active"] else 0
    return (
        rng.uniform(0, duration, n),
        rng.uniform(60, 240, n),
        np.clip(rng.lognormal(np.log(20), 0.4, n), 8, 50),
        rng.uniform(20, 45, n),
        rng.uniform(40, 100, n),
    )


def _rise(t, start, length, height, tau_up, tau_down):
    """Heart rate above rest (beats/min) at times ``t``: first-order rise and recovery, summed."""
    since = np.asarray(t)[..., None] - start
    rising = height * -np.expm1(-np.clip(since, 0, length) / tau_up)
    return (rising * np.exp(-np.maximum(since - length, 0) / tau_down)).sum(axis=-1)


def _ectopics(patient, times, rng):
    """Turn some of the sinus beats at ``times`` into premature ones."""
    rr = np.diff(times, prepend=0.0)
    symbols = np.full(len(times), "N")
    for symbol, share in (("V", patient["ventricular_share"]), ("A", patient["atrial_share"])):
        draws = rng.random(len(times)) < share / (1 - share)  # neighbours are dropped just below
        for k in np.flatnonzero(draws):
            if 1 < k < len(times) - 2 and (symbols[k - 1 : k + 2] == "N").all():
                symbols[k] = symbol
    ventricular, atrial = np.flatnonzero(symbols == "V"), np.flatnonzero(symbols == "A")
    coupling = rng.normal(patient["ventricular_coupling"], 0.03, len(ventricular))
    early = np.maximum(np.clip(coupling, 0.45, 0.8) * rr[ventricular], 0.3)
    rr[ventricular + 1] += rr[ventricular] - early  # the sinus node keeps its beat: a full pause
    rr[ventricular] = early
    rr[atrial] *= rng.uniform(0.6, 0.8, len(atrial))
    rr[atrial + 1] *= rng.uniform(1.0, 1.1, len(atrial))  # the sinus node starts anew: a short one
    return np.cumsum(rr), symbols

"""Find the heartbeats in one lead of an ECG, stage by stage after Pan and Tompkins (1985).

    ecg -> band_pass -> derivative -> squaring -> integrate -> root -> the envelope (mV/s)
    envelope -> local_maxima -> above adaptive_threshold -> drop_lesser_waves -> search_back
    -> refine -> the R peaks

Every stage works on the whole recording at once, and is a function of its own so that it can be
plotted.  All thresholds are relative: the unit of the signal does not matter.

What differs from the paper: zero-phase filters, since the recording is complete; the envelope is
the *root* of the integrated square, so that a beat twice as large is twice as high; the signal
level is a running percentile instead of a recursive mean, so that one artefact cannot lift it; and
the peak is sought in a wider band, because 5-20 Hz turns a wide beat's peak into a slope.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import median_filter, percentile_filter, uniform_filter1d
from scipy.signal import butter, find_peaks, sosfiltfilt

# Physiology and the literature; times in s, frequencies in Hz.
QRS_BAND = (5.0, 20.0)  # the QRS complex stands out here from P and T waves, wander and muscle
QRS_WIDTH = 0.12  # longest normal QRS complex: the integration window
REFRACTORY = 0.2  # the ventricles cannot be excited again sooner (Pan and Tompkins)
T_WAVE_LIMIT = 0.36  # a lesser peak this near a QRS may be its T wave (Pan and Tompkins)
T_WAVE_SLOPE = 0.5  # ... if its slope is less than half of that of the QRS (Pan and Tompkins)
MISSED_BEAT = 1.66  # RR intervals without a beat before one is searched for (Pan and Tompkins)
SLOWEST_BEAT = 2.0  # at 30 beats/min: every stretch of this length holds a beat
MIN_SAMPLING_RATE = 60.0

# Chosen on simulated recordings.  One of them 20 % smaller or larger moves F1 by less than 0.006
# there and by 0.0003 on MIT-BIH records: bench/r_peaks.py --sensitivity.
LEVEL_BLOCKS = 9  # the level follows about 18 s
LEVEL_PERCENTILE = 33  # below the median: large ectopic beats among small ones must not set it
LEVEL_FLOOR = 0.3  # of the recording's typical level, for pauses and loose electrodes
LEVEL_SHARE = 0.3
NOISE_PERCENTILE, NOISE_SECONDS = 25, 3.0  # the quiet quarter between the beats
NOISE_FACTOR = 2.5  # Gaussian noise in this band and window passes 1.7 % of the time
SEARCH_BACK_SHARE = 0.6
PEAK_BAND = (2.0, 40.0)
PEAK_REACH = 0.1  # half of the widest QRS complex
PEAK_TAPER = 0.06
PEAK_SUMMIT = 0.02
CLEAR_POLARITY = 1.65  # ratio of upward to downward deflection that needs no second opinion


def detect_r_peaks(ecg: np.ndarray, sampling_rate: float) -> np.ndarray:
    """Sample indices of the heartbeats in one lead.

    Parameters
    ----------
    ecg : array of shape (n_samples,)
        One lead, in any unit, at least 2 s long.
    sampling_rate : float ≥ 60
        Samples per second (Hz).

    Returns
    -------
    ndarray of int, shape (n_beats,)
        Increasing, at least 0.2 s apart; empty for a constant signal.  Each is the main peak of
        a QRS complex: R where it points up, S or Q where the complex is mainly negative.  An
        ectopic beat less than 0.36 s after another, and less than half as steep, is taken for a
        T wave and missed.

    Raises
    ------
    ValueError
        ``ecg`` has two dimensions, is not finite or too short; ``sampling_rate`` below 60.

    References
    ----------
    Pan, J. and Tompkins, W. J. (1985). A real-time QRS detection algorithm. IEEE Transactions on
    Biomedical Engineering BME-32(3), 230-236. doi:10.1109/TBME.1985.325532
    """
    ecg, fs = _check_ecg(ecg, sampling_rate), float(sampling_rate)
    slope = derivative(band_pass(ecg, fs, *QRS_BAND), fs)
    envelope = np.sqrt(integrate(squaring(slope), fs, QRS_WIDTH))
    if not envelope.any():
        return np.array([], dtype=int)
    threshold = adaptive_threshold(envelope, fs)
    maxima = local_maxima(envelope, fs)
    beats = maxima[envelope[maxima] >= threshold[maxima]]
    beats = drop_lesser_waves(beats, envelope, fs)
    beats = search_back(beats, maxima, envelope, threshold, fs)
    return _apart(refine(ecg, beats, fs), envelope[beats], fs)


def _check_ecg(ecg, sampling_rate):
    rate = isinstance(sampling_rate, (int, float, np.number))
    if not rate or not MIN_SAMPLING_RATE <= sampling_rate < np.inf:
        raise ValueError(
            f"sampling_rate must be a finite number ≥ {MIN_SAMPLING_RATE:.0f} Hz (below, a QRS "
            f"complex has too few samples), got {sampling_rate!r}"
        )
    ecg = np.asarray(ecg, dtype=np.float64)
    if ecg.ndim != 1:
        raise ValueError(
            f"ecg must be one lead, an array of shape (n_samples,), got shape {ecg.shape}: "
            "choose a lead, such as ecg[:, 0]"
        )
    shortest = int(np.ceil(SLOWEST_BEAT * sampling_rate))
    if len(ecg) < shortest:
        raise ValueError(
            f"ecg must be at least {SLOWEST_BEAT:.0f} s long, which is {shortest} samples at "
            f"{sampling_rate:g} Hz, got {len(ecg)}"
        )
    if not np.isfinite(ecg).all():
        raise ValueError(
            "ecg must be finite, it holds NaN or infinity: cut those stretches out, or fill them "
            "with the value before"
        )
    return ecg - np.median(ecg)  # a constant signal becomes exactly 0


def band_pass(ecg, sampling_rate, low=QRS_BAND[0], high=QRS_BAND[1]):
    """``ecg`` (n,) between ``low`` and ``high`` Hz: Butterworth, order 2, run both ways (mV)."""
    high = min(high, 0.45 * sampling_rate)
    sections = butter(2, (low, high), "bandpass", fs=sampling_rate, output="sos")
    return sosfiltfilt(sections, ecg)


def derivative(signal, sampling_rate):
    """Slope by central differences (mV/s): x'[i] = (x[i+1] - x[i-1]) · sampling_rate / 2."""
    return np.gradient(signal) * sampling_rate


def squaring(signal):
    """Point by point, so that up- and downstrokes count alike and steep ones count more."""
    return signal * signal


def integrate(signal, sampling_rate, width=QRS_WIDTH):
    """Mean of ``signal`` (≥ 0) over the ``width`` seconds around each sample."""
    samples = max(round(width * sampling_rate), 1)
    # a running sum leaves rounding errors where the signal is 0 again; none may be negative
    return np.maximum(uniform_filter1d(signal, samples, mode="nearest"), 0)


def local_maxima(envelope, sampling_rate):
    """Indices of the peaks of the envelope, the higher of any two that are 0.2 s or less apart."""
    distance = int(REFRACTORY * sampling_rate) + 1
    padded = np.concatenate([[-1], envelope, [-1]])  # a beat may be cut by the end
    return find_peaks(padded, distance=distance)[0] - 1


def adaptive_threshold(envelope, sampling_rate):
    """What the envelope (n,) must reach for a beat: the higher of two running thresholds (n,).

    A share of the *signal level*, which is a low percentile of the maxima of 2-s blocks, and a
    multiple of the *noise level*, the envelope's lower quartile over 3 s.
    """
    block = round(SLOWEST_BEAT * sampling_rate)
    n_blocks = max(len(envelope) // block, 1)
    heights = envelope[: n_blocks * block].reshape(n_blocks, -1).max(axis=1)
    level = percentile_filter(heights, LEVEL_PERCENTILE, LEVEL_BLOCKS, mode="reflect")
    typical = np.median(heights[heights > 1e-4 * heights.max()])  # of blocks with any signal
    level = np.maximum(level, LEVEL_FLOOR * typical)
    step = max(round(0.05 * sampling_rate), 1)  # the noise level needs no finer grid
    size = round(NOISE_SECONDS * sampling_rate / step) | 1
    noise = percentile_filter(envelope[::step], NOISE_PERCENTILE, size, mode="reflect")
    at = np.arange(len(envelope))
    level = np.interp(at, (np.arange(n_blocks) + 0.5) * block, level)
    noise = np.interp(at, at[::step], noise)
    return np.maximum(LEVEL_SHARE * level, NOISE_FACTOR * noise)


def drop_lesser_waves(beats, envelope, sampling_rate):
    """``beats`` without T waves, and without P waves after a long PR interval.

    Of two neighbours less than 0.36 s apart, one that has less than half the other's slope goes.
    """
    height = envelope[beats]
    near = np.diff(beats) < T_WAVE_LIMIT * sampling_rate
    after = near & (height[1:] < T_WAVE_SLOPE * height[:-1])
    before = near & (height[:-1] < T_WAVE_SLOPE * height[1:])
    keep = np.ones(len(beats), dtype=bool)
    keep[1:] &= ~after
    keep[:-1] &= ~before
    return beats[keep]


def search_back(beats, maxima, envelope, threshold, sampling_rate):
    """``beats`` with the best of ``maxima`` put into each gap in which one seems to be missing.

    A gap is longer than 1.66 times the running median RR interval; a maximum qualifies if it
    reaches 0.6 of the threshold and is 0.36 s or more from both neighbours.  Repeated until
    nothing is added.
    """
    weak = maxima[envelope[maxima] >= SEARCH_BACK_SHARE * threshold[maxima]]
    while len(beats) > 2:
        rr = np.diff(beats)
        long = rr > MISSED_BEAT * median_filter(rr.astype(float), 9, mode="nearest")
        gap = np.searchsorted(beats, weak) - 1
        inside = (gap >= 0) & (gap < len(rr))
        weak, gap = weak[inside], gap[inside]
        clear = np.minimum(weak - beats[gap], beats[gap + 1] - weak) >= T_WAVE_LIMIT * sampling_rate
        found, gaps = weak[clear & long[gap]], gap[clear & long[gap]]
        if len(found) == 0:
            break
        order = np.lexsort((envelope[found], gaps))
        best = np.flatnonzero(np.diff(gaps[order], append=-1))  # the last, so highest, of each gap
        beats = np.sort(np.concatenate([beats, found[order][best]]))
    return beats


def refine(ecg, beats, sampling_rate):
    """Move each beat from the maximum of the envelope to the main peak of its QRS complex.

    Up to 0.1 s away, in the 2-40 Hz band, with less weight for what is farther off: the peak of a
    QRS complex lies near the middle of its steep part, that of a T wave does not.  Where the up-
    and the downward deflection are alike, the beats around decide, so that the RR intervals do
    not jump between R and S.
    """
    if len(beats) == 0:
        return beats
    narrow = band_pass(ecg, sampling_rate, *PEAK_BAND)
    shape, at = _around(narrow, beats, round(PEAK_REACH * sampling_rate))
    shape = shape * np.exp(-(((at - beats[:, None]) / sampling_rate / PEAK_TAPER) ** 2) / 2)
    up, down = shape.argmax(axis=1), shape.argmin(axis=1)
    row, tiny = np.arange(len(beats)), np.finfo(float).tiny
    height, depth = np.maximum(shape[row, up], tiny), np.maximum(-shape[row, down], tiny)
    ratio = np.log(height) - np.log(depth)
    clear = np.abs(ratio) > np.log(CLEAR_POLARITY)
    sign = np.where(np.where(clear, ratio, median_filter(ratio, 15, mode="nearest")) > 0, 1, -1)
    rough = at[row, np.where(sign > 0, up, down)]
    shape, at = _around(narrow, rough, round(PEAK_SUMMIT * sampling_rate))
    return at[row, (shape * sign[:, None]).argmax(axis=1)]  # the taper had drawn it inwards


def _around(signal, centres, reach):
    """The signal within ``reach`` samples of each centre, and the indices; 0 past the ends."""
    window = centres[:, None] + np.arange(-reach, reach + 1)
    at = np.clip(window, 0, len(signal) - 1)
    return np.where(at == window, signal[at], 0), at


def _apart(peaks, heights, sampling_rate):
    """``peaks`` in order, the lesser dropped of any two closer than the refractory period."""
    order = np.argsort(peaks, kind="stable")
    peaks, heights = peaks[order], heights[order]
    while (near := np.diff(peaks) < REFRACTORY * sampling_rate).any():
        first = np.flatnonzero(near)[0]
        lesser = first + (heights[first + 1] < heights[first])
        peaks, heights = np.delete(peaks, lesser), np.delete(heights, lesser)
    return peaks

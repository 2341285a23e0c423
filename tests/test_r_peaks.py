"""The stages of the R-peak detector, each against a slow formula or a case worked by hand."""

import numpy as np
import pytest
from scipy.signal import butter, sosfreqz

from medai_course.systems import r_peaks as stages

FS = 250.0


@pytest.mark.parametrize("frequency", [0.3, 2.0, 5.0, 10.0, 20.0, 50.0])
def test_band_pass_has_the_gain_of_butterworth_squared_and_no_delay(frequency):
    t = np.arange(0, 40, 1 / FS)
    wave = np.sin(2 * np.pi * frequency * t)
    sections = butter(2, (5, 20), "bandpass", fs=FS, output="sos")
    gain = abs(sosfreqz(sections, [frequency], fs=FS)[1][0]) ** 2  # there and back
    middle = slice(4000, 6000)
    np.testing.assert_allclose(stages.band_pass(wave, FS)[middle], gain * wave[middle], atol=2e-3)


def test_derivative_squaring_and_integration_against_loops():
    x = np.random.default_rng(0).normal(size=60)
    slope = [(x[i + 1] - x[i - 1]) / 2 * FS for i in range(1, 59)]
    np.testing.assert_allclose(stages.derivative(x, FS)[1:-1], slope)
    np.testing.assert_array_equal(stages.squaring(x), [v**2 for v in x])
    padded = np.concatenate([np.full(7, x[0] ** 2), x**2, np.full(7, x[-1] ** 2)])
    mean = [padded[i : i + 15].mean() for i in range(60)]
    np.testing.assert_allclose(stages.integrate(x**2, FS, width=15 / FS), mean)
    ramp = stages.derivative(3.0 * np.arange(50) / FS, FS)
    np.testing.assert_allclose(ramp, 3)  # mV/s, at the ends too


def test_integration_leaves_no_negative_rounding():
    x = np.concatenate([np.full(500, 1e8), np.zeros(500)])
    assert (stages.integrate(x, FS) >= 0).all()


def test_local_maxima_keep_the_higher_of_two_near_ones():
    rng = np.random.default_rng(1)
    x = np.convolve(rng.random(3000), np.ones(5) / 5, "same")
    found = stages.local_maxima(x, FS)
    padded = np.concatenate([[-1], x, [-1]])
    peaks = [i for i in range(3000) if padded[i] < padded[i + 1] > padded[i + 2]]
    kept = []
    for i in sorted(peaks, key=lambda i: -x[i]):
        if all(abs(i - j) > 0.2 * FS for j in kept):
            kept.append(i)
    np.testing.assert_array_equal(found, sorted(kept))


def test_local_maxima_include_the_ends():
    x = np.array([5.0, *np.zeros(200), 4.0])
    assert stages.local_maxima(x, FS)[[0, -1]].tolist() == [0, 201]


def test_adaptive_threshold_against_a_slow_formula():
    rng = np.random.default_rng(2)
    x = np.abs(rng.normal(size=round(60 * FS))) * np.repeat(rng.uniform(0.2, 5, 60), round(FS))
    got = stages.adaptive_threshold(x, FS)
    block = 500
    top = [x[i : i + block].max() for i in range(0, len(x), block)]
    low = lambda window, percent: sorted(window)[int(len(window) * percent / 100)]
    mirrored = top[3::-1] + top + top[:-5:-1]
    level = [low(mirrored[i : i + 9], 33) for i in range(len(top))]
    level = np.maximum(level, 0.3 * np.median(top))
    grid = list(x[::12])
    half = 31  # 63 points of 48 ms are 3 s
    mirrored = grid[half - 1 :: -1] + grid + grid[: -half - 1 : -1]
    quiet = [low(mirrored[i : i + 2 * half + 1], 25) for i in range(len(grid))]
    at = np.arange(len(x))
    level = np.interp(at, (np.arange(len(top)) + 0.5) * block, level)
    expected = np.maximum(0.3 * level, 2.5 * np.interp(at, at[::12], quiet))
    np.testing.assert_allclose(got, expected)


def test_one_artefact_does_not_lift_the_threshold():
    envelope = np.tile(np.r_[np.full(200, 0.1), np.full(50, 1.0)], 60)
    spiked = envelope.copy()
    spiked[7000:7050] = 100
    np.testing.assert_allclose(
        stages.adaptive_threshold(spiked, FS), stages.adaptive_threshold(envelope, FS)
    )


def test_lesser_waves_go_and_early_beats_stay():
    envelope = np.zeros(2000)
    beats = np.array([300, 375, 600, 670, 900, 1000, 1400, 1480])
    envelope[beats] = [1, 0.4, 1, 0.6, 1, 0.4, 0.4, 1]
    # T wave after 0.3 s; early beat, steep; same height as a T wave but after 0.4 s; P wave
    kept = stages.drop_lesser_waves(beats, envelope, FS)
    assert kept.tolist() == [300, 600, 670, 900, 1000, 1480]


def test_search_back_fills_a_gap_once_and_only_where_one_is_missing():
    beats = np.array([0, 200, 400, 600, 1000, 1200, 1400, 2000, 2200, 2400])
    envelope, threshold = np.zeros(2600), np.full(2600, 1.0)
    envelope[beats] = 2
    weak = {300: 0.9, 780: 0.7, 820: 0.8, 1060: 0.9, 1590: 0.7, 1800: 0.65, 1700: 0.5, 2500: 0.9}
    envelope[list(weak)] = list(weak.values())
    maxima = np.sort([*beats, *weak])
    got = stages.search_back(beats, maxima, envelope, threshold, FS)
    assert sorted(set(got) - set(beats)) == [820, 1590, 1800]
    assert np.isin(beats, got).all() and (np.diff(got) > 0).all()


def test_refine_finds_the_peak_of_wide_inverted_and_ambiguous_beats():
    t = np.arange(0, 30, 1 / FS)
    centres = np.arange(1.0, 29, 1.0)
    bump = lambda at, width, height: height * np.exp(-(((t - at) / width) ** 2) / 2)
    true = np.rint(centres * FS).astype(int)
    start = true + np.random.default_rng(0).integers(-8, 9, len(true))
    for width, height in ((0.012, 1), (0.04, 1), (0.012, -1), (0.04, -2)):
        # the wide ones carry a T wave of the other sign, a third as high
        ecg = sum(bump(c, width, height) + bump(c + 0.3, 0.06, -height / 3) for c in centres)
        assert np.abs(stages.refine(ecg, start, FS) - true).max() <= 1
    sizes = 1 + 0.2 * (-1.0) ** np.arange(len(centres))  # S now above, now below R
    sizes[::3] = 0.7
    ecg = sum(bump(c, 0.012, 1) + bump(c + 0.04, 0.012, -s) for c, s in zip(centres, sizes))
    shift = stages.refine(ecg, true + 5, FS) - true
    assert np.ptp(shift) <= 1  # R throughout or S throughout

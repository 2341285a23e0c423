"""Virtual patients: seeded, calibrated against published figures, and true to their own labels."""

import numpy as np
import pandas as pd
import pytest
from scipy.signal import welch

from medai_course.data import simulated_ecg, simulated_rhythm
from medai_course.data.simulated_ecg import simulate_ecg, simulate_ecg_patients

REST = {"active": False, "ventricular_share": 0.0, "atrial_share": 0.0}


def patient(**changes):
    """A patient with every parameter at a plain value, but for the changes."""
    rng = np.random.default_rng(0)
    drawn = simulated_rhythm.draw_rhythm(rng) | simulated_ecg._draw_signal(rng)
    plain = {"resting_heart_rate": 65.0, "variability": 1.0, "respiratory_variability": 1.0}
    return drawn | plain | {"breathing_hz": 0.25} | REST | changes


@pytest.fixture(scope="module")
def clean():
    return simulate_ecg(n_patients=15, duration=240, noise=0, random_state=3)


@pytest.fixture(scope="module")
def resting():
    """RR intervals (s) of five minutes of 500 resting patients without ectopic beats."""
    rows = []
    for seed in range(500):
        rng = np.random.default_rng(seed)
        drawn = simulated_rhythm.draw_rhythm(rng) | REST
        rows.append(np.diff(simulated_rhythm.simulate_beats(drawn, 300.0, rng)[0]))
    return rows


def test_it_is_a_data_set_of_recordings(clean):
    assert clean.statement.kind == "simulated" and clean.y is None
    assert list(clean.patient_ids) == [f"S{i:03d}" for i in range(1, 16)]
    for r in clean.X:
        assert r.ecg.shape == (60_000, 1) and r.ecg.dtype == np.float64 and r.duration == 240
        assert len(r.beat_samples) == len(r.beat_symbols)
        assert (np.diff(r.beat_samples) > 0).all() and r.beat_samples[-1] < len(r.ecg)
        assert set(r.beat_symbols) <= {"N", "V", "A"} and np.isfinite(r.ecg).all()


def test_same_seed_same_bits_other_seed_other_patients():
    first, again, other = (simulate_ecg(2, 20, random_state=s) for s in (0, 0, 1))
    for a, b, c in zip(first.X, again.X, other.X):
        np.testing.assert_array_equal(a.ecg, b.ecg)
        assert not np.array_equal(a.ecg, c.ecg)
    free = [simulate_ecg(1, 20, random_state=None).X[0].ecg for _ in range(2)]
    assert not np.array_equal(*free)


def test_a_patient_does_not_depend_on_how_many_there_are():
    few, many = simulate_ecg(2, 20, random_state=5), simulate_ecg(4, 20, random_state=5)
    for a, b in zip(few.X, many.X):
        np.testing.assert_array_equal(a.ecg, b.ecg)
        np.testing.assert_array_equal(a.beat_samples, b.beat_samples)
    table = simulate_ecg_patients(4, random_state=5)
    pd.testing.assert_frame_equal(table.iloc[:2], simulate_ecg_patients(2, random_state=5))
    assert list(table.index) == list(many.patient_ids)


def test_noise_and_sampling_rate_leave_the_beats_where_they_are():
    clean, noisy, fast = (
        simulate_ecg(3, 60, fs, noise=n, random_state=2)
        for fs, n in ((250, 0), (250, 4), (1000, 0))
    )
    for a, b, c in zip(clean.X, noisy.X, fast.X):
        np.testing.assert_array_equal(a.beat_samples, b.beat_samples)
        np.testing.assert_array_equal(a.beat_symbols, c.beat_symbols)
        assert np.abs(a.beat_samples / 250 - c.beat_samples / 1000).max() <= 1 / 250
    doubled = simulate_ecg(3, 60, noise=8, random_state=2)
    for a, b, c in zip(clean.X, noisy.X, doubled.X):
        np.testing.assert_allclose(c.ecg - a.ecg, 2 * (b.ecg - a.ecg), atol=1e-12)


def test_resting_rhythm_matches_the_review_of_nunan_et_al(resting):
    mean = np.mean([1000 * rr.mean() for rr in resting])
    sdnn = [1000 * rr.std(ddof=1) for rr in resting]
    rmssd = [1000 * np.sqrt(np.mean(np.diff(rr) ** 2)) for rr in resting]
    assert mean == pytest.approx(926, abs=15)  # ms; three standard errors of 500 patients
    assert np.mean(sdnn) == pytest.approx(50, abs=2.5)
    assert np.mean(rmssd) == pytest.approx(42, abs=2.5)
    assert np.std(sdnn) == pytest.approx(16, abs=4)
    assert np.std(rmssd) == pytest.approx(15, abs=4)


def test_resting_rates_spread_as_in_quer_et_al(resting):
    assert np.std([60 / rr.mean() for rr in resting]) == pytest.approx(7.7, abs=0.9)


def test_ventricular_burden_matches_the_holter_series():
    draws = (simulated_rhythm.draw_rhythm(np.random.default_rng(s)) for s in range(8000))
    share = np.array([drawn["ventricular_share"] for drawn in draws])
    assert np.mean(share > 0.05) == pytest.approx(0.09, abs=0.01)
    assert np.mean(share > 0.10) == pytest.approx(0.05, abs=0.008)


def test_mayer_and_breathing_waves_stand_out_of_the_spectrum():
    rng = np.random.default_rng(0)
    times, _, _ = simulated_rhythm.simulate_beats(patient(breathing_hz=0.3), 3600.0, rng)
    at = np.arange(times[1], times[-1], 0.25)
    f, power = welch(np.interp(at, times[1:], np.diff(times)), fs=4, nperseg=1024)
    of = lambda low, high: power[(f >= low) & (f < high)].max()
    assert of(0.08, 0.12) > 10 * of(0.15, 0.22)
    assert of(0.28, 0.32) > 10 * of(0.15, 0.22)
    assert of(0.003, 0.01) > of(0.03, 0.05)  # the slow part falls with frequency


def test_variability_has_the_power_of_its_spectrum():
    r = simulated_rhythm
    still = patient(variability=0.0, respiratory_variability=2.0)
    rng = np.random.default_rng(0)
    assert r._variability(still, 40_000, rng).var() == pytest.approx(4 * r.HF_POWER, rel=0.05)
    low, high = r.SLOW_BAND_HZ
    slow = r.SLOW_POWER * np.log(high / low)
    whole = r._variability(patient(respiratory_variability=0.0), 400_000, rng).var()
    assert whole == pytest.approx(r.LF_POWER + slow, rel=0.1)


def test_beats_fall_where_the_phase_completes_a_turn(monkeypatch):
    steady = patient(resting_heart_rate=75.0)
    monkeypatch.setattr(simulated_rhythm, "_variability", lambda p, n, rng: np.zeros(n))
    times, _, _ = simulated_rhythm.simulate_beats(steady, 60.0, np.random.default_rng(0))
    np.testing.assert_allclose(np.diff(times), 0.8, rtol=1e-9)
    wave = lambda p, n, rng: 0.1 * np.sin(2 * np.pi * 0.05 * np.arange(n) / 4)
    monkeypatch.setattr(simulated_rhythm, "_variability", wave)
    times, _, _ = simulated_rhythm.simulate_beats(steady, 60.0, np.random.default_rng(0))
    fine = np.linspace(0, 61, 610_001)
    turns = np.cumsum(1e-4 / (0.8 + 0.1 * np.sin(2 * np.pi * 0.05 * fine)))
    whole = np.interp(times, fine, turns)
    np.testing.assert_allclose(np.diff(whole), 1, atol=2e-3)


def test_activity_raises_the_rate_and_it_recovers_exponentially():
    one = tuple(np.array([v]) for v in (100.0, 120.0, 20.0, 30.0, 60.0))
    t = np.array([99.0, 100.0, 130.0, 220.0, 280.0, 1000.0])
    top = 20 * (1 - np.exp(-4))
    expected = [0, 0, 20 * (1 - np.exp(-1)), top, top * np.exp(-1), 0]
    np.testing.assert_allclose(simulated_rhythm._rise(t, *one), expected, atol=1e-4)
    rng = np.random.default_rng(1)
    times, _, rise = simulated_rhythm.simulate_beats(patient(active=True), 1800.0, rng)
    rate, extra = 60 / np.diff(times), rise(times[1:])
    assert extra.max() > 8
    assert rate[extra > 8].mean() - rate[extra < 1].mean() > 6


def test_ventricular_beats_are_early_and_keep_the_sinus_clock():
    sinus = 0.5 + 0.8 * np.arange(2000)
    ill = patient(ventricular_share=0.1)
    times, symbols = simulated_rhythm._ectopics(ill, sinus.copy(), np.random.default_rng(0))
    early = symbols == "V"
    assert early.mean() == pytest.approx(0.1, abs=0.02)
    np.testing.assert_allclose(times[~early], sinus[~early])
    assert (sinus[early] - times[early] > 0.15).all()
    assert not (early[1:] & early[:-1]).any()


def test_atrial_beats_are_early_and_reset_the_sinus_clock():
    sinus = 0.5 + 0.8 * np.arange(2000)
    ill = patient(atrial_share=0.05)
    times, symbols = simulated_rhythm._ectopics(ill, sinus.copy(), np.random.default_rng(0))
    rr, early = np.diff(times), symbols[1:] == "A"
    assert early.mean() == pytest.approx(0.05, abs=0.02)
    assert (rr[early] <= 0.8 * 0.8 + 1e-9).all() and (rr[early] >= 0.6 * 0.8 - 1e-9).all()
    following = rr[1:][early[:-1]]
    assert ((following >= 0.8 - 1e-9) & (following <= 1.1 * 0.8 + 1e-9)).all()


def test_waves_are_the_sum_of_gaussians():
    rng = np.random.default_rng(0)
    centres, heights = np.array([0.02, 0.5, 0.53, 1.2]), rng.normal(size=4)
    widths = np.array([0.01, 0.03, 0.01, 0.05])
    ecg = np.zeros(300)
    simulated_ecg._add_gaussians(ecg, centres, widths, heights, 250)
    slow = np.zeros(300)
    for i in range(300):
        for c, w, h in zip(centres, widths, heights):
            slow[i] += h * np.exp(-((i / 250 - c) ** 2) / (2 * w**2))
    np.testing.assert_allclose(ecg, slow, atol=1e-4 * np.abs(heights).max())


def test_each_true_sample_is_the_main_peak_of_its_beat(clean):
    for r in clean.X:
        around = r.beat_samples[:, None] + np.arange(-5, 6)  # 20 ms either side
        values = r.ecg[around, 0] * np.sign(r.ecg[r.beat_samples])
        assert (values.argmax(axis=1) == 5).all()


def test_shapes_of_the_beats(clean):
    table = simulate_ecg_patients(15, random_state=3)
    for r in clean.X:
        height = r.ecg[r.beat_samples, 0]
        normal = height[r.beat_symbols == "N"]
        assert np.median(normal) == pytest.approx(table.loc[r.name, "r_amplitude"], rel=0.12)
    ill = patient(ventricular_share=0.1, ventricular_amplitude=-1.5, r_amplitude=1.0)
    times = np.arange(1.0, 60, 0.9)
    symbols = np.where(np.arange(len(times)) % 4 == 2, "V", "N")
    rng = np.random.default_rng(0)
    ecg, peaks = simulated_ecg._draw_waves(ill, times, symbols, 16_000, 250, rng)
    half = np.abs(ecg[peaks[:, None] + np.arange(-25, 26)]) > np.abs(ecg[peaks])[:, None] / 2
    width = half.sum(axis=1) / 250
    wide = symbols == "V"
    assert (width[wide] > 0.06).all() and (width[~wide] < 0.05).all()
    before = ecg[peaks - round(0.165 * 250)]  # where a P wave peaks
    assert (before[~wide] > 0.05).all() and (np.abs(before[wide]) < 0.02).all()
    assert (ecg[peaks[wide]] < -1.2).all()


@pytest.mark.parametrize(
    ("argument", "value"),
    [("n_patients", 0), ("n_patients", 2.5), ("duration", 9), ("duration", np.nan)]
    + [("duration", "long"), ("sampling_rate", 50), ("sampling_rate", 5000)]
    + [("noise", -1), ("noise", np.inf), ("noise", True)],
)
def test_bad_arguments_are_named(argument, value):
    with pytest.raises(ValueError, match=argument):
        simulate_ecg(**{"n_patients": 1, "duration": 10, argument: value})

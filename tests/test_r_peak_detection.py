"""The whole R-peak detector, on simulated recordings, on real ones where they are, on bad input."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

from medai_course.data import load_ecg_scipy, load_mitdb, simulate_ecg
from medai_course.data.simulated_ecg import WAVES
from medai_course.systems.beat_matching import match_beats
from medai_course.systems.r_peaks import detect_r_peaks

FS = 250.0


@pytest.fixture(scope="module")
def clean():
    return simulate_ecg(n_patients=12, duration=120, noise=0, random_state=7).X


@pytest.fixture(scope="module")
def noisy():
    return simulate_ecg(n_patients=12, duration=120, noise=1, random_state=7).X


def f1(recordings, change=lambda ecg: ecg, tolerance=0.075):
    """F1 over all beats of the recordings after ``change`` of each lead."""
    matches = [
        match_beats(detect_r_peaks(change(r.ecg[:, 0]), FS), r.beat_samples, FS, tolerance)
        for r in recordings
    ]
    hits = 2 * sum(m.true_positive for m in matches)
    return hits / (hits + sum(m.false_positive + m.false_negative for m in matches))


def test_clean_beats_are_found_to_the_sample(clean):
    for r in clean:
        m = match_beats(detect_r_peaks(r.ecg[:, 0], FS), r.beat_samples, FS, tolerance=0.05)
        missed = np.setdiff1d(np.arange(len(r.beat_samples)), m.true_index)
        assert m.false_positive == 0 and len(missed) == 0
        assert np.abs(m.timing_error).max() <= 1 / FS + 1e-12


def test_noise_costs_little(noisy):
    assert f1(noisy) >= 0.999
    loud = simulate_ecg(n_patients=12, duration=120, noise=4, random_state=7).X
    assert f1(loud) >= 0.99


@pytest.mark.parametrize("size", [1e-3, 1000.0, -1.0])
def test_unit_and_polarity_do_not_matter(noisy, size):
    for r in noisy[:6]:
        expected = detect_r_peaks(r.ecg[:, 0], FS)
        np.testing.assert_array_equal(detect_r_peaks(size * r.ecg[:, 0], FS), expected)


def test_offset_dtype_and_container_do_not_matter(noisy):
    ecg = noisy[0].ecg[:, 0]
    steps = np.rint(200 * ecg + 1024).astype(np.uint16)
    expected = detect_r_peaks(steps / 200.0 - 5.12, FS)
    np.testing.assert_array_equal(detect_r_peaks(steps, FS), expected)
    np.testing.assert_array_equal(detect_r_peaks(steps.tolist(), int(FS)), expected)
    before = ecg.copy()
    detect_r_peaks(ecg, FS)
    np.testing.assert_array_equal(ecg, before)


def test_a_shift_in_time_shifts_the_beats(clean):
    for r in clean[:4]:
        whole = detect_r_peaks(r.ecg[:, 0], FS)
        later = detect_r_peaks(r.ecg[1111:, 0], FS) + 1111
        inner = whole[whole > 1111 + FS]
        assert match_beats(later[later > 1111 + FS], inner, FS, tolerance=1 / FS).f1 == 1


@pytest.mark.parametrize("fs", [100, 128, 360, 500, 1000])
def test_other_sampling_rates(fs):
    for r in simulate_ecg(n_patients=3, duration=60, sampling_rate=fs, random_state=7).X:
        found = detect_r_peaks(r.ecg[:, 0], fs)
        assert match_beats(found, r.beat_samples, fs, tolerance=0.02).f1 == 1


HARD = {
    "start-up transient": lambda ecg: ecg + 5 * np.exp(-np.arange(len(ecg)) / FS / 0.8),
    "powerline of 0.5 mV": lambda ecg: ecg + 0.5 * np.sin(100 * np.pi * np.arange(len(ecg)) / FS),
    "wander of 2 mV": lambda ecg: ecg + 2 * np.sin(np.pi * np.arange(len(ecg)) / FS / 2),
    "half the size": lambda ecg: ecg * np.where(np.arange(len(ecg)) < len(ecg) // 2, 1, 0.5),
    "four times the size": lambda ecg: ecg * np.where(np.arange(len(ecg)) < len(ecg) // 2, 1, 4),
    "clipped at 0.5 mV": lambda ecg: np.clip(ecg, -0.5, 0.5),
}


@pytest.mark.parametrize("name", HARD)
def test_hard_conditions(noisy, name):
    assert f1(noisy, HARD[name]) >= (0.99 if "clipped" in name else 0.995)


@pytest.mark.parametrize("wave", [("T", (0.27, 0.045, 0.9)), ("P", (-0.25, 0.022, 0.4))])
def test_tall_t_waves_and_early_p_waves_are_no_beats(monkeypatch, wave):
    monkeypatch.setitem(WAVES, *wave)
    recordings = simulate_ecg(n_patients=8, duration=90, random_state=4).X
    assert f1(recordings) >= 0.99


def test_no_beats_are_made_up_while_the_lead_is_off(noisy):
    for r in noisy[:4]:
        ecg = r.ecg[:, 0].copy()
        ecg[4000:22_000] = ecg[4000]  # 72 of 120 s
        found = detect_r_peaks(ecg, FS)
        assert not ((found > 4000) & (found < 22_000)).any()
        outside = r.beat_samples[(r.beat_samples < 3950) | (r.beat_samples > 22_050)]
        assert match_beats(found, outside, FS).sensitivity > 0.99


def test_constant_signals_hold_no_beats():
    for value in (0.0, 0.1, -3.7, 1e6 / 3):
        found = detect_r_peaks(np.full(5000, value), FS)
        assert found.shape == (0,) and found.dtype.kind == "i"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(500, 8000), st.sampled_from([1.0, 0.99, 0.0]))
@example(17, 8000, 1.0)  # here refinement moves two beats towards each other
@example(13, 8000, 0.99)
def test_beats_are_never_closer_than_the_refractory_period(seed, n, memory):
    noise = np.random.default_rng(seed).normal(size=n)
    ecg = np.cumsum(noise) if memory == 1.0 else noise + memory * np.roll(noise, 1)
    found = detect_r_peaks(ecg, FS)
    assert (np.diff(found) >= 0.2 * FS).all()
    assert ((found >= 0) & (found < n)).all()


def test_the_shortest_signal_works(clean):
    r = clean[0]
    assert len(detect_r_peaks(r.ecg[: round(2 * FS), 0], FS)) == (r.beat_samples < 2 * FS).sum()


BAD = [
    (np.zeros((500, 2)), FS, r"ecg\[:, 0\]"),
    (np.zeros(499), FS, "at least 2 s long, which is 500 samples"),
    (np.zeros(0), FS, "at least 2 s"),
    (np.r_[np.zeros(600), np.nan], FS, "NaN"),
    (np.r_[np.zeros(600), np.inf], FS, "finite"),
    (np.zeros(1000), 0, "sampling_rate"),
    (np.zeros(1000), -250, "sampling_rate"),
    (np.zeros(1000), np.nan, "sampling_rate"),
    (np.zeros(1000), 59.9, "sampling_rate"),
    (np.zeros(1000), "250", "sampling_rate"),
]


@pytest.mark.parametrize(("ecg", "fs", "words"), BAD)
def test_bad_input_is_explained(ecg, fs, words):
    with pytest.raises(ValueError, match=words):
        detect_r_peaks(ecg, fs)


# real recordings; thresholds are what was reached, less a few beats


@pytest.fixture(scope="module")
def data_folder():
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    folder = Path(os.environ.get("MEDAI_DATA_DIR") or beside)
    if not (folder / "mitdb" / "200.dat").exists():
        pytest.skip(f"no MIT-BIH records in {folder}: `medai data fetch mitdb` gets them")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDAI_DATA_DIR", str(folder))
        yield folder


RECORDS = [("100", 0, 0.999), ("100", 1, 0.999), ("119", 0, 0.999), ("119", 1, 0.999)]
RECORDS += [("200", 0, 0.998), ("200", 1, 0.87)]  # V1 of record 200 is largely artefact


@pytest.mark.parametrize(("name", "lead", "least"), RECORDS)
def test_real_records(data_folder, name, lead, least):
    (r,) = load_mitdb([name]).X
    fs, ecg = r.sampling_rate, r.ecg[:, lead]
    found = detect_r_peaks(ecg, fs)
    assert match_beats(found, r.beat_samples, fs, tolerance=0.075).f1 >= least
    if least > 0.9:
        slow = detect_r_peaks(resample_poly(ecg, 25, 36), 250)
        at = np.rint(r.beat_samples * 250 / 360).astype(int)
        assert match_beats(slow, at, 250, tolerance=0.075).f1 >= least - 0.001


def test_the_example_of_scipy(data_folder):
    if not (data_folder / "ecg_scipy" / "ecg.dat").exists():
        pytest.skip(f"no ecg_scipy in {data_folder}: `medai data fetch ecg_scipy` gets it")
    (r,) = load_ecg_scipy().X
    found = detect_r_peaks(r.ecg[:, 0], r.sampling_rate)
    assert len(found) == pytest.approx(509, abs=8)  # beats that PhysioNet's marks have there

"""Heart rate, cleaning of RR intervals, windowed features and the table to forecast from."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medai_course.data import simulate_ecg
from medai_course.systems import heart_rate as module
from medai_course.systems.heart_rate import (
    clean_rr,
    detect_r_peaks,
    forecast_table,
    heart_rate,
    windowed_features,
)

FS = 250.0


def peaks_from(rr, first=0.4, fs=1000.0):
    """Sample indices of beats with these RR intervals (s)."""
    return np.rint(np.cumsum(np.r_[first, rr]) * fs).astype(int)


def irregular(n=400, seed=0):
    rng = np.random.default_rng(seed)
    return 0.8 + 0.05 * np.sin(np.arange(n) / 7) + 0.02 * rng.normal(size=n)


def test_heart_rate_is_60_over_rr():
    np.testing.assert_allclose(heart_rate([0, 250, 450, 950], FS), [60, 75, 30])
    assert heart_rate([77], FS).shape == heart_rate([], FS).shape == (0,)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(80, 500), min_size=2, max_size=50))
def test_the_mean_of_rates_is_never_below_the_rate_of_the_stretch(steps):
    peaks = np.cumsum([0, *steps])
    stretch = 60 * len(steps) * FS / peaks[-1]
    mean = heart_rate(peaks, FS).mean()
    assert mean >= stretch - 1e-9
    if len(set(steps)) > 1:
        assert mean > stretch


def test_a_window_counts_intervals_over_time_not_the_mean_of_rates():
    rr = np.tile([0.75, 0.85], 40)  # within 20 % of their median, so nothing is flagged
    row = windowed_features(peaks_from(rr), 1000.0, window=60).iloc[0]
    assert row["heart_rate"] == pytest.approx(75, abs=0.1)
    assert heart_rate(peaks_from(rr), 1000.0).mean() == pytest.approx(75.29, abs=0.01)
    assert row["cleaned_share"] == 0


def test_clean_rr_flags_a_premature_beat_and_its_pause_and_nothing_else():
    rr = irregular()
    rr[100], rr[101] = 0.5, 1.15
    rr[200] *= 2  # a beat was missed
    rr[300] = 0.25
    flagged, filled = clean_rr(rr)
    assert np.flatnonzero(flagged).tolist() == [100, 101, 200, 300]
    np.testing.assert_array_equal(filled[~flagged], rr[~flagged])
    np.testing.assert_allclose(filled[100:102], rr[99] + (rr[102] - rr[99]) * np.array([1, 2]) / 3)
    assert filled[200] == pytest.approx((rr[199] + rr[201]) / 2)


def test_clean_rr_against_a_slow_formula():
    rr = np.random.default_rng(3).lognormal(np.log(0.8), 0.25, size=200)
    flagged, _ = clean_rr(rr, limit=0.3, window=7)
    for i, value in enumerate(rr):
        median = np.median(rr[max(i - 3, 0) : i + 4])
        assert flagged[i] == (abs(value - median) > 0.3 * median or not 0.3 <= value <= 2.0)


def test_clean_rr_at_the_ends_and_without_any_normal_interval():
    flagged, filled = clean_rr([0.5, 0.8, 0.8, 0.8, 0.81, 1.4])
    assert flagged.tolist() == [True, False, False, False, False, True]
    np.testing.assert_allclose(filled, [0.8, 0.8, 0.8, 0.8, 0.81, 0.81])
    for steady in (3.0, 2.01, 0.29):  # regular, but no heartbeat
        flagged, filled = clean_rr(np.full(20, steady))
        assert flagged.all() and np.isnan(filled).all()
    assert [len(part) for part in clean_rr([])] == [0, 0]


def test_variability_agrees_with_neurokit2():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import neurokit2

        peaks = peaks_from(irregular(300))
        row = windowed_features(peaks, 1000.0, window=10_000, stop=10_000).iloc[0]
        reference = neurokit2.hrv_time(peaks, sampling_rate=1000)
    assert row["sdnn"] == pytest.approx(reference["HRV_SDNN"][0], rel=1e-6)
    assert row["rmssd"] == pytest.approx(reference["HRV_RMSSD"][0], rel=1e-6)
    assert row["heart_rate"] == pytest.approx(60_000 / reference["HRV_MeanNN"][0], rel=1e-6)


def test_windowed_features_against_loops():
    rr = irregular(300, seed=4)
    rr[50], rr[51], rr[120] = 0.45, 1.2, 1.7
    peaks = peaks_from(rr)
    times = peaks / 1000
    flagged, _ = clean_rr(np.diff(times))
    table = windowed_features(peaks, 1000.0, window=30, step=10)
    assert table["start"].tolist() == list(range(0, int(times[-1]) - 29, 10))
    for _, row in table.iterrows():
        inside = [
            i
            for i in range(len(rr))
            if row["start"] <= times[i + 1] < row["start"] + 30  # where the interval ends
        ]
        good = [i for i in inside if not flagged[i]]
        value = np.array([times[i + 1] - times[i] for i in good])
        assert row["n_intervals"] == len(inside)
        assert row["cleaned_share"] == pytest.approx(1 - len(good) / len(inside))
        assert row["heart_rate"] == pytest.approx(60 * len(good) / value.sum())
        assert row["sdnn"] == pytest.approx(1000 * np.std(value, ddof=1))
        minute = times[[i + 1 for i in good]] / 60
        assert row["slope"] == pytest.approx(np.polyfit(minute, 60 / value, 1)[0])
        pairs = [
            times[i + 2] - 2 * times[i + 1] + times[i]
            for i in inside[:-1]
            if not flagged[i] and not flagged[i + 1]
        ]
        assert row["rmssd"] == pytest.approx(1000 * np.sqrt(np.mean(np.square(pairs))))


def test_windows_without_enough_beats_are_missing_not_wrong():
    peaks = np.r_[peaks_from(np.full(20, 0.8)), 60_000]
    table = windowed_features(peaks, 1000.0, window=10, stop=60)
    assert table["heart_rate"].notna().tolist() == [True, True, False, False, False, False]
    assert table["n_intervals"].tolist() == [11, 9, 0, 0, 0, 0]
    assert windowed_features([], FS).empty and windowed_features([5], FS).empty
    for pattern in ([0.5, 1.1], [0.5, 1.1, 0.8]):  # every second, every third beat is premature
        table = windowed_features(peaks_from(np.tile(pattern, 40)), 1000.0)
        assert (table["cleaned_share"] > 0.5).all() and table["heart_rate"].isna().all()


def test_forecast_of_a_steady_and_of_a_rising_heart():
    steady = ("a", peaks_from(np.full(400, 0.75)), 1000.0)
    X, y, ids = forecast_table([steady])
    assert list(X.columns) == [
        *("hr_120_90", "hr_90_60", "hr_60_30", "hr_30_0"),
        *("slope", "sdnn", "rmssd", "cleaned_share"),
    ]
    assert X.index.names == ["patient_id", "time"] and set(ids) == {"a"}
    assert X.index.get_level_values("time").tolist() == [120, 150, 180, 210, 240, 270]
    np.testing.assert_allclose(X.iloc[:, :4], 80, atol=1e-9)
    np.testing.assert_allclose(y, 80, atol=1e-9)
    times = [0.5]
    while times[-1] < 300:
        times.append(times[-1] + 60 / (60 + times[-1] / 10))  # 6 beats/min faster each minute
    X, y, _ = forecast_table([("b", np.rint(1000 * np.array(times)).astype(int), 1000.0)])
    np.testing.assert_allclose(y - X["hr_30_0"], 3, atol=0.2)
    np.testing.assert_allclose(X["slope"], 6, atol=0.1)


def test_predictors_do_not_see_the_future():
    peaks = peaks_from(irregular(600, seed=1), fs=1000.0)
    X, y, _ = forecast_table([("a", peaks, 1000.0)])
    t = 240.0
    later = peaks >= t * 1000
    changed = np.r_[peaks[~later], peaks_from(np.full(400, 0.5), first=t + 0.1)]
    X2, y2, _ = forecast_table([("a", changed, 1000.0)])
    pd.testing.assert_frame_equal(X.loc[("a", slice(None, t)), :], X2.loc[("a", slice(None, t)), :])
    assert y.loc[("a", t)] < 80 < 110 < y2.loc[("a", t)]


def test_cleaning_does_not_see_the_future_either():
    # the last intervals before t are 22 % short: a new rate if it lasts, ectopic if it does not
    before = [*np.full(298, 0.8), 0.62, 0.62]
    t = peaks_from(before)[-1] / 1000 + 0.05
    shares = []
    for following in (0.62, 0.8):
        peaks = peaks_from([*before, *np.full(100, following)])
        X, _, _ = forecast_table([("a", peaks, 1000.0)], step=t - 120)
        shares.append(X.loc[("a", t), "cleaned_share"])
    assert shares[0] == shares[1] > 0


def test_the_target_is_the_window_that_follows():
    peaks = peaks_from(irregular(600, seed=2))
    X, y, _ = forecast_table([("a", peaks, 1000.0)], history=60, horizon=20, step=10)
    windows = windowed_features(peaks, 1000.0, window=20, step=10).set_index("start")["heart_rate"]
    for patient, t in X.index:
        assert patient == "a" and y[("a", t)] == windows[t]
        assert X.loc[("a", t), "hr_20_0"] == pytest.approx(windows[t - 20], rel=1e-9)
        assert X.loc[("a", t), "hr_60_40"] == pytest.approx(windows[t - 60], rel=1e-9)


def test_recordings_are_detected_and_patients_kept_apart():
    data = simulate_ecg(n_patients=3, duration=240, random_state=2)
    X, y, ids = forecast_table(data.X)
    assert len(X) == len(y) == len(ids) and set(ids) == {"S001", "S002", "S003"}
    np.testing.assert_array_equal(ids, X.index.get_level_values("patient_id"))
    r = data.X[0]
    beats = (r.patient_id, detect_r_peaks(r.ecg[:, 0], FS), FS)
    alone, _, _ = forecast_table([beats])
    pd.testing.assert_frame_equal(alone, X.loc[alone.index])
    assert not X.isna().any().any() and not y.isna().any()
    errors = (y - X["hr_30_0"]).abs()
    assert 0.3 < errors.mean() < 10  # beats/min: neither trivial nor hopeless


def test_the_detector_and_its_judge_are_offered_here():
    assert {"detect_r_peaks", "match_beats", "BeatMatch"} <= set(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)


STEADY = ("a", peaks_from(np.full(300, 0.8)), 1000.0)
BAD = [
    (lambda: heart_rate([5, 5], FS), "r_peaks must be .* increasing"),
    (lambda: heart_rate([[1, 2]], FS), "r_peaks must be a one-dimensional"),
    (lambda: heart_rate([1, np.nan], FS), "r_peaks"),
    (lambda: heart_rate([1, 2], 0), "sampling_rate"),
    (lambda: heart_rate([1, 2], "fast"), "sampling_rate"),
    (lambda: clean_rr([0.8, 0.0]), "rr must be"),
    (lambda: clean_rr([0.8, np.nan]), "rr must be"),
    (lambda: clean_rr([[0.8]]), "rr must be"),
    (lambda: clean_rr([0.8], limit=0), "limit"),
    (lambda: clean_rr([0.8], window=4), "window"),
    (lambda: clean_rr([0.8], window=1), "window"),
    (lambda: windowed_features([1, 2], FS, window=0), "window"),
    (lambda: windowed_features([1, 2], FS, step=-1), "step"),
    (lambda: windowed_features([2, 1], FS), "r_peaks"),
    (lambda: forecast_table([STEADY], history=100), "history must be a multiple of horizon"),
    (lambda: forecast_table([STEADY], horizon=np.inf), "horizon"),
    (lambda: forecast_table([STEADY], step=0), "step"),
    (lambda: forecast_table([]), "recordings hold no stretch of 150 s"),
    (lambda: forecast_table([("a", [1, 2, 3], 1.0)]), "recordings hold no stretch"),
]


@pytest.mark.parametrize(("call", "words"), BAD)
def test_bad_input_is_explained(call, words):
    with pytest.raises(ValueError, match=words):
        call()

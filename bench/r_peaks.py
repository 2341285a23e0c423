"""Find R peaks: ours against neurokit2 and wfdb's XQRS, on simulated and on MIT-BIH records.

Run it with ``make bench`` or ``python bench/r_peaks.py``.  It uses whatever MIT-BIH records lie in
the data folder (``medai data fetch mitdb`` gets them) and downloads nothing.

    --all-leads     the second lead of each record as well
    --sensitivity   F1 when each constant of the detector is 20 % smaller or larger, no peers
"""

import argparse
import time
import warnings
from unittest.mock import patch

import neurokit2
import numpy as np
import pandas as pd
from wfdb.processing import xqrs_detect

from medai_course.data import data_dir, flutter_intervals, load_mitdb, simulate_ecg
from medai_course.systems import r_peaks
from medai_course.systems.heart_rate import detect_r_peaks, match_beats

TOLERANCES = (0.075, 0.15)
FACTORS = (0.8, 1.2)
CONSTANTS = (
    ["QRS_BAND", "PEAK_BAND", "QRS_WIDTH", "T_WAVE_LIMIT", "T_WAVE_SLOPE", "MISSED_BEAT"]
    + ["SLOWEST_BEAT", "LEVEL_BLOCKS", "LEVEL_PERCENTILE", "LEVEL_FLOOR", "LEVEL_SHARE"]
    + ["NOISE_PERCENTILE", "NOISE_SECONDS", "NOISE_FACTOR", "SEARCH_BACK_SHARE"]
    + ["PEAK_REACH", "PEAK_TAPER", "PEAK_SUMMIT", "CLEAR_POLARITY"]
)


def neurokit(ecg, fs, method="neurokit"):
    clean = neurokit2.ecg_clean(ecg, sampling_rate=fs, method=method)
    found = neurokit2.ecg_peaks(clean, sampling_rate=fs, method=method)[1]["ECG_R_Peaks"]
    return np.asarray(found, dtype=int)


DETECTORS = {
    "ours": detect_r_peaks,
    "neurokit2": neurokit,
    "neurokit2, Pan-Tompkins": lambda ecg, fs: neurokit(ecg, fs, "pantompkins1985"),
    "wfdb XQRS": lambda ecg, fs: xqrs_detect(ecg, fs, verbose=False),
}


def cases(all_leads):
    """Kind, name, signal, sampling rate, true beats and stretches to leave out."""
    for noise in (1, 5):
        for r in simulate_ecg(10, duration=600, noise=noise, random_state=1).X:
            yield f"simulated, noise x {noise}", r.name, r.ecg[:, 0], r.sampling_rate, r, ()
    folder = data_dir() / "mitdb"
    present = sorted(p.stem for p in folder.glob("*.dat") if p.with_suffix(".atr").exists())
    if not present:
        print(f"no MIT-BIH records in {folder}: simulated recordings only")
    for name in present:
        (r,) = load_mitdb([name]).X
        for lead in range(r.ecg.shape[1] if all_leads else 1):
            label = f"{name} {r.lead_names[lead]}"
            kind = f"MIT-BIH, lead {lead + 1}"
            yield kind, label, r.ecg[:, lead], r.sampling_rate, r, flutter_intervals(name)


def judge(detector, ecg, fs, recording, exclude):
    """Counts at each tolerance, and seconds for half an hour of signal."""
    start = time.perf_counter()
    found = np.unique(detector(ecg, fs))
    seconds = (time.perf_counter() - start) * 1800 * fs / len(ecg)
    row = {"s / 30 min": seconds}
    for tolerance in TOLERANCES:
        m = match_beats(found, recording.beat_samples, fs, tolerance, exclude)
        parts = (m.true_positive, m.false_positive, m.false_negative)
        row |= {(part, tolerance): n for part, n in zip(("tp", "fp", "fn"), parts)}
    return row


def f1(rows):
    """F1 at each tolerance from the sum of the counts, so that every beat weighs the same."""
    total = rows.sum(numeric_only=True)
    hits = {t: 2 * total[("tp", t)] for t in TOLERANCES}
    return [hits[t] / (hits[t] + total[("fp", t)] + total[("fn", t)]) for t in TOLERANCES]


def line(label, name, rows):
    near, far = f1(rows)
    beats = int(rows[[("tp", 0.15), ("fn", 0.15)]].sum().sum())
    wrong = "  ".join(f"{rows[(part, 0.15)].sum():5.0f}" for part in ("fp", "fn"))
    speed = rows["s / 30 min"].median()
    print(f"{label:26s}  {name:24s}  {beats:6d}  {near:7.4f}  {far:7.4f}  {wrong}  {speed:8.3f}")


def race(all_leads):
    rows = [
        {"kind": kind, "record": label, "detector": name} | judge(detector, *rest)
        for kind, label, *rest in cases(all_leads)
        for name, detector in DETECTORS.items()
    ]
    table = pd.DataFrame(rows)
    print(
        f"{'record':26s}  {'detector':24s}  {'beats':>6s}  F1 75ms  F1 150ms  FP150  FN150  "
        "s/30 min"
    )
    real = table[table["kind"].str.startswith("MIT-BIH")]
    for (record, name), part in real.groupby(["record", "detector"], sort=False):
        line(record, name, part)
    for (kind, name), part in table.groupby(["kind", "detector"], sort=False):
        line(f"{kind}, all", name, part)


def changed(value, factor):
    """``value`` times ``factor``; whole numbers stay whole, and odd ones odd."""
    if isinstance(value, tuple):
        return tuple(v * factor for v in value)
    if isinstance(value, int):
        new = round(value * factor)
        return new if new % 2 == value % 2 else new + 1
    return value * factor


def sensitivity(all_leads):
    bed = list(cases(all_leads))
    kinds = list(dict.fromkeys(kind for kind, *_ in bed))
    print(f"{'F1 at 75 and 150 ms':28s}" + "".join(f"{kind:>28s}" for kind in kinds))

    def show(label):
        rows = pd.DataFrame([{"kind": k} | judge(detect_r_peaks, *rest) for k, _, *rest in bed])
        scores = [f1(rows[rows["kind"] == kind]) for kind in kinds]
        print(f"{label:28s}" + "".join(f"{a:20.4f}  {b:.4f}" for a, b in scores), flush=True)

    show("as it is")
    for constant in CONSTANTS:
        value = getattr(r_peaks, constant)
        for factor in FACTORS:
            new = changed(value, factor)
            with patch.object(r_peaks, constant, new):
                show(f"{constant} x {factor}")


if __name__ == "__main__":
    warnings.filterwarnings("ignore", module="neurokit2")
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--all-leads", action="store_true")
    parser.add_argument("--sensitivity", action="store_true")
    options = parser.parse_args()
    (sensitivity if options.sensitivity else race)(options.all_leads)

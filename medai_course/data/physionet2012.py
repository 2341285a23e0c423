"""Two days of intensive care: vital signs, laboratory values and outcomes of 4,000 stays."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

from .archive import read_zip
from .base import Dataset
from .download import fetch
from .registry import statement

N_HOURS = 48

# Unit, lowest and highest value kept.  The limits are wide on purpose: they are meant to drop slips
# of the pen and of the sensor, not patients who are very ill.
VARIABLES = {
    "ALP": ("IU/L", 1, 5000),
    "ALT": ("IU/L", 1, 25000),
    "AST": ("IU/L", 1, 25000),
    "Albumin": ("g/dL", 0.5, 8),
    "BUN": ("mg/dL", 1, 300),
    "Bilirubin": ("mg/dL", 0.1, 80),
    "Cholesterol": ("mg/dL", 20, 1000),
    "Creatinine": ("mg/dL", 0.1, 30),
    "DiasABP": ("mmHg", 10, 200),
    "FiO2": ("0 to 1", 0.21, 1),
    "GCS": ("3 to 15", 3, 15),
    "Glucose": ("mg/dL", 10, 2000),
    "HCO3": ("mmol/L", 2, 60),
    "HCT": ("%", 5, 75),
    "HR": ("beats/min", 10, 300),
    "K": ("mmol/L", 1, 12),
    "Lactate": ("mmol/L", 0.1, 40),
    "MAP": ("mmHg", 10, 250),
    "MechVent": ("0 or 1", 0, 1),
    "Mg": ("mmol/L", 0.2, 10),
    "NIDiasABP": ("mmHg", 10, 200),
    "NIMAP": ("mmHg", 10, 250),
    "NISysABP": ("mmHg", 20, 300),
    "Na": ("mmol/L", 90, 190),
    "PaCO2": ("mmHg", 5, 200),
    "PaO2": ("mmHg", 15, 700),
    "Platelets": ("1000/µL", 1, 2000),
    "RespRate": ("breaths/min", 1, 80),
    "SaO2": ("%", 20, 100),
    "SysABP": ("mmHg", 20, 300),
    "Temp": ("°C", 25, 45),
    "TroponinI": ("µg/L", 0, 100),
    "TroponinT": ("µg/L", 0, 100),
    "Urine": ("mL", 0, 5000),
    "WBC": ("1000/µL", 0, 500),
    "Weight": ("kg", 20, 300),
    "pH": ("", 6.5, 8),
}
SUMMED = "Urine"  # an amount: what came in one hour adds up; all others are averaged
ON_ADMISSION = {  # minute 0: unit, lowest and highest value kept
    "Age": ("years", 0, 120),
    "Gender": ("0 female, 1 male", 0, 1),
    "Height": ("cm", 120, 230),
    "ICUType": ("1 to 4", 1, 4),
    "Weight": VARIABLES["Weight"],
}
ICU_TYPES = ("coronary care", "cardiac surgery recovery", "medical", "surgical")  # codes 1 to 4
OUTCOMES = {
    "SAPS-I": "saps",
    "SOFA": "sofa",
    "Length_of_stay": "length_of_stay",
    "Survival": "survival",
    "In-hospital_death": "in_hospital_death",
}


def load_physionet2012() -> Dataset:
    """The first 48 hours of 4,000 stays in intensive care, hour by hour, with what became of them.

    Missing files are downloaded, 8 MB; reading takes a few seconds.

    Each value is put into the hour it was taken in; the mean of several is kept, of urine the sum.
    Nothing is filled in: what was not measured is NaN.  A value outside the plausible range of
    ``VARIABLES`` or ``ON_ADMISSION`` in this module is taken as not measured: -1, which stands for
    missing; pressures of 0 mmHg, most of all; temperatures near 0 °C; heights of 18 cm or 430 cm.
    One slip is repaired first: a pH written without its decimal point (735 is 7.35).  In all this
    drops 2,653 of 1,658,892 measurements, 0.16 %.

    Returns
    -------
    Dataset
        ``X`` float64 of shape (4000, 48, 37): stay, hour since admission, variable; the names and
        units are ``feature_names``; ventilation is only ever recorded as 1.  ``y`` int64 of shape
        (4000,): 1 if the patient died in hospital (554).  A patient id is the stay's RecordID: one
        person could have two, the source does not say.  ``extras``:

        - "mask", bool of the shape of ``X``, True where measured;
        - "static", a DataFrame of what was known on admission: age (years), gender (0 female, 1
          male), height (cm), icu_type (1 coronary care, 2 cardiac surgery recovery, 3 medical, 4
          surgical), weight (kg); NaN where missing;
        - "outcomes", a DataFrame: saps and sofa, two severity scores as the source gives them;
          length_of_stay in hospital (days); survival (days from admission to death; NaN if no death
          was recorded, which is not the same as alive for good; one stay has 0 and left alive);
          in_hospital_death.

    Raises
    ------
    ValueError
        A file that is damaged.
    FileNotFoundError
        Files that are neither there nor to be had.

    References
    ----------
    Silva, I., Moody, G., Scott, D. J., Celi, L. A. and Mark, R. G. (2012). Predicting in-hospital
    mortality of ICU patients: the PhysioNet/Computing in Cardiology Challenge 2012. Computing in
    Cardiology 39, 245-248.

    Goldberger, A. L. et al. (2000). PhysioBank, PhysioToolkit, and PhysioNet. Circulation 101(23),
    e215-e220. doi:10.1161/01.CIR.101.23.e215
    """
    archive, listing = fetch("physionet2012", ["set-a.zip", "Outcomes-a.txt"])
    stays, table = _read_stays(archive)
    outcomes = _read_outcomes(listing, stays)
    static = _on_admission(table, stays)
    X = _by_hour(table, len(stays))
    return Dataset(
        X=X,
        y=outcomes["in_hospital_death"].to_numpy(np.int64),
        patient_ids=np.array([f"physionet2012-{stay}" for stay in stays]),
        statement=statement("physionet2012"),
        feature_names=tuple(f"{name} ({v[0]})" if v[0] else name for name, v in VARIABLES.items()),
        target_names=("left hospital alive", "died in hospital"),
        extras={"mask": ~np.isnan(X), "static": static, "outcomes": outcomes},
    )


def _read_stays(path: Path):
    """RecordIDs in order, and one long table: stay (position), minute, parameter, value."""
    header, bodies, stays = b"Time,Parameter,Value\n", [], []
    for name, content in sorted(read_zip(path, ".txt")):
        content = content.replace(b"\r\n", b"\n")
        if not content.startswith(header) or not content.endswith(b"\n"):
            raise ValueError(f"{path}: {name} is not a whole table of Time,Parameter,Value")
        bodies.append(content.removeprefix(header))
        stays.append(Path(name).stem)
    if not stays:
        raise ValueError(f"{path} holds no .txt file of a stay")
    columns = ["time", "parameter", "value"]
    kinds = {"time": "category", "parameter": "category", "value": float}
    table = pd.read_csv(io.BytesIO(b"".join(bodies)), header=None, names=columns, dtype=kinds)
    table["stay"] = np.repeat(np.arange(len(stays)), [body.count(b"\n") for body in bodies])
    clock = table["time"].cat.categories.str.split(":", expand=True)
    minutes = clock.get_level_values(0).astype(int) * 60 + clock.get_level_values(1).astype(int)
    table["minute"] = np.asarray(minutes)[table["time"].cat.codes]
    return stays, table.drop(columns="time")


def _by_hour(table, n_stays) -> np.ndarray:
    """The array (stay, hour, variable); minute 48:00 belongs to the last hour."""
    names = list(VARIABLES)
    rank = np.array(
        [names.index(p) if p in names else -1 for p in table["parameter"].cat.categories]
    )
    variable = rank[table["parameter"].cat.codes]
    value = _repaired(table["value"].to_numpy(), variable == names.index("pH"))
    low, high = np.array([limits[1:] for limits in VARIABLES.values()], dtype=float).T
    kept = (variable >= 0) & (value >= low[variable]) & (value <= high[variable])
    hour = np.minimum(table["minute"].to_numpy() // 60, N_HOURS - 1)
    shape = (n_stays, N_HOURS, len(names))
    cell = np.ravel_multi_index((table["stay"].to_numpy()[kept], hour[kept], variable[kept]), shape)
    total = np.bincount(cell, value[kept], minlength=np.prod(shape)).reshape(shape)
    count = np.bincount(cell, minlength=np.prod(shape)).reshape(shape)
    urine = names.index(SUMMED)
    count[..., urine] = count[..., urine] > 0
    with np.errstate(invalid="ignore"):  # 0 / 0 is NaN: not measured
        return np.divide(total, count, out=total)


def _repaired(value, is_ph):
    """pH 735 is 7.35: the decimal point was forgotten."""
    return np.where(is_ph & (value >= 650) & (value <= 800), value / 100, value)


def _on_admission(table, stays) -> pd.DataFrame:
    first = table[(table["minute"] == 0) & table["parameter"].isin(list(ON_ADMISSION))]
    first = first.drop_duplicates(["stay", "parameter"])
    wide = first.pivot(index="stay", columns="parameter", values="value")
    wide = wide.reindex(index=range(len(stays)), columns=list(ON_ADMISSION))
    for name, (_, low, high) in ON_ADMISSION.items():
        wide[name] = wide[name].where(wide[name].between(low, high))
    names = {"Age": "age", "Gender": "gender", "Height": "height", "ICUType": "icu_type"}
    return wide.rename(columns=names | {"Weight": "weight"}).rename_axis(index=None, columns=None)


def _read_outcomes(path: Path, stays) -> pd.DataFrame:
    outcomes = pd.read_csv(path, index_col="RecordID").rename(columns=OUTCOMES)[
        [*OUTCOMES.values()]
    ]
    wanted = pd.Index(stays).astype(int)
    if not wanted.isin(outcomes.index).all():
        raise ValueError(f"{path} lacks the outcome of stay {wanted.difference(outcomes.index)[0]}")
    outcomes = outcomes.loc[wanted].reset_index(drop=True)
    return outcomes.where(outcomes >= 0).astype({"in_hospital_death": np.int64})

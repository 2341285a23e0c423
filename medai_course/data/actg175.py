"""ACTG 175: a randomised trial of four treatments of HIV infection."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .base import Dataset
from .download import fetch
from .registry import statement

ARMS = (
    "zidovudine",
    "zidovudine and didanosine",
    "zidovudine and zalcitabine",
    "didanosine",
)
HISTORY = ("none", "up to 52 weeks", "more than 52 weeks")
_BASELINE = {
    "age": "age (years)",
    "wtkg": "weight (kg)",
    "hemo": "haemophilia",
    "homo": "homosexual activity",
    "drugs": "intravenous drug use",
    "karnof": "Karnofsky score (0 to 100)",
    "oprior": "other antiretroviral drug before",
    "z30": "zidovudine in the last 30 days",
    "preanti": "antiretroviral treatment before (days)",
    "race": "not white",
    "gender": "male",
    "strat": "antiretroviral history",
    "symptom": "symptoms",
    "cd40": "CD4 (cells/mm3)",
    "cd80": "CD8 (cells/mm3)",
}
_AFTER = {
    "cd420": "CD4 at 20 weeks (cells/mm3)",
    "cd496": "CD4 at 96 weeks (cells/mm3)",
    "cd820": "CD8 at 20 weeks (cells/mm3)",
    "offtrt": "off treatment before 96 weeks",
}


def load_actg175() -> Dataset:
    """A trial of four HIV treatments: who got what by chance, and how long it held the disease.

    A missing file is downloaded, 185 kB.

    Returns
    -------
    Dataset
        ``X`` a DataFrame of shape (2139, 15), all measured *before* the treatment was drawn;
        findings that are there or not are 0 or 1, the antiretroviral history is an ordered
        category.  ``y`` a structured array of shape (2139,): "event", True for the first of a CD4
        count fallen by half or more, AIDS, or death (521); False where the follow-up ended without
        one, so that the time is a lower bound (censored, 1,618); "time", days since randomisation,
        14 to 1,231.  One row is one patient.  ``extras``:

        - "arm", the treatment drawn: "zidovudine" (532), "zidovudine and didanosine" (522),
          "zidovudine and zalcitabine" (524) or "didanosine" (561);
        - "after", a DataFrame of what was measured after randomisation, and so may be a
          consequence of the treatment: CD4 and CD8 counts at 20 weeks, the CD4 count at 96 weeks
          (NaN for 797, not missing at random), off treatment before 96 weeks.

        Two columns of the source are left out: zprior is 1 for everyone, str2 repeats the history.

    Raises
    ------
    FileNotFoundError
        A file that is neither there nor to be had.

    References
    ----------
    Hammer, S. M. et al. (1996). A trial comparing nucleoside monotherapy with combination therapy
    in HIV-infected adults with CD4 cell counts from 200 to 500 per cubic millimeter. New England
    Journal of Medicine 335(15), 1081-1090. doi:10.1056/NEJM199610103351501
    """
    (path,) = fetch("actg175")
    table = pd.read_csv(path).reset_index(drop=True)  # the file numbers its rows
    X = table[list(_BASELINE)].rename(columns=_BASELINE)
    history = _BASELINE["strat"]
    X[history] = pd.Categorical.from_codes(X[history] - 1, HISTORY, ordered=True)
    outcome = np.empty(len(table), [("event", bool), ("time", np.float64)])
    outcome["event"], outcome["time"] = table["cens"], table["days"]
    return Dataset(
        X=X,
        y=outcome,
        patient_ids=np.array([f"actg175-{number}" for number in table["pidnum"]]),
        statement=statement("actg175"),
        feature_names=tuple(X.columns),
        target_names=("CD4 fallen by half, AIDS or death (days)",),
        extras={
            "arm": np.array(ARMS)[table["arms"]],
            "after": table[list(_AFTER)].rename(columns=_AFTER),
        },
    )

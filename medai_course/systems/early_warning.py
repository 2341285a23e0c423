"""The score of a bedside chart: how far the vital signs are from what is usual."""

import numpy as np

# One row a sign of ``SIGNS`` in ``data/simulated_vitals.py``; the diastolic pressure has no points.
# Upper limits (inclusive) of the bands, the points of each band, the points above the last limit.
BANDS = {
    "heart rate": (0, (40, 50, 90, 110, 130), (3, 1, 0, 1, 2), 3),
    "systolic pressure": (1, (90, 100, 110, 219), (3, 2, 1, 0), 3),
    "respiratory rate": (3, (8, 11, 20, 24), (3, 1, 0, 2), 3),
    "oxygen saturation": (4, (91, 93, 95), (3, 2, 1), 0),
    "temperature": (5, (35, 36, 38, 39), (3, 1, 0, 1), 2),
}


def early_warning_score(vitals):
    """The National Early Warning Score of patients who are alert and breathe air.

    0 to 3 points for each of five signs, added up.  The full score has two more items, oxygen
    therapy (2 points) and reduced consciousness (3 points), which nobody recorded here.

    Parameters
    ----------
    vitals : array-like of shape (..., 6)
        Heart rate (beats/min), systolic and diastolic blood pressure (mmHg), respiratory rate
        (breaths/min), SpO2 (%), temperature (°C).  What was not measured, NaN, has no points.

    Returns
    -------
    ndarray of shape (...), int
        Points, 0 to 15; from 5 on the chart asks for an urgent review.

    Raises
    ------
    ValueError
        The last axis does not hold six signs.

    References
    ----------
    Royal College of Physicians (2012). National Early Warning Score (NEWS): standardising the
    assessment of acute-illness severity in the NHS. ISBN 978-1-86016-471-2.

    Smith, G. B. et al. (2013). The ability of the National Early Warning Score (NEWS) to
    discriminate patients at risk of early cardiac arrest, unanticipated intensive care unit
    admission, and death. Resuscitation 84(4), 465-470. doi:10.1016/j.resuscitation.2012.12.016
    """
    vitals = np.asarray(vitals, dtype=float)
    if vitals.ndim == 0 or vitals.shape[-1] != 6:
        raise ValueError(f"vitals must have six signs on the last axis, got shape {vitals.shape}")
    score = np.zeros(vitals.shape[:-1], dtype=int)
    for column, limits, points, above in BANDS.values():
        value = vitals[..., column]
        found = np.select([value <= limit for limit in limits], points, above)
        score += np.where(np.isnan(value), 0, found)
    return score

"""Do two ways of measuring agree?  Limits of agreement after Bland and Altman."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2, nct, norm
from scipy.stats import t as student

from .inputs import check_share, measurements, patient_codes
from .interval import Interval


@dataclass(frozen=True, eq=False)
class BlandAltman:
    """Agreement of two methods; all in the unit of measurement, made by ``bland_altman``.

    Attributes
    ----------
    bias : Interval
        Mean of the differences, measured - reference.
    lower, upper : Interval
        Limits of agreement, each with its own confidence interval.
    sd : Interval
        Standard deviation of the difference of one new pair of a new patient.
    between_sd, within_sd : float
        Its parts: how patients differ, and how pairs of one patient differ.  ``within_sd`` is
        NaN, and ``between_sd`` is all of ``sd``, where no patient has two pairs.
    agreement : float
        Share of differences expected between the limits.
    n_observations, n_patients : int
    differences, means : ndarray of shape (n,)
        Of each pair, in the order given, for the plot.
    """

    bias: Interval
    lower: Interval
    upper: Interval
    sd: Interval
    between_sd: float
    within_sd: float
    agreement: float
    n_observations: int
    n_patients: int
    differences: np.ndarray
    means: np.ndarray

    def __str__(self) -> str:
        return (
            f"bias {self.bias}\n"
            f"{100 * self.agreement:g} % limits of agreement\n"
            f"  lower {self.lower}\n"
            f"  upper {self.upper}\n"
            f"{self.n_observations} pairs of {self.n_patients} patients"
        )


def bland_altman(
    reference: ArrayLike,
    measured: ArrayLike,
    patient_ids: ArrayLike | None = None,
    *,
    true_value: str = "varies",
    weights: str = "patients",
    agreement: float = 0.95,
    level: float = 0.95,
) -> BlandAltman:
    r"""Bias and limits of agreement of two methods that measured the same patients.

    The limits :math:`\bar d \pm z s` are where the difference :math:`d` of a new pair is expected
    to lie with probability ``agreement``, if differences are normal and neither they nor their
    spread depend on the size of what is measured: look at the plot first.

    With one pair a patient, :math:`s` is the standard deviation of the differences (Bland and
    Altman 1986) and all intervals are exact: Student's t for the bias, the non-central t for the
    limits (Carkeet 2015), of which the formula of 1999 is an approximation.  With several,
    :math:`s^2` adds the variance between patients and that within a patient, from a one-way
    analysis of variance (Bland and Altman 2007), and the intervals of the parts are put together
    as in Zou (2013).

    Parameters
    ----------
    reference, measured : array-like of shape (n,)
        Pairs of measurements in one unit; the difference is ``measured - reference``.
    patient_ids : array-like of shape (n,) or None
        Whose each pair is; None says that every pair is of another patient.  Leave it out
        wrongly and the intervals come out too narrow.
    true_value : {"varies", "constant"}
        For repeated pairs.  ``"varies"``: the two of a pair are simultaneous and the quantity
        changes between pairs, as a heart rate does.  ``"constant"``: all readings of a patient
        are of one unchanged quantity, so which two form a pair means nothing.
    weights : {"patients", "observations"}
        For unequal numbers of pairs.  ``"patients"``: every patient counts the same (Zou 2013).
        ``"observations"``: every pair counts the same, the worked example of Bland and Altman
        2007; its intervals are too narrow where the numbers are very unequal.  In our simulation
        (12 patients with 1 to 60 pairs, most variance between patients) 97 % and 79 % of the
        95 % intervals held the true upper limit; with equal numbers the two are the same.
    agreement : float between 0 and 1
        Share of differences between the limits; 0.95 gives z = 1.96.
    level : float between 0 and 1
        Confidence level of all intervals.

    Raises
    ------
    ValueError
        Lengths differ; an entry is not a finite number; fewer than two patients; an argument
        outside its choices.

    References
    ----------
    Bland, J. M. and Altman, D. G. (1986). Statistical methods for assessing agreement between two
    methods of clinical measurement. Lancet 327, 307-310. doi:10.1016/S0140-6736(86)90837-8

    Bland, J. M. and Altman, D. G. (1999). Measuring agreement in method comparison studies. Stat.
    Methods Med. Res. 8(2), 135-160. doi:10.1177/096228029900800204

    Bland, J. M. and Altman, D. G. (2007). Agreement between methods of measurement with multiple
    observations per individual. J. Biopharm. Stat. 17(4), 571-582. doi:10.1080/10543400701329422

    Zou, G. Y. (2013). Confidence interval estimation for the Bland-Altman limits of agreement with
    multiple observations per individual. Stat. Methods Med. Res. 22(6), 630-642.
    doi:10.1177/0962280211402548

    Carkeet, A. (2015). Exact parametric confidence intervals for Bland-Altman limits of agreement.
    Optom. Vis. Sci. 92(3), e71-e80. doi:10.1097/OPX.0000000000000513
    """
    check_share("agreement", agreement)
    check_share("level", level)
    for name, value, choices in (
        ("true_value", true_value, ("varies", "constant")),
        ("weights", weights, ("patients", "observations")),
    ):
        if value not in choices:
            raise ValueError(f"{name} must be one of {choices}, got {value!r}")
    reference, measured = measurements(reference=reference, measured=measured)
    n = len(reference)
    codes, P = patient_codes(np.arange(n) if patient_ids is None else patient_ids, n)
    if P < 2:
        raise ValueError(
            f"agreement needs pairs of at least two patients, got {P}: one patient cannot show "
            "how patients differ"
        )
    d, z = measured - reference, norm.ppf((1 + agreement) / 2)
    bias, error = _bias(d, codes, weights)
    within = [_within(v, codes) for v in ([d] if true_value == "varies" else [reference, measured])]
    parts = _parts(d, codes, within, by_pair=weights == "observations" and true_value == "varies")
    sd = _sd(parts, level)
    margin = student.ppf((1 + level) / 2, P - 1) * error
    if n == P:
        lower, upper = (_exact_limit(bias, c, sd, n) for c in (-z, z))
    else:
        lower, upper = (_limit(bias, margin, c, sd) for c in (-z, z))
    within_variance = sum(within) if n > P else 0.0
    return BlandAltman(
        bias=Interval(bias, bias - margin, bias + margin, level),
        lower=lower,
        upper=upper,
        sd=sd,
        between_sd=float(np.sqrt(max(0.0, sd.value**2 - within_variance))),
        within_sd=float(np.sqrt(within_variance)) if n > P else np.nan,
        agreement=agreement,
        n_observations=n,
        n_patients=P,
        differences=d,
        means=(reference + measured) / 2,
    )


def _patient_means(v, codes):
    sizes = np.bincount(codes)
    return np.bincount(codes, weights=v) / sizes, sizes


def _bias(d, codes, weights):
    """The mean difference and its standard error, both from one number a patient."""
    means, sizes = _patient_means(d, codes)
    P = len(means)
    share = np.full(P, 1 / P) if weights == "patients" else sizes / len(d)
    bias = float(share @ means)
    return bias, float(np.sqrt(P / (P - 1) * np.sum((share * (means - bias)) ** 2)))


def _within(v, codes):
    """Mean square within patients, sum (v - mean of the patient)^2 / (n - P)."""
    means, _ = _patient_means(v, codes)
    freedom = len(v) - len(means)
    return float(np.sum((v - means[codes]) ** 2) / freedom) if freedom else 0.0


def _parts(d, codes, within, by_pair):
    """The independent terms of s^2 with their degrees of freedom.

    A mean of m pairs varies by between + within / m, so s^2 = between + within is that plus
    (1 - 1/m) within.  ``by_pair``: the mean square between patients in place of the variance of
    their means, and its m in place of the harmonic mean of the numbers of pairs.
    """
    means, sizes = _patient_means(d, codes)
    n, P = len(d), len(means)
    if by_pair:
        m = (n**2 - np.sum(sizes**2)) / ((P - 1) * n)
        of_means = np.sum(sizes * (means - d.mean()) ** 2) / (P - 1) / m
    else:
        m = P / np.sum(1 / sizes)
        of_means = np.var(means, ddof=1)
    return [(of_means, P - 1)] + [((1 - 1 / m) * w, n - P) for w in within if n > P]


def _sd(parts, level):
    """The root of a sum of mean squares; its limits from those of each (Zou 2013)."""
    squares, freedom = np.array(parts).T
    total, tail = squares.sum(), (1 - level) / 2
    down = np.hypot.reduce(squares * (1 - freedom / chi2.isf(tail, freedom)))
    up = np.hypot.reduce(squares * (freedom / chi2.ppf(tail, freedom) - 1))
    low, high = np.sqrt(max(0.0, total - down)), np.sqrt(total + up)
    return Interval(float(np.sqrt(total)), float(low), float(high), level)


def _limit(bias, margin, c, sd):
    """bias + c sd, its limits from those of the bias (± margin) and of the sd (Zou 2013)."""
    limit, down, up = bias + c * sd.value, c * (sd.value - sd.low), c * (sd.high - sd.value)
    if c < 0:
        down, up = up, down
    return Interval(
        float(limit),
        float(limit - np.hypot(margin, down)),
        float(limit + np.hypot(margin, up)),
        sd.level,
    )


def _exact_limit(bias, c, sd, n):
    """bias + c sd, its limits from the non-central t with n - 1 degrees of freedom."""
    tail = (1 - sd.level) / 2
    k = np.sort(np.sign(c) * nct.ppf([tail, 1 - tail], n - 1, abs(c) * np.sqrt(n))) / np.sqrt(n)
    return Interval(float(bias + c * sd.value), *(bias + k * sd.value).tolist(), sd.level)

"""A P value as it is printed in a medical journal."""


def p_text(p: float) -> str:
    """``p`` to three decimals; below 0.001, "< 0.001", as no test is exact enough to say 0.000.

    Parameters
    ----------
    p : float in [0, 1]
        The P value; NaN where a test could not be made.

    Returns
    -------
    str
        For example "0.038", "< 0.001", or "-" for NaN.

    Raises
    ------
    ValueError
        ``p`` outside 0 to 1.

    References
    ----------
    Lang, T. A. and Altman, D. G. (2014). Statistical analyses and methods in the published
    literature: the SAMPL guidelines. In: Guidelines for Reporting Health Research: A User's
    Manual, chapter 25. doi:10.1002/9781118715598.ch25
    """
    if p != p:
        return "-"
    if not 0 <= p <= 1:
        raise ValueError(f"a P value lies between 0 and 1, got {p!r}")
    return "< 0.001" if p < 0.001 else f"{p:.3f}"

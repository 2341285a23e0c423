"""Courses of measurements with gaps, made ready for a model: nothing invented, nothing hidden.

A course is hours by variables, NaN where nothing was measured.  What a model gets of a gap is the
last value, that it is old, and how old; what a gap means is for the model to learn.
"""

import numpy as np

PAD = -9.0  # of hours that are over or have not come; no measured channel reaches it
LIMIT = 5.0  # standard deviations; values beyond are drawn in, so that a slip cannot dominate


def carry_forward(X):
    """The last measured value at each hour, NaN before the first.

    Parameters
    ----------
    X : array-like of shape (n, T, D)
        NaN where not measured.
    """
    filled = _courses(X).copy()
    for t in range(1, filled.shape[1]):
        gap = np.isnan(filled[:, t])
        filled[:, t][gap] = filled[:, t - 1][gap]
    return filled


def hours_since(X):
    """Hours since the last measurement: 0 where measured; before the first, since the start.

    Parameters and errors as for ``carry_forward``; before a first value at hour t the count is
    1, 2, ..., t.
    """
    gap = np.isnan(_courses(X))
    age = gap.astype(np.int32)
    for t in range(1, age.shape[1]):
        age[:, t] *= age[:, t - 1] + 1
    return age


def measured_scale(X):
    """Mean and standard deviation of what was measured, for each variable: two arrays (D,).

    Take them from the patients to learn from, alone.  A variable that never varies has a standard
    deviation of 1, one that was never measured a mean of 0.
    """
    X = _courses(X)
    measured = ~np.isnan(X)
    count = measured.sum((0, 1))
    filled = np.where(measured, X, 0)
    mean = filled.sum((0, 1)) / count.clip(min=1)
    spread = np.sqrt((np.where(measured, X - mean, 0) ** 2).sum((0, 1)) / count.clip(min=1))
    return mean, np.where(spread > 0, spread, 1.0)


def course_channels(X, mean, scale, lengths=None):
    r"""Three channels a variable: the last value, whether it is new, and how old it is.

    .. math::
        z = \frac{\text{last value} - \text{mean}}{\text{scale}}, \qquad
        m = 1 \text{ where measured}, \qquad
        a = \frac{\log(1 + \text{hours since})}{\log(1 + T)}

    Before the first value z is 0, the mean of the others; z is kept within ± 5.

    Parameters
    ----------
    X : array-like of shape (n, T, D)
        NaN where not measured.
    mean, scale : array-like of shape (D,)
        From ``measured_scale``.
    lengths : array-like of shape (n,), optional
        Hours of each course that are known, 0 to T; what comes after is ``PAD`` in every channel,
        also where ``X`` holds a value.  Without it all T hours.

    Returns
    -------
    ndarray of shape (n, T, 3 D), float32
        All z, then all m, then all a.  Networks get it with ``mask_value=PAD``.

    Raises
    ------
    ValueError
        ``X`` is not 3-D; ``lengths`` has another length or lies outside 0 to T.

    References
    ----------
    Che, Z., Purushotham, S., Cho, K., Sontag, D. and Liu, Y. (2018). Recurrent neural networks for
    multivariate time series with missing values. Scientific Reports 8, 6085.
    doi:10.1038/s41598-018-24271-9
    """
    X = _courses(X)
    n, T, D = X.shape
    channels = np.empty((n, T, 3 * D), np.float32)
    value = carry_forward(X)
    value -= mean
    value /= scale
    channels[..., :D] = np.nan_to_num(value, copy=False).clip(-LIMIT, LIMIT, out=value)
    channels[..., D : 2 * D] = ~np.isnan(X)
    channels[..., 2 * D :] = np.log1p(hours_since(X), dtype=np.float32) / np.log1p(T)
    if lengths is not None:
        channels[np.arange(T) >= _checked(lengths, n, T)[:, None]] = PAD
    return channels


def course_summary(X, mean, lengths=None):
    """What a clinician might read off a chart: last, first, lowest, highest, mean, how often.

    Parameters
    ----------
    X, lengths
        As for ``course_channels``; what comes after a course's length is not looked at.
    mean : array-like of shape (D,)
        Stands where nothing was measured.

    Returns
    -------
    ndarray of shape (n, 6 D + 1)
        Six blocks of D columns in the order above, the last of them the measurements per hour, and
        the hours watched.
    """
    X = _courses(X)
    n, T = X.shape[:2]
    lengths = np.full(n, T) if lengths is None else _checked(lengths, n, T)
    if (lengths < T).any():
        X = np.where((np.arange(T) < lengths[:, None])[..., None], X, np.nan)
    measured = ~np.isnan(X)
    count = measured.sum(1)
    blocks = [
        _first_measured(X[:, ::-1]),
        _first_measured(X),
        np.fmin.reduce(X, axis=1),  # fmin and fmax pass over NaN
        np.fmax.reduce(X, axis=1),
        np.add.reduce(X, axis=1, where=measured) / count.clip(min=1),
    ]
    blocks = [np.where(count == 0, mean, block) for block in blocks]
    return np.column_stack([*blocks, count / lengths.clip(min=1)[:, None], lengths])


def _first_measured(X):
    found = X[:, 0].copy()
    for t in range(1, X.shape[1]):
        found = np.where(np.isnan(found), X[:, t], found)
    return found


def _courses(X):
    X = np.asarray(X, dtype=float)
    if X.ndim != 3:
        raise ValueError(f"X must be (patients, hours, variables), got shape {X.shape}")
    return X


def _checked(lengths, n, T):
    lengths = np.asarray(lengths)
    if lengths.shape != (n,) or (lengths < 0).any() or (lengths > T).any():
        raise ValueError(f"lengths must hold {n} numbers from 0 to {T}")
    return lengths

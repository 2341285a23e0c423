"""Typical wrong answers to the exercises of the chapter on heart rate.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

FUNCTIONS = {
    "q1": "beats_per_minute",
    "q2": "fit_ridge",
    "q3": "forecast_error",
    "q4": "bland_altman_limits",
}


def peaks_instead_of_intervals(r_peaks, sampling_rate):
    return 60 * len(r_peaks) / ((r_peaks[-1] - r_peaks[0]) / sampling_rate)


def sampling_rate_forgotten(r_peaks, sampling_rate):
    return 60 * (len(r_peaks) - 1) / (r_peaks[-1] - r_peaks[0])


def difference_of_successive_intervals(r_peaks, sampling_rate):
    return np.abs(np.diff(np.diff(r_peaks) / sampling_rate)).mean()


def mean_of_instantaneous_rates(r_peaks, sampling_rate):
    return np.mean(60 / (np.diff(r_peaks) / sampling_rate))


def time_from_the_start_of_the_record(r_peaks, sampling_rate):
    return 60 * (len(r_peaks) - 1) / (r_peaks[-1] / sampling_rate)


def solve_ridge(X, y, alpha, *, factor=1.0, penalise_intercept=False, centre=True):
    if penalise_intercept:
        X1 = np.column_stack([np.ones(len(X)), X])
        beta = np.linalg.solve(X1.T @ X1 + alpha * np.eye(X1.shape[1]), X1.T @ y)
        return beta[0], beta[1:]
    x_mean, y_mean = (X.mean(axis=0), y.mean()) if centre else (np.zeros(X.shape[1]), 0.0)
    A, b = X - x_mean, y - y_mean
    coef = np.linalg.solve(A.T @ A + factor * alpha * np.eye(X.shape[1]), A.T @ b)
    return y_mean - x_mean @ coef, coef


def transposed(X, y, alpha):
    A = X - X.mean(axis=0)
    coef = np.linalg.solve(A @ A.T + alpha * np.eye(len(A)), A @ (y - y.mean()))
    return y.mean() - X.mean(axis=0) @ coef, coef


RIDGE_FAULTS = {
    "intercept penalised": (
        lambda X, y, a: solve_ridge(X, y, a, penalise_intercept=True),
        "column means",
    ),
    "penalty subtracted": (lambda X, y, a: solve_ridge(X, y, a, factor=-1.0), "alpha is added"),
    "not centred": (lambda X, y, a: solve_ridge(X, y, a, centre=False), "column means"),
    "transposed": (transposed, "by pencil"),
    "alpha times n": (
        lambda X, y, a: solve_ridge(X, y, a, factor=len(X)),
        "not multiplied by the number of rows",
    ),
    "penalty forgotten": (lambda X, y, a: solve_ridge(X, y, 0.0), "alpha is added"),
    "coefficients first": (lambda X, y, a: solve_ridge(X, y, a)[::-1], "intercept first"),
}


def forecast(X, y, patient, *, rows=False, leak=False, scale_all=False, scale_y=False, rmse=False):
    """The mended pipeline, with single faults put back."""
    columns = X if leak else X[:, :3]
    test = np.arange(len(y)) % 4 == 0 if rows else np.isin(patient, np.unique(patient)[::4])
    scaler = StandardScaler().fit(columns if scale_all else columns[~test])
    Z = scaler.transform(columns)
    target = (y - y.mean()) / y.std() if scale_y else y
    error = Ridge(alpha=10.0).fit(Z[~test], target[~test]).predict(Z[test]) - target[test]
    mae = np.sqrt((error**2).mean()) if rmse else np.abs(error).mean()
    return {"mae": mae, "test": test, "means": scaler.mean_}


def with_fault(**fault):
    return lambda X, y, patient: forecast(X, y, patient, **fault)


def limits(reference, device, *, ddof=1, factor=1.96, standard_error=False, of_each=False):
    d = device - reference
    spread = factor * d.std(ddof=ddof)
    if standard_error:
        spread /= np.sqrt(len(d))
    if of_each:
        spread = factor * (device.std(ddof=1) + reference.std(ddof=1)) / 2
    return d.mean(), d.mean() - spread, d.mean() + spread


WRONG = {
    "q1": {
        "peaks, not intervals": (peaks_instead_of_intervals, "count intervals, not peaks"),
        "sampling rate forgotten": (sampling_rate_forgotten, "turn samples into seconds"),
        "difference of RR": (difference_of_successive_intervals, "a measure of variability"),
        "mean of 60 / RR": (mean_of_instantaneous_rates, "Averaging 60 / RR"),
        "time before the first peak": (time_from_the_start_of_the_record, "intervals"),
    },
    "q2": RIDGE_FAULTS,
    "q3": {
        "split by rows": (with_fault(rows=True), "every fourth row"),
        "answer among the predictors": (with_fault(leak=True), "which column cannot be known"),
        "scaled before the split": (with_fault(scale_all=True), "split first"),
        "outcome scaled": (with_fault(scale_y=True), "lost its unit"),
        "nothing mended": (
            with_fault(rows=True, leak=True, scale_all=True, scale_y=True),
            "every fourth row",
        ),
    },
    "q4": {
        "sign": (lambda r, d: limits(d, r), "device minus reference"),
        "ddof=0": (lambda r, d: limits(r, d, ddof=0), "divide by n - 1"),
        "SD of each": (lambda r, d: limits(r, d, of_each=True), "not of the readings"),
        "two standard errors": (
            lambda r, d: limits(r, d, factor=2.0, standard_error=True),
            "Do not divide by the root of n",
        ),
        "2 for 1.96": (lambda r, d: limits(r, d, factor=2.0), "multiply by 1.96"),
        "limits swapped": (
            lambda r, d: tuple(np.take(limits(r, d), [0, 2, 1])),
            "Return bias, lower limit, upper limit",
        ),
    },
}

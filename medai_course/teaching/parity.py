"""The same algorithm in three backends and in a reference library, side by side."""

import importlib
import time

import numpy as np
import pandas as pd

BACKENDS = {"NumPy": "scratch", "PyTorch": "pytorch", "TensorFlow": "tensorflow"}


def backend_classes(file, name):
    """{"NumPy": class, "PyTorch": class, "TensorFlow": class} of one algorithm.

    Parameters
    ----------
    file, name : str
        Where the algorithm lives and what it is called: ``"linear", "LinearRegression"``.
    """
    modules = {k: importlib.import_module(f"medai_course.{v}.{file}") for k, v in BACKENDS.items()}
    return {label: getattr(module, name) for label, module in modules.items()}


def parity_table(file, name, X, y=None, *, reference=None, attributes=("coef_",), **params):
    """Fit one algorithm in the three backends, and a reference, to the same data.

    Parameters
    ----------
    file, name : str
        The algorithm: ``"linear", "LinearRegression"``.
    X, y
        What ``fit`` takes.
    reference : estimator, optional
        An unfitted estimator of another library that learns attributes of the same names.
    attributes : sequence of str
        The learned attributes to compare: arrays, lists of numbers, or dicts of arrays such as a
        network's ``weights_``.
    **params
        Hyper-parameters of the algorithm.

    Returns
    -------
    DataFrame, one row a fit
        ``difference``: the largest absolute difference from NumPy's, over all ``attributes``;
        ``seconds``: the time of the second of two fits, the first having warmed the framework up.
    """
    rivals = {label: cls(**params) for label, cls in backend_classes(file, name).items()}
    if reference is not None:
        rivals[type(reference).__module__.partition(".")[0]] = reference
    rows = []
    for label, model in rivals.items():
        model.fit(X, y)
        start = time.perf_counter()
        model.fit(X, y)
        seconds = time.perf_counter() - start
        ours = rivals["NumPy"]
        gaps = [_gap(getattr(model, a), getattr(ours, a)) for a in attributes]
        rows.append({"fit": label, "difference": float(max(gaps)), "seconds": seconds})
    return pd.DataFrame(rows).set_index("fit")


def _gap(theirs, ours):
    """The largest absolute difference of two arrays, or of two dicts of arrays."""
    if isinstance(ours, dict):
        return max(_gap(theirs[name], ours[name]) for name in ours)
    return np.abs(np.asarray(theirs) - np.asarray(ours)).max()

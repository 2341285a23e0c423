"""Survival: our Kaplan-Meier curves against scikit-survival, in one run.

Run it with ``make bench`` or ``python bench/survival.py``; ``OMP_NUM_THREADS=1`` for one thread.
"""

import importlib

import numpy as np
from sksurv.nonparametric import kaplan_meier_estimator
from timing import race, show

BACKENDS = {"NumPy": "scratch", "PyTorch": "pytorch", "TensorFlow": "tensorflow"}


def outcomes(n, risk=0.0):
    """Exponential times under hazard exp(risk), uniform censoring, to the unit of ``step``."""
    rng = np.random.default_rng(0)
    time, follow_up = rng.exponential(np.exp(-risk), n), rng.uniform(0, 2, n)
    return np.minimum(time, follow_up), time <= follow_up


def kaplan_meier(n=100_000):
    time, event = outcomes(n)
    peer = "scikit-survival, no interval"
    curves = {
        peer: lambda: kaplan_meier_estimator(event, time)[1],
        "scikit-survival, log-log": lambda: kaplan_meier_estimator(
            event, time, conf_type="log-log"
        )[1],
    }
    for label, backend in BACKENDS.items():
        model = importlib.import_module(f"medai_course.{backend}.survival").KaplanMeier()
        curves[f"ours, {label}, log-log"] = lambda m=model: m.fit(time, event).survival_function_
    exact = curves[peer]()
    off = {name: f"largest difference {abs(f() - exact).max():.0e}" for name, f in curves.items()}
    show(f"Kaplan-Meier, {n:,} patients", race(curves), off, peer)


kaplan_meier()

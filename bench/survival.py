"""Survival: our Kaplan-Meier curves and Cox models against scikit-survival, in one run.

Run it with ``make bench`` or ``python bench/survival.py``; ``OMP_NUM_THREADS=1`` for one thread.
"""

import numpy as np
from sksurv.linear_model import CoxPHSurvivalAnalysis
from sksurv.nonparametric import kaplan_meier_estimator
from sksurv.util import Surv
from timing import ours, race, show


def outcomes(risk):
    """Exponential times under the hazards exp(risk), censored at uniform times."""
    rng = np.random.default_rng(0)
    time, follow_up = rng.exponential(np.exp(-risk)), rng.uniform(0, 2, len(risk))
    return np.minimum(time, follow_up), time <= follow_up


def compare(title, fits, peer):
    exact = fits[peer]()
    off = {name: f"largest difference {abs(fit() - exact).max():.0e}" for name, fit in fits.items()}
    show(title, race(fits), off, peer)


def kaplan_meier(n=100_000):
    time, event = outcomes(np.zeros(n))
    peer, with_limits = "scikit-survival, curve only", "scikit-survival, with limits"
    fits = {
        peer: lambda: kaplan_meier_estimator(event, time)[1],
        with_limits: lambda: kaplan_meier_estimator(event, time, conf_type="log-log")[1],
    }
    for name, cls in ours("survival", "KaplanMeier").items():
        fits[f"{name}, with limits"] = lambda cls=cls: cls().fit(time, event).survival_function_
    compare(f"Kaplan-Meier, {n:,} patients", fits, peer)


def cox(n=20_000, d=20, days=None):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n, d))
    time, event = outcomes(X @ rng.normal(size=d) / 5)
    if days:
        time = np.ceil(time * days)
    y = Surv.from_arrays(event, time)
    peer = "scikit-survival"
    fits = {peer: lambda: CoxPHSurvivalAnalysis(ties="efron").fit(X, y).coef_}
    for name, cls in ours("cox", "CoxPH").items():
        fits[name] = lambda cls=cls: cls().fit(X, y).coef_
    ties = f"times in days, {len(np.unique(time[event]))} different" if days else "no ties"
    compare(f"Cox, Efron, {n:,} patients, {d} features, {ties}", fits, peer)


kaplan_meier()
cox()
cox(days=365)

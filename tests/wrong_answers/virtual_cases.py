"""Typical wrong answers to the exercises of the chapter on virtual cases.

``FUNCTIONS`` names the function that each question asks for.  ``WRONG`` gives, by question, wrong
answers, each with a piece of the hint that a student who hands it in must see.
"""

import numpy as np
from scipy.special import expit

FUNCTIONS = {"q1": "best_judge", "q2": "membership_auc", "q3": "step_losses"}


def judged(real, generated, edges, *, shares=True, rule=lambda p, q: p / (p + q)):
    p, q = np.histogram(real, edges)[0], np.histogram(generated, edges)[0]
    if shares:
        p, q = p / len(real), q / len(generated)
    with np.errstate(invalid="ignore", divide="ignore"):
        return rule(p, q)


def with_rule(rule):
    return lambda real, generated, edges: judged(real, generated, edges, rule=rule)


def attack(members, non_members, virtual, *, summary=np.min, axis=1, ties=0.5, columns=slice(None)):
    def distance(rows):
        gaps = rows[:, None, columns] - virtual[:, columns]
        return summary(np.sqrt((gaps**2).sum(axis=2)), axis=axis)

    near, far = distance(members)[:, None], distance(non_members)
    return (near < far).mean() + ties * (near == far).mean()


def with_attack(**fault):
    return lambda m, n, v: attack(m, n, v, **fault)


def step(
    real, noise, G, D, *, fake_for_real=False, squash=expit, log1p=False, saturating=False, half=0.5
):
    """The mended step, with single faults put back; from scores where a fault needs them."""
    fake = noise @ G
    a, b = (fake if fake_for_real else real) @ D, fake @ D
    p, q = squash(a), squash(b)
    real_loss, fake_loss = np.logaddexp(0, -a).mean(), np.logaddexp(0, b).mean()
    loss_G = np.logaddexp(0, -b).mean()
    if squash is not expit:
        with np.errstate(invalid="ignore", divide="ignore"):
            real_loss, fake_loss = -np.log(p).mean(), -np.log(1 - q).mean()
            loss_G = -np.log(q).mean()
    if log1p:
        fake_loss = -np.log1p(1 - q).mean()
    if saturating:
        loss_G = -np.logaddexp(0, b).mean()
    return {
        "score_real": p,
        "score_fake": q,
        "loss_D": half * (real_loss + fake_loss),
        "loss_G": loss_G,
    }


def with_fault(**fault):
    return lambda real, noise, G, D: step(real, noise, G, D, **fault)


def from_scores(real, noise, G, D):
    found = step(real, noise, G, D)
    p, q = found["score_real"], found["score_fake"]
    with np.errstate(divide="ignore"):
        loss_D = -(np.log(p).mean() + np.log(1 - q).mean()) / 2
        return found | {"loss_D": loss_D, "loss_G": -np.log(q).mean()}


def clipped(real, noise, G, D):
    found = step(real, noise, G, D)
    p, q = found["score_real"] + 1e-12, found["score_fake"]
    loss_D = -(np.log(p).mean() + np.log(1 - q + 1e-12).mean()) / 2
    return found | {"loss_D": loss_D, "loss_G": -np.log(q + 1e-12).mean()}


def minimax_with_the_right_sign_forgotten(real, noise, G, D):
    found = step(real, noise, G, D)
    return found | {"loss_G": -found["loss_G"]}


def as_found(real, noise, G, D):
    fake = noise @ G
    with np.errstate(invalid="ignore", divide="ignore"):
        score_real = np.tanh(fake @ D)
        score_fake = np.tanh(fake @ D)
        loss_D = -(np.log(score_real).mean() + np.log1p(1 - score_fake).mean()) / 2
        loss_G = np.log1p(1 - score_fake).mean()
    return {"score_real": score_real, "score_fake": score_fake, "loss_D": loss_D, "loss_G": loss_G}


WRONG = {
    "q1": {
        "counts": (lambda r, g, e: judged(r, g, e, shares=False), "turn counts into shares"),
        "probability of generated": (with_rule(lambda p, q: q / (p + q)), "not q / (p + q)"),
        "odds": (with_rule(lambda p, q: p / q), "not p / q"),
        "difference": (with_rule(lambda p, q: p - q), "p / (p + q)"),
        "both divided by all": (
            lambda r, g, e: np.histogram(r, e)[0] / np.histogram(np.r_[r, g], e)[0],
            "of its own sample",
        ),
        "one bin too few": (lambda r, g, e: judged(r, g, e[:-1]), "in each bin"),
    },
    "q2": {
        "the other way round": (lambda m, n, v: attack(n, m, v), "1 means everyone is found"),
        "mean distance": (with_attack(summary=np.mean), "smallest distance to any virtual record"),
        "wrong axis": (with_attack(axis=0), "over axis 1"),
        "ties lost": (with_attack(ties=0.0), "half of the share of equal pairs"),
        "ties won": (with_attack(ties=1.0), "half of the share of equal pairs"),
        "first column only": (with_attack(columns=slice(1)), "over all columns"),
        "distance among themselves": (
            lambda m, n, v: attack(m, n, np.vstack([m, n])),
            "smallest distance to any virtual record",
        ),
    },
    "q3": {
        "no real case": (with_fault(fake_for_real=True), "must come from real @ D"),
        "tanh": (with_fault(squash=np.tanh), "by the sigmoid"),
        "tanh moved to 0 to 1": (
            with_fault(squash=lambda a: (1 + np.tanh(a)) / 2),
            "belongs to twice the logit",
        ),
        "log1p": (with_fault(log1p=True), "log1p(1 - D) is log(2 - D)"),
        "saturating": (with_fault(saturating=True), "no gradient where D is near 0"),
        "the generator's sign": (minimax_with_the_right_sign_forgotten, "lowers the mean of -log"),
        "sum of the halves": (with_fault(half=1.0), "half of their sum"),
        "from rounded scores": (from_scores, "from the logits"),
        "cut off": (clipped, "cuts the loss off"),
        "nothing mended": (as_found, "must come from real @ D"),
    },
}

"""What a frontal chest film shows, drawn from a few measures of the patient.

Positions are in units of half the film's width: u from -1 (the viewer's left, the patient's right)
to 1, v from -1 (top) to 1.
"""

from __future__ import annotations

import numpy as np

EDGE = 0.03  # softness of outlines
HEART_LEFT_SHARE = 0.64  # of the heart's width that lies left of the patient's midline
BRIGHTNESS = {"body": 0.58, "lung": -0.42, "heart": 0.10, "spine": 0.10, "belly": 0.12}
LOBES = {  # u and v of the middle, in half widths and half heights of the lung; reach; frequency
    "right upper": (-1, -0.50, 0.20),
    "right middle": (-1, 0.10, 0.12),
    "right lower": (-1, 0.45, 0.28),
    "left upper": (1, -0.40, 0.15),
    "left lower": (1, 0.35, 0.25),
}


def draw_anatomy(rng: np.random.Generator) -> dict:
    """The measures of one patient's chest."""
    female = bool(rng.random() < 0.5)
    ratio = np.clip(rng.normal(0.467 if female else 0.452, 0.04), 0.36, 0.60)
    lung_centre, lung_width = rng.normal(0.41, 0.02), rng.normal(0.31, 0.02)
    return {
        "female": female,
        "cardiothoracic_ratio": ratio,
        "lung_centre": lung_centre,
        "lung_width": lung_width,
        "lung_top": rng.normal(-0.84, 0.03),
        "diaphragm": rng.normal(0.45, 0.05),
        "heart_width": ratio * 2 * (lung_centre + lung_width),
        "heart_tilt": np.deg2rad(rng.uniform(25, 50)),
        "ribs_at": rng.uniform(0, 1),
        "rib_brightness": rng.uniform(0.03, 0.08),
        "body_width": rng.uniform(0.92, 1.05),
        "vessels": rng.uniform(0.03, 0.07),
        "vessel_waves": rng.normal(0, 12, (2, 16)),
        "vessel_phases": rng.uniform(0, 2 * np.pi, 16),
    }


def draw_opacities(rng: np.random.Generator, chest: dict, n_lobes: int) -> list[dict]:
    """One consolidation in each of ``n_lobes`` different lobes: place, size, shape, density."""
    chances = np.array([chance for *_, chance in LOBES.values()])
    chosen = rng.choice(len(LOBES), n_lobes, replace=False, p=chances / chances.sum())
    return [_draw_opacity(rng, chest, *list(LOBES.values())[i][:2]) for i in chosen]


def _draw_opacity(rng, chest, side, height):
    top, bottom = chest["lung_top"], chest["diaphragm"]
    outer, middle, half = (
        chest["lung_centre"] + 0.8 * chest["lung_width"],
        top + bottom,
        bottom - top,
    )
    lung = 0.0
    while lung < 0.9:  # where the heart and the lung's edge leave room
        u = side * rng.uniform(0.1, outer)
        v = (middle + (height + rng.uniform(-0.2, 0.2)) * half) / 2
        lung = organs(chest, np.array([u]), np.array([v]))["lungs"][0]
    return {
        "u": u,
        "v": v,
        "radius": np.clip(rng.lognormal(np.log(0.13), 0.35), 0.08, 0.28),
        "stretch": rng.uniform(0.7, 1.4),
        "density": np.clip(rng.lognormal(np.log(0.20), 0.4), 0.08, 0.40),
        "lumps": rng.uniform(0, 2 * np.pi, 3),
    }


def _inside(f):
    """1 where ``f`` is well above 0, 0 well below, in between smooth."""
    return 1 / (1 + np.exp(-np.clip(f / EDGE, -40, 40)))


def organs(chest: dict, u: np.ndarray, v: np.ndarray) -> dict[str, np.ndarray]:
    """How much of each point belongs to lungs, heart and body, or lies above the diaphragm."""
    lungs, above = np.zeros_like(u), np.zeros_like(u)
    for side in (-1, 1):
        lung, over = _half_chest(chest, side, u, v)
        lungs, above = lungs + lung, np.where(side * u > 0, over, above)
    heart = _heart(chest, u, v) * above
    body = np.sqrt(np.clip(1 - (u / chest["body_width"]) ** 2, 0, 1)) * _inside(v + 0.98)
    return {
        "lungs": np.clip(lungs, 0, 1) * (1 - heart),
        "heart": heart,
        "body": body,
        "above": above,
    }


def _half_chest(chest, side, u, v):
    """One lung, narrower towards its top, and what lies above its half of the diaphragm."""
    height = (chest["diaphragm"] - v) / (chest["diaphragm"] - chest["lung_top"])
    up = np.clip(height, 0, None)
    width = chest["lung_width"] * (1 - 0.3 * np.minimum(up, 1) ** 1.5)
    place = (side * u - chest["lung_centre"] + 0.08 * up) / width
    shape = 1 - np.abs(place) ** 3 - up**4
    dome = chest["diaphragm"] + 0.04 * side + 0.14 * place**2  # the right half stands higher
    over = _inside(dome - v)
    return _inside(shape * width / 2) * over, over


def _heart(chest, u, v):
    """A tilted ellipse, exactly ``heart_width`` wide."""
    turn = chest["heart_tilt"]
    long, short = 1.2 * np.cos(turn), 0.85 * np.sin(turn)
    scale = chest["heart_width"] / 2 / np.hypot(long, short)
    x = u - chest["heart_width"] * (HEART_LEFT_SHARE - 0.5)
    y = v - (chest["diaphragm"] - 0.75 * scale)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    return _inside((1 - np.hypot(along / (1.2 * scale), across / (0.85 * scale))) * scale)


def brightness(chest: dict, u: np.ndarray, v: np.ndarray, part: dict) -> np.ndarray:
    """The film without opacities and without noise: bright where much is in the way."""
    film = BRIGHTNESS["body"] * np.sqrt(part["body"])
    film = film + BRIGHTNESS["lung"] * part["lungs"] + BRIGHTNESS["heart"] * part["heart"]
    film = film + BRIGHTNESS["belly"] * (1 - part["above"]) * (part["body"] > 0)
    film = film + BRIGHTNESS["spine"] * np.exp(-((u / 0.07) ** 2) / 2)
    ribs = np.cos(2 * np.pi * ((v - 0.55 * np.sqrt(np.abs(u))) / 0.17 + chest["ribs_at"]))
    film = film + chest["rib_brightness"] * np.clip(ribs, 0, 1) ** 2 * (np.abs(u) > 0.1)
    collar = v + 0.72 + 0.18 * np.abs(u)
    film = film + 0.09 * np.exp(-((collar / 0.03) ** 2) / 2) * (np.abs(u) > 0.08)
    return film + _vessels(chest, u, v) * part["lungs"] * np.exp(-np.abs(u) / 0.5)


def _vessels(chest, u, v):
    """Texture of the lungs, mean 0: waves of random direction, 2 to 12 across a film."""
    along, across = chest["vessel_waves"]
    turns = u[..., None] * along + v[..., None] * across + chest["vessel_phases"]
    return chest["vessels"] * np.cos(turns).sum(-1) / np.sqrt(len(along) / 2)


def opacity(one: dict, u: np.ndarray, v: np.ndarray, grown: float = 1.0) -> np.ndarray:
    """Profile of one consolidation, 1 in its middle and 0.5 at its outline."""
    angle = np.arctan2(v - one["v"], u - one["u"])
    waves = sum(np.cos(k * angle + turn) / k for k, turn in zip((2, 3, 5), one["lumps"]))
    outline = grown * one["radius"] * (1 + 0.25 * waves)
    distance = np.hypot((u - one["u"]) * one["stretch"], (v - one["v"]) / one["stretch"])
    return np.exp(-np.log(2) * (distance / outline) ** 4)

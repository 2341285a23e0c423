"""Simulated chest films of virtual patients, with every opacity known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from .base import Dataset
from .chest_phantom import brightness, draw_anatomy, draw_opacities, opacity, organs
from .registry import statement

LOBES_INVOLVED = (0.55, 0.30, 0.15)  # shares of sick patients with one, two, three lobes


def simulate_chest_films(
    n_patients: int = 200,
    films_per_patient: int = 3,
    size: int = 64,
    prevalence: float = 0.5,
    noise: float = 1.0,
    random_state: int | None = 0,
) -> Dataset:
    r"""Phantoms that look roughly like frontal chest X-rays, with and without opacities.

    A film adds up what is in the ray's way: body, heart, spine, ribs, collar bones and vessels,
    less the air of the lungs, plus consolidations :math:`o_j` where there is air,

    .. math:: x = \left(\text{gain} \cdot \Bigl[a(u, v) + \sum_j c_j\, o_j(u, v)\, \text{lung}(u, v)
              \Bigr] + \text{noise}\right)^{\gamma}.

    Patients differ in the size and shape of chest and heart; sick ones in number, place, size,
    outline and density of opacities.  The films of one patient share all that and differ in
    position, tilt, zoom, exposure, sharpness, noise and, in sick ones, in the opacities' size.

    Calibration: cardiothoracic ratio 0.459 on average, 0.467 in women and 0.452 in men, as in 1,989
    adults (Mensah et al. 2015); one lobe in 55 % of sick patients and several in 45 %, as in the
    pneumonias on whose extent two radiologists agreed (Albaum et al. 1996: 41.5 to 33.9).  All
    else is plausible, not fitted: what tells these apart need not tell real films apart.

    Parameters
    ----------
    n_patients : int ≥ 1
        "F0001", "F0002", ...  A patient's films do not depend on how many patients there are.
    films_per_patient : int ≥ 1
        Each patient has from one to this many films.
    size : int, 24 to 256
        Height and width of a film in pixels; 28 for the size of MedMNIST.
    prevalence : float, 0 to 1
        Chance that a patient is sick.
    noise : float ≥ 0
        Multiplies the noise; 0 gives clean films.
    random_state : int or None
        Seed; None gives other patients each time.

    Returns
    -------
    Dataset
        ``X`` uint8 of shape (n_films, size, size), bright where dense.  ``y`` int64 of shape
        (n_films,), 1 with an opacity.  ``extras``: "mask", bool like ``X``, the opacities;
        "anatomy", int8 like ``X``, 1 lung, 2 heart, 0 elsewhere; "truth", a DataFrame of female,
        cardiothoracic_ratio, n_opacities and film (0, 1, ... of the patient).

    Raises
    ------
    ValueError
        An argument outside the range given above.

    References
    ----------
    Mensah, Y. B. et al. (2015). Establishing the cardiothoracic ratio using chest radiographs in an
    indigenous Ghanaian population. Ghana Medical Journal 49(3), 159-164. doi:10.4314/gmj.v49i3.6

    Albaum, M. N. et al. (1996). Interobserver reliability of the chest radiograph in
    community-acquired pneumonia. Chest 110(2), 343-350. doi:10.1378/chest.110.2.343
    """
    _check_whole("n_patients", n_patients, 1, np.inf)
    _check_whole("films_per_patient", films_per_patient, 1, np.inf)
    _check_whole("size", size, 24, 256)
    _check_number("prevalence", prevalence, 0, 1)
    _check_number("noise", noise, 0, np.inf)
    films = [
        (f"F{i:04d}", film)
        for i, seed in enumerate(np.random.SeedSequence(random_state).spawn(n_patients), start=1)
        for film in _patient(
            np.random.default_rng(seed), films_per_patient, size, prevalence, noise
        )
    ]
    truth = pd.DataFrame([film["truth"] for _, film in films])
    return Dataset(
        X=np.stack([film["pixels"] for _, film in films]),
        y=(truth["n_opacities"] > 0).to_numpy(np.int64),
        patient_ids=np.array([name for name, _ in films]),
        statement=statement("simulated_chest"),
        target_names=("clear", "opacity"),
        extras={
            "mask": np.stack([film["mask"] for _, film in films]),
            "anatomy": np.stack([film["anatomy"] for _, film in films]),
            "truth": truth,
        },
    )


def _check_whole(name, value, low, high):
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ValueError(f"{name} must be a whole number, got {value!r}")
    _check_number(name, value, low, high)


def _check_number(name, value, low, high):
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not low <= value <= high or not np.isfinite(value):
        top = "" if high == np.inf else f" and ≤ {high}"
        raise ValueError(f"{name} must be a finite number ≥ {low}{top}, got {value!r}")


def _patient(rng, most_films, size, prevalence, noise):
    """All films of one patient."""
    chest = draw_anatomy(rng)
    sick, n_lobes = rng.random() < prevalence, 1 + rng.choice(3, p=LOBES_INVOLVED)
    spots = draw_opacities(rng, chest, n_lobes) if sick else []
    for number in range(rng.integers(1, most_films + 1)):
        film = _film(rng, chest, spots, size, noise)
        film["truth"] = {
            "female": chest["female"],
            "cardiothoracic_ratio": chest["cardiothoracic_ratio"],
            "n_opacities": len(spots),
            "film": number,
        }
        yield film


def _film(rng, chest, spots, size, noise):
    """One film: pixels, and what they show."""
    u, v = _positions(rng, size)
    part = organs(chest, u, v)
    shapes = [opacity(one, u, v, rng.uniform(0.8, 1.25)) for one in spots]
    film = brightness(chest, u, v, part)
    for one, shape in zip(spots, shapes):
        film = film + one["density"] * shape * part["lungs"]
    lungs, heart = part["lungs"] > 0.5, part["heart"] > 0.5
    mask = (
        np.any([shape > 0.5 for shape in shapes], axis=0) & lungs if spots else np.zeros_like(lungs)
    )
    return {
        "pixels": _expose(rng, film, noise),
        "mask": mask,
        "anatomy": (lungs + 2 * heart).astype(np.int8),
    }


def _positions(rng, size):
    """Where each pixel lies in the patient: shifted, tilted, zoomed."""
    across = (np.arange(size) + 0.5) / size * 2 - 1
    u, v = np.meshgrid(across, across)
    turn, zoom = np.deg2rad(rng.normal(0, 2.5)), rng.uniform(0.92, 1.06)
    u, v = u - rng.normal(0, 0.03), v - rng.normal(0, 0.03)
    cos, sin = np.cos(turn) / zoom, np.sin(turn) / zoom
    return cos * u + sin * v, cos * v - sin * u


def _expose(rng, film, noise):
    """Sharpness, exposure, noise and grey levels."""
    film = gaussian_filter(film, rng.uniform(0.0, 0.012) * len(film))
    film = rng.uniform(0.85, 1.15) * film + rng.normal(0, 0.03)
    grain = rng.uniform(0.015, 0.05) * rng.standard_normal(film.shape)
    film = np.clip(film + noise * grain, 0, 1) ** rng.uniform(0.8, 1.25)
    return np.round(255 * film).astype(np.uint8)

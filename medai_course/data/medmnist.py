"""The two-dimensional members of MedMNIST: small medical images with an official split."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .base import Dataset
from .download import fetch
from .registry import statement

SPLITS = ("train", "val", "test")
_ORGANS = (
    "bladder",
    "left femur",
    "right femur",
    "heart",
    "left kidney",
    "right kidney",
    "liver",
    "left lung",
    "right lung",
    "pancreas",
    "spleen",
)
TARGETS = {  # classes in the order of their codes; of chestmnist: findings, one column each
    "pathmnist": (
        "adipose tissue",
        "background",
        "debris",
        "lymphocytes",
        "mucus",
        "smooth muscle",
        "normal colon mucosa",
        "cancer-associated stroma",
        "colorectal adenocarcinoma epithelium",
    ),
    "chestmnist": (
        "atelectasis",
        "cardiomegaly",
        "effusion",
        "infiltration",
        "mass",
        "nodule",
        "pneumonia",
        "pneumothorax",
        "consolidation",
        "edema",
        "emphysema",
        "fibrosis",
        "pleural thickening",
        "hernia",
    ),
    "dermamnist": (
        "actinic keratosis or intraepithelial carcinoma",
        "basal cell carcinoma",
        "benign keratosis-like lesion",
        "dermatofibroma",
        "melanoma",
        "melanocytic nevus",
        "vascular lesion",
    ),
    "octmnist": ("choroidal neovascularization", "diabetic macular edema", "drusen", "normal"),
    "pneumoniamnist": ("normal", "pneumonia"),
    "retinamnist": ("grade 0", "grade 1", "grade 2", "grade 3", "grade 4"),
    "breastmnist": ("malignant", "normal or benign"),
    "bloodmnist": (
        "basophil",
        "eosinophil",
        "erythroblast",
        "immature granulocyte",
        "lymphocyte",
        "monocyte",
        "neutrophil",
        "platelet",
    ),
    "tissuemnist": (
        "collecting duct or connecting tubule",
        "distal convoluted tubule",
        "glomerular endothelial cell",
        "interstitial endothelial cell",
        "leukocyte",
        "podocyte",
        "proximal tubule segment",
        "thick ascending limb",
    ),
    "organamnist": _ORGANS,
    "organcmnist": _ORGANS,
    "organsmnist": _ORGANS,
}


def load_medmnist(name: str, split: str = "all") -> Dataset:
    """Medical images of 28 x 28 pixels: one of the twelve 2-D sets of MedMNIST v2.

    A missing file is downloaded, 0.6 MB (breastmnist) to 206 MB (pathmnist).

    MedMNIST names no patients.  So each image gets an id of its own, except that images equal pixel
    by pixel share one: a split by ``patient_ids`` keeps *copies* together, but two different films
    of one person can still be torn apart.  The official split does not keep even copies together.

    Parameters
    ----------
    name : str
        Such as "pneumoniamnist"; in lower case.
    split : {"all", "train", "val", "test"}
        A part of the official split; ``Dataset.official`` gives the parts of "all" later.

    Returns
    -------
    Dataset
        ``X`` uint8 of shape (n, 28, 28), or (n, 28, 28, 3) for colour (RGB), 0 to 255.  ``y`` int64
        of shape (n,), codes of ``target_names``; for chestmnist of shape (n, 14), 1 where a finding
        is named.  ``extras["split"]`` tells each image's part, in the order train, val, test.

    Raises
    ------
    ValueError
        An unknown name or part, or a file that is damaged.
    FileNotFoundError
        The file is neither there nor to be had.

    References
    ----------
    Yang, J. et al. (2023). MedMNIST v2: a large-scale lightweight benchmark for 2D and 3D
    biomedical image classification. Scientific Data 10, 41. doi:10.1038/s41597-022-01721-8
    """
    if name not in TARGETS:
        raise ValueError(f"name must be one of {', '.join(TARGETS)}, got {name!r}")
    if split not in ("all", *SPLITS):
        raise ValueError(f"split must be one of all, {', '.join(SPLITS)}, got {split!r}")
    (path,) = fetch(name, [f"{name}.npz"])
    images, labels, parts = _read(path)
    whole = Dataset(
        X=images,
        y=labels,
        patient_ids=np.array([f"{name}-{i:06d}" for i in _first_copies(images)]),
        statement=statement(name),
        target_names=TARGETS[name],
        extras={"split": parts},
    )
    return whole if split == "all" else whole.official(split)


def load_pneumoniamnist(split: str = "all") -> Dataset:
    """Chest X-rays of small children, normal (0) or with pneumonia (1): 5,856 grey images.

    As :func:`load_medmnist`, which says what is returned.  Besides the official file a copy rebuilt
    from public parts is accepted, and named when it is used.  In the rebuilt copy 8 images are in
    both "train" and "val".

    References
    ----------
    Kermany, D. S. et al. (2018). Identifying medical diagnoses and treatable diseases by
    image-based deep learning. Cell 172(5), 1122-1131. doi:10.1016/j.cell.2018.02.010
    """
    return load_medmnist("pneumoniamnist", split)


def load_retinamnist(split: str = "all") -> Dataset:
    """Fundus photographs graded 0 to 4 for diabetic retinopathy: 1,600 colour images.

    As :func:`load_medmnist`, which says what is returned.  The grades are ordered.

    References
    ----------
    Liu, R. et al. (2022). DeepDRiD: diabetic retinopathy - grading and image quality estimation
    challenge. Patterns 3(6), 100512. doi:10.1016/j.patter.2022.100512
    """
    return load_medmnist("retinamnist", split)


def _read(path: Path):
    """Images, labels and parts of the official split, in the order train, val, test."""
    with np.load(path, allow_pickle=False) as arrays:
        images = [arrays[f"{part}_images"] for part in SPLITS]
        labels = [arrays[f"{part}_labels"].astype(np.int64) for part in SPLITS]
    parts = np.repeat(SPLITS, [len(part) for part in images])
    labels = np.concatenate(labels)
    return np.concatenate(images), labels[:, 0] if labels.shape[1] == 1 else labels, parts


def _first_copies(images: np.ndarray) -> list[int]:
    """For each image the position of the first one that is equal pixel by pixel."""
    seen: dict[bytes, int] = {}
    return [seen.setdefault(image.tobytes(), i) for i, image in enumerate(images)]

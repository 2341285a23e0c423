"""CT and MR images as the files a scanner writes, out of pydicom's own examples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom

from .base import Dataset
from .registry import statement

FILES = ("CT_small.dcm", "MR_small.dcm", "examples_overlay.dcm")
_BULK = ("OB", "OW", "OF", "OD", "UN", "SQ")  # value representations that are no plain text


@dataclass(frozen=True)
class DicomImage:
    """One section of a CT or MR scan, and the file it was read from.

    Parameters
    ----------
    path : Path
        The DICOM file, to be opened with :func:`pydicom.dcmread`.
    patient_id : str
        As written in the file; here not a real one.
    modality : str
        "CT" or "MR".
    pixels : ndarray of float, shape (rows, columns)
        Hounsfield units (water 0, air -1000) where the file says how to rescale, else stored
        values, which in MR have no unit and cannot be compared between scans.
    unit : str
        "HU" or "stored value".
    spacing : tuple of float
        Distance between rows and between columns (mm).
    slice_thickness : float
        mm.
    metadata : dict of str to str
        The file's standard text elements by DICOM keyword.
    """

    path: Path
    patient_id: str
    modality: str
    pixels: np.ndarray
    unit: str
    spacing: tuple[float, float]
    slice_thickness: float
    metadata: dict[str, str]


def load_dicom_examples() -> Dataset:
    """A chest CT and two MR sections, with pixels in their unit, lengths in mm, and metadata.

    Returns
    -------
    Dataset
        ``X`` a list of three :class:`DicomImage`: a piece of 128 x 128 pixels of a chest CT
        (vertebra, lung and aorta), a piece of 64 x 64 of an MR image, and an MR image of the
        abdomen, 300 x 484.  ``y`` None.  They are of three people.

    Raises
    ------
    FileNotFoundError
        The installed pydicom does not hold these files.

    References
    ----------
    Mason, D. (2011). SU-E-T-33: Pydicom: an open source DICOM library. Medical Physics 38(6),
    3493. doi:10.1118/1.3611983
    """
    images = [read_dicom(_installed(name)) for name in FILES]
    ids = np.array([f"pydicom-{image.patient_id}" for image in images])
    return Dataset(X=images, y=None, patient_ids=ids, statement=statement("dicom_examples"))


def read_dicom(path: str | Path) -> DicomImage:
    r"""Read one section; a CT's pixels become Hounsfield units.

    .. math:: \mathrm{HU} = \text{slope} \cdot \text{stored value} + \text{intercept}

    Pixels of the file's padding value, outside of what was scanned, become NaN.

    Raises
    ------
    ValueError
        Not a DICOM file, or not one grey section with pixel spacing.
    """
    try:
        file = pydicom.dcmread(path)
    except pydicom.errors.InvalidDicomError as error:
        raise ValueError(f"{path} is not a DICOM file") from error
    if "PixelData" not in file or "PixelSpacing" not in file or file.pixel_array.ndim != 2:
        raise ValueError(f"{path} must hold one section of grey values with its pixel spacing")
    row, column = (float(mm) for mm in file.PixelSpacing)
    return DicomImage(
        path=Path(path),
        patient_id=str(file.get("PatientID", "")),
        modality=str(file.get("Modality", "")),
        pixels=_rescaled(file),
        unit="HU" if _has_hounsfield_units(file) else "stored value",
        spacing=(row, column),
        slice_thickness=float(file.get("SliceThickness") or np.nan),
        metadata={e.keyword: str(e.value) for e in file if e.keyword and e.VR not in _BULK},
    )


def _has_hounsfield_units(file) -> bool:
    rescaled = "RescaleIntercept" in file and file.get("RescaleType", "HU") == "HU"
    return rescaled and file.get("Modality") == "CT"


def _rescaled(file) -> np.ndarray:
    stored = file.pixel_array.astype(float)
    stored[stored == file.get("PixelPaddingValue", np.nan)] = np.nan
    return stored * float(file.get("RescaleSlope", 1)) + float(file.get("RescaleIntercept", 0))


def _installed(name: str) -> Path:
    path = Path(pydicom.__file__).parent / "data" / "test_files" / name
    if not path.is_file():
        raise FileNotFoundError(
            f"pydicom {pydicom.__version__} does not hold {name}: install pydicom 3 from PyPI"
        )
    return path

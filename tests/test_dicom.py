"""DICOM examples: Hounsfield units, millimetres, metadata; files that need no network."""

import socket

import numpy as np
import pydicom
import pytest

import medai_course.data as data
from medai_course.data import dicom


@pytest.fixture
def examples(monkeypatch):
    def no_network(*_, **__):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "socket", no_network)
    return data.load_dicom_examples()


def test_three_images_of_three_people_ship_inside_pydicom(examples):
    assert [image.modality for image in examples.X] == ["CT", "MR", "MR"]
    assert [image.pixels.shape for image in examples.X] == [(128, 128), (64, 64), (300, 484)]
    assert len(set(examples.patient_ids)) == 3 and examples.y is None
    assert all(image.path.is_file() for image in examples.X)
    assert all("PixelData" not in image.metadata for image in examples.X)


def test_ct_is_in_hounsfield_units_and_mr_is_not(examples):
    ct, mr, _ = examples.X
    stored = pydicom.dcmread(ct.path).pixel_array
    np.testing.assert_array_equal(ct.pixels, stored - 1024.0)
    assert ct.unit == "HU" and mr.unit == "stored value"
    np.testing.assert_array_equal(mr.pixels, pydicom.dcmread(mr.path).pixel_array)
    lung, fat, muscle = ct.pixels[10:30, 5:20], ct.pixels[120:, 50:70], ct.pixels[80:92, 20:50]
    medians = [np.median(part) for part in (lung, fat, muscle, ct.pixels[20:35, 50:65])]
    # textbook ranges: inflated lung, fat, muscle, spongy bone
    for hu, (low, high) in zip(medians, [(-900, -700), (-120, -50), (10, 60), (100, 400)]):
        assert low < hu < high


def test_lengths_are_in_millimetres(examples):
    ct, mr, abdomen = examples.X
    assert ct.spacing == (0.661468, 0.661468) and ct.slice_thickness == 5
    # the whole field of view, 338.67 mm, over the 512 pixels of the image this piece is from
    assert ct.spacing[0] * 512 == pytest.approx(float(ct.metadata["ReconstructionDiameter"]))
    assert mr.spacing == (0.3125, 0.3125) and mr.slice_thickness == 0.8
    assert 330 < abdomen.spacing[1] * abdomen.pixels.shape[1] < 370
    assert abdomen.metadata["Manufacturer"] == "SIEMENS"


@pytest.fixture
def written(tmp_path):
    """Writes a changed copy of the CT and returns its path."""

    def write(**changes):
        file = pydicom.dcmread(dicom._installed("CT_small.dcm"))
        for keyword, value in changes.items():
            delattr(file, keyword) if value is None else setattr(file, keyword, value)
        file.save_as(tmp_path / "changed.dcm")
        return tmp_path / "changed.dcm"

    return write


def test_the_slope_counts_and_padding_is_not_tissue(written):
    stored = pydicom.dcmread(dicom._installed("CT_small.dcm")).pixel_array
    image = data.read_dicom(written(RescaleSlope="2", PixelPaddingValue=int(stored[0, 0])))
    assert np.isnan(image.pixels[0, 0]) and image.pixels[64, 64] == 2 * stored[64, 64] - 1024
    other = data.read_dicom(written(RescaleType="US", SliceThickness=None))
    assert other.unit == "stored value" and np.isnan(other.slice_thickness)


def test_what_is_no_section_is_refused(tmp_path, written):
    (tmp_path / "a.dcm").write_bytes(b"not an image" * 50)
    with pytest.raises(ValueError, match=r"a\.dcm is not a DICOM file"):
        data.read_dicom(tmp_path / "a.dcm")
    for missing in ("PixelSpacing", "PixelData"):
        with pytest.raises(ValueError, match="must hold one section of grey values"):
            data.read_dicom(written(**{missing: None}))
    with pytest.raises(FileNotFoundError, match=r"does not hold nothing\.dcm: install pydicom 3"):
        dicom._installed("nothing.dcm")

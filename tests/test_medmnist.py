"""MedMNIST: images, labels, the official split, and copies of one image."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import medai_course.data as data
from medai_course.data import medmnist, registry
from medai_course.data.base import Dataset


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Writes a small file as MedMNIST lays it out and lets the loader find it."""

    def write(sizes=(6, 3, 4), shape=(28, 28), columns=1, **arrays):
        rng = np.random.default_rng(0)
        for part, n in zip(medmnist.SPLITS, sizes):
            images = rng.integers(0, 256, (n, *shape), dtype=np.uint8)
            arrays.setdefault(f"{part}_images", images)
            arrays.setdefault(f"{part}_labels", rng.integers(0, 2, (n, columns), dtype=np.uint8))
        np.savez(tmp_path / "images.npz", **arrays)
        monkeypatch.setattr(medmnist, "fetch", lambda *_: [tmp_path / "images.npz"])
        return arrays

    return write


def test_the_family_is_in_the_catalogue():
    for name, targets in medmnist.TARGETS.items():
        entry = registry.entry(name)
        (file,) = entry.files
        assert file.name == f"{name}.npz" and len(set(targets)) == len(targets)
        assert entry.loader in (f"load_{name}", "load_medmnist")
        assert all(url.startswith("https://") and file.name in url for url in file.urls)
        assert "no patient numbers" in entry.statement.known_bias or name in (
            "pneumoniamnist",
            "bloodmnist",
            "tissuemnist",
        )
    numbers = {f.fingerprints[0].digest for n in medmnist.TARGETS for f in registry.entry(n).files}
    assert len(numbers) == len(medmnist.TARGETS) == 12


def test_parts_are_stacked_in_order_and_taken_apart_again(made_up):
    arrays = made_up(shape=(28, 28, 3))
    whole = data.load_medmnist("dermamnist")
    assert whole.X.shape == (13, 28, 28, 3) and whole.X.dtype == np.uint8
    assert whole.y.shape == (13,) and whole.y.dtype == np.int64
    assert whole.extras["split"].tolist() == ["train"] * 6 + ["val"] * 3 + ["test"] * 4
    for part in medmnist.SPLITS:
        alone, taken = data.load_medmnist("dermamnist", part), whole.official(part)
        np.testing.assert_array_equal(alone.X, arrays[f"{part}_images"])
        np.testing.assert_array_equal(alone.y, arrays[f"{part}_labels"][:, 0])
        np.testing.assert_array_equal(alone.X, taken.X)
        np.testing.assert_array_equal(alone.patient_ids, taken.patient_ids)


def test_findings_of_a_chest_film_are_columns(made_up):
    arrays = made_up(columns=14)
    loaded = data.load_medmnist("chestmnist", "test")
    np.testing.assert_array_equal(loaded.y, arrays["test_labels"])
    assert loaded.y.shape == (4, 14) and len(loaded.target_names) == 14


def test_equal_images_share_an_id_and_no_split_parts_them(made_up):
    rng = np.random.default_rng(1)
    train = rng.integers(0, 256, (6, 28, 28), dtype=np.uint8)
    nearly = train[2].copy()
    nearly[27, 27] ^= 1
    made_up(train_images=train, val_images=np.stack([train[1], nearly, train[1]]))
    whole = data.load_medmnist("octmnist")
    ids = [name.removeprefix("octmnist-") for name in whole.patient_ids]
    assert [int(i) for i in ids] == [0, 1, 2, 3, 4, 5, 1, 7, 1, 9, 10, 11, 12]
    for seed in range(20):
        one, other = whole.split(0.5, seed)
        assert not set(one.patient_ids) & set(other.patient_ids)
    # the official parts do share a copy, and the ids tell
    assert set(whole.official("train").patient_ids) & set(whole.official("val").patient_ids)


def test_wrong_names_and_parts_are_answered(made_up):
    made_up()
    with pytest.raises(ValueError, match=r"name must be one of pathmnist, .*got 'PneumoniaMNIST'"):
        data.load_medmnist("PneumoniaMNIST")
    with pytest.raises(ValueError, match="split must be one of all, train, val, test, got 'dev'"):
        data.load_pneumoniamnist("dev")
    with pytest.raises(ValueError, match="part must be one of train, val, test, got 'dev'"):
        data.load_retinamnist().official("dev")


def test_pickles_in_an_image_file_are_refused(made_up):
    made_up(train_labels=np.array([[object()]] * 6, dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        data.load_pneumoniamnist()


def test_extras_follow_their_observations_and_must_fit_them():
    ids, statement = np.array(["a", "b", "c"]), registry.statement("wdbc")
    whole = Dataset(
        [1, 2, 3], None, ids, statement, extras={"mask": np.eye(3), "note": list("xyz")}
    )
    part = whole.take(np.array([2, 0]))
    assert part.extras["note"] == ["z", "x"] and part.extras["mask"].tolist() == [
        [0, 0, 1],
        [1, 0, 0],
    ]
    with pytest.raises(ValueError, match=r"'wdbc' comes without a split; use split\(\)"):
        whole.official("train")
    with pytest.raises(ValueError, match=r"extras\['mask'\] must have one entry an observation, 3"):
        Dataset([1, 2, 3], None, ids, statement, extras={"mask": np.eye(2)})


def pixels(part):
    return part.X.reshape(len(part), -1) / 255.0


@pytest.mark.needs_data("pneumoniamnist")
def test_pneumoniamnist_has_the_published_counts_and_eight_copies_across(capsys):
    whole = data.load_pneumoniamnist()
    assert "rebuilt" in capsys.readouterr().out or len(whole) == 5856
    train, val, test = (whole.official(part) for part in medmnist.SPLITS)
    assert [len(part) for part in (train, val, test)] == [4708, 524, 624]
    assert [int(part.y.sum()) for part in (train, val, test)] == [3494, 389, 390]
    assert whole.target_names == ("normal", "pneumonia")
    assert len(set(train.patient_ids) & set(val.patient_ids)) == 8
    assert not set(test.patient_ids) & (set(train.patient_ids) | set(val.patient_ids))
    clean = train.take(~np.isin(train.patient_ids, val.patient_ids))
    assert len(clean) < len(train) and not set(clean.patient_ids) & set(val.patient_ids)


@pytest.mark.needs_data("pneumoniamnist")
def test_a_logistic_model_on_pixels_separates_pneumonia_as_it_should():
    # 0.917 to 0.92 with every image; a loader that shuffles labels falls to 0.5
    train, test = data.load_pneumoniamnist("train"), data.load_pneumoniamnist("test")
    model = LogisticRegression(C=0.01, max_iter=500).fit(pixels(train)[::3], train.y[::3])
    auc = roc_auc_score(test.y, model.decision_function(pixels(test)))
    assert 0.88 < auc < 0.95


@pytest.mark.needs_data("retinamnist")
def test_retinamnist_has_the_published_counts():
    whole = data.load_retinamnist()
    assert whole.X.shape == (1600, 28, 28, 3) and len(set(whole.patient_ids)) == 1600
    counts = [np.bincount(whole.official(part).y).tolist() for part in medmnist.SPLITS]
    assert counts[0] == [486, 128, 206, 194, 66] and counts[2] == [174, 46, 92, 68, 20]
    assert counts[1] == [54, 12, 28, 20, 6]

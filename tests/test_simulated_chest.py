"""Chest phantoms: seeded, calibrated against published figures, and true to their own labels."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from medai_course.data.simulated_chest import simulate_chest_films


@pytest.fixture(scope="module")
def films():
    return simulate_chest_films(600, size=32, random_state=3)


def first_films(films):
    return films.take(films.extras["truth"]["film"].to_numpy() == 0)


def test_films_and_their_truth_belong_together(films):
    n = len(films)
    assert films.X.shape == (n, 32, 32) == films.extras["mask"].shape and films.X.dtype == np.uint8
    assert films.statement.kind == "simulated" and films.target_names == ("clear", "opacity")
    truth, mask = films.extras["truth"], films.extras["mask"]
    np.testing.assert_array_equal(films.y, truth["n_opacities"] > 0)
    np.testing.assert_array_equal(films.y == 1, mask.any(axis=(1, 2)))
    assert not (mask & (films.extras["anatomy"] != 1)).any()  # opacities lie in the lungs
    assert set(np.unique(films.extras["anatomy"])) == {0, 1, 2}


def test_a_patient_has_one_chest_one_state_and_one_to_three_films(films):
    truth = films.extras["truth"].groupby(films.patient_ids)
    assert (truth[["female", "cardiothoracic_ratio", "n_opacities"]].nunique() == 1).all(axis=None)
    assert truth.size().between(1, 3).all() and set(truth.size()) == {1, 2, 3}
    assert truth.ngroups == 600
    copies = {film.tobytes() for film in films.X}
    assert len(copies) == len(films)
    train, test = films.split(0.3, 0)
    assert not set(train.patient_ids) & set(test.patient_ids)


def test_hearts_are_as_wide_as_published(films):
    truth = first_films(films).extras["truth"]
    ratio = truth["cardiothoracic_ratio"]
    assert ratio.mean() == pytest.approx(0.459, abs=0.006)  # Mensah et al. 2015, n = 1,989
    assert ratio[truth["female"]].mean() == pytest.approx(0.467, abs=0.008)
    assert ratio[~truth["female"]].mean() == pytest.approx(0.452, abs=0.008)


def test_the_heart_in_the_picture_is_as_wide_as_the_truth_says():
    films = simulate_chest_films(40, 1, size=256, noise=0, random_state=5)

    def width(organ):
        columns = np.flatnonzero(organ.any(axis=0))
        return columns[-1] - columns[0] + 1

    drawn = [width(film == 2) / width(film == 1) for film in films.extras["anatomy"]]
    np.testing.assert_allclose(drawn, films.extras["truth"]["cardiothoracic_ratio"], atol=0.025)


def test_the_heart_lies_to_the_left_and_the_right_diaphragm_stands_higher():
    anatomy = simulate_chest_films(60, 1, random_state=2).extras["anatomy"]
    across, half = np.arange(64), 32  # the viewer's right is the patient's left
    hearts = [np.average(across, weights=(film == 2).sum(axis=0)) for film in anatomy]
    assert 33 < np.mean(hearts) < 40
    lowest = [
        [np.flatnonzero((film[:, part] == 1).any(axis=1))[-1] for film in anatomy]
        for part in (slice(0, half), slice(half, 64))
    ]
    assert np.mean(lowest[0]) < np.mean(lowest[1]) - 1


def test_one_lobe_is_involved_in_as_many_as_published(films):
    counts = first_films(films).extras["truth"]["n_opacities"]
    assert (counts > 0).mean() == pytest.approx(0.5, abs=0.06)
    # Albaum et al. 1996: 41.5 % in one lobe, 33.9 % in several
    assert (counts[counts > 0] == 1).mean() == pytest.approx(41.5 / (41.5 + 33.9), abs=0.08)


def test_opacities_are_brighter_than_the_lung_around_them():
    films = simulate_chest_films(60, 1, noise=0, prevalence=1, random_state=1)
    lung, mask = films.extras["anatomy"] == 1, films.extras["mask"]
    contrast = [
        np.median(film[spot]) - np.median(film[air & ~spot])
        for film, spot, air in zip(films.X.astype(float), mask, lung)
    ]
    assert np.mean(np.array(contrast) > 0) > 0.95 and np.mean(contrast) > 20


def test_brightness_alone_tells_nothing_and_pixels_tell_something(films):
    assert 0.45 < roc_auc_score(films.y, films.X.mean(axis=(1, 2))) < 0.60
    train, test = films.split(0.3, 0)
    flat = [part.X.reshape(len(part), -1) / 255 - 0.4 for part in (train, test)]
    model = LogisticRegression(C=0.01, max_iter=500).fit(flat[0], train.y)
    # room is left above for a network that looks for shapes wherever they lie
    assert 0.65 < roc_auc_score(test.y, model.decision_function(flat[1])) < 0.90


def test_same_seed_same_bits_other_seed_other_patients():
    first, again, other = (simulate_chest_films(3, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.extras["mask"], again.extras["mask"])
    assert not np.array_equal(first.X[0], other.X[0])
    free = [simulate_chest_films(1, 1, random_state=None).X for _ in range(2)]
    assert not np.array_equal(*free)


def test_a_patient_does_not_depend_on_how_many_there_are():
    few, many = simulate_chest_films(2, random_state=5), simulate_chest_films(4, random_state=5)
    np.testing.assert_array_equal(few.X, many.X[: len(few)])
    assert list(few.patient_ids) == list(many.patient_ids[: len(few)])


def test_size_prevalence_and_noise_do_what_they_say():
    small, large = (simulate_chest_films(20, 1, size=size, noise=0) for size in (28, 64))
    assert small.X.shape[1:] == (28, 28) and large.X.shape[1:] == (64, 64)
    np.testing.assert_array_equal(small.y, large.y)
    assert simulate_chest_films(10, prevalence=0).y.sum() == 0
    assert simulate_chest_films(10, prevalence=1).y.all()
    rough = simulate_chest_films(20, 1, noise=2)
    grain = [np.abs(np.diff(part.X.astype(float), axis=2)).mean() for part in (large, rough)]
    assert grain[1] > grain[0] + 5


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ({"n_patients": 0}, "n_patients must be a finite number ≥ 1"),
        ({"n_patients": 2.5}, "n_patients must be a whole number"),
        ({"films_per_patient": True}, "films_per_patient must be a whole number"),
        ({"size": 20}, "size must be a finite number ≥ 24 and ≤ 256"),
        ({"size": 300}, "size must be a finite number ≥ 24 and ≤ 256"),
        ({"prevalence": 1.5}, "prevalence must be a finite number ≥ 0 and ≤ 1"),
        ({"prevalence": np.nan}, "prevalence must be"),
        ({"noise": -1}, "noise must be a finite number ≥ 0"),
        ({"noise": np.inf}, "noise must be a finite number"),
    ],
)
def test_arguments_out_of_range_are_named(argument, words):
    with pytest.raises(ValueError, match=words):
        simulate_chest_films(**argument)

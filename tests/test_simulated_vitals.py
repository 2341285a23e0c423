"""Vital-sign courses: seeded, calibrated against published figures, with a true onset."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from medai_course.data.simulated_vitals import SIGNS, simulate_vitals
from medai_course.systems.early_warning import early_warning_score

# Faisal et al. 2019, table 1: mean and SD of the first signs in York and in Lincolnshire
FIRST_SIGNS = [
    ((85.6, 21.1), (81.2, 17.8)),
    ((136.0, 27.3), (129.4, 23.0)),
    ((75.4, 15.5), (74.9, 14.9)),
    ((18.6, 4.8), (18.1, 3.6)),
    ((96.3, 2.9), (95.9, 3.0)),
    ((36.3, 0.8), (36.5, 0.7)),
]


@pytest.fixture(scope="module")
def ward():
    return simulate_vitals(2500, random_state=1)


def test_courses_and_their_truth_belong_together(ward):
    mask, complete, onset = (ward.extras[name] for name in ("mask", "complete", "onset"))
    assert ward.X.shape == (2500, 48, 6) == mask.shape == complete.shape
    assert ward.feature_names == tuple(SIGNS) and ward.statement.kind == "simulated"
    np.testing.assert_array_equal(np.isfinite(ward.X), mask)
    np.testing.assert_array_equal(ward.X[mask], complete[mask])
    np.testing.assert_array_equal(ward.y == 1, np.isfinite(onset))
    assert np.isfinite(complete).all() and (complete[..., 2] <= complete[..., 1] - 14).all()
    assert ((onset[ward.y == 1] > 0) & (onset[ward.y == 1] < 48)).all()
    assert ward.y.mean() == pytest.approx(0.2, abs=0.03)
    assert len(set(ward.patient_ids)) == 2500
    train, test = ward.split(0.3, 0)
    assert not set(train.patient_ids) & set(test.patient_ids)
    np.testing.assert_array_equal(test.y == 1, np.isfinite(test.extras["onset"]))


@pytest.mark.parametrize("sign", range(6))
def test_first_signs_are_spread_as_published(ward, sign):
    first = ward.extras["complete"][:, 0, sign]
    means, spreads = zip(*FIRST_SIGNS[sign])
    margin = 0.1 * max(spreads)
    assert min(means) - margin <= first.mean() <= max(means) + margin
    assert min(spreads) - margin <= first.std() <= max(spreads) + margin


def test_an_early_warning_score_sees_drifts_as_well_as_published(ward):
    hours, onset = np.arange(48), ward.extras["onset"][:, None]
    before_the_event = (hours >= onset) & (hours < onset + 24)
    score = early_warning_score(ward.extras["complete"])
    auc = roc_auc_score(before_the_event.ravel(), score.ravel())
    assert auc == pytest.approx(0.867, abs=0.015)  # Watkinson et al. 2018: 0.867 (0.863 to 0.871)
    assert 2.0 < score[:, 0].mean() < 2.6  # Faisal et al. 2019: 2.5 and 2.1


def test_before_the_onset_nothing_gives_the_patient_away(ward):
    quiet = ward.extras["onset"] > 12
    ill, well = (ward.extras["complete"][group, :12] for group in (quiet, ward.y == 0))
    spread = well.std(axis=(0, 1))
    assert (np.abs(ill.mean(axis=(0, 1)) - well.mean(axis=(0, 1))) < 0.12 * spread).all()
    masks = [ward.extras["mask"][group, :12].mean() for group in (quiet, ward.y == 0)]
    assert masks[0] == pytest.approx(masks[1], abs=0.02)


def test_after_the_onset_each_sign_goes_its_way(ward):
    late = ward.take((ward.extras["onset"] < 24) & (ward.extras["onset"] > 9))
    change = late.extras["complete"][:, -6:].mean(axis=1) - late.extras["complete"][:, :6].mean(1)
    assert (np.sign(change.mean(axis=0)) == [1, -1, -1, 1, -1, 1]).all()
    assert 0.05 < np.mean(change[:, 5] < -0.5) < 0.25  # some go cold


def test_values_are_missing_and_their_presence_tells_something(ward):
    mask, hours = ward.extras["mask"], np.arange(48)
    drifting = hours > ward.extras["onset"][:, None] + 12
    rounds = mask.any(axis=2)
    assert rounds[ward.y == 0].mean() == pytest.approx(0.4, abs=0.02) and rounds[:, 0].all()
    assert rounds[drifting].mean() > 0.7
    assert mask[..., 5].mean() < mask[..., 0].mean() - 0.05  # temperature is left out most
    assert simulate_vitals(20, missing=0).extras["mask"].all()


def test_an_hour_resembles_the_hour_before(ward):
    well = ward.extras["complete"][ward.y == 0][:, :, 0]
    within = well - well.mean(axis=1, keepdims=True)
    assert 0.6 < np.corrcoef(within[:, :-1].ravel(), within[:, 1:].ravel())[0, 1] < 0.9


def test_same_seed_same_bits_other_seed_other_patients():
    first, again, other = (simulate_vitals(4, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.X, again.X)
    assert not np.array_equal(first.extras["complete"], other.extras["complete"])
    free = [simulate_vitals(1, random_state=None).extras["complete"] for _ in range(2)]
    assert not np.array_equal(*free)
    many = simulate_vitals(8, random_state=0)
    np.testing.assert_array_equal(many.X[:4], first.X)
    assert (
        list(many.patient_ids[:4])
        == list(first.patient_ids)
        == ["V0001", "V0002", "V0003", "V0004"]
    )


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ({"n_patients": 0}, "n_patients must be a whole number ≥ 1"),
        ({"n_patients": 2.0}, "n_patients must be a whole number"),
        ({"n_hours": 5}, "n_hours must be a whole number ≥ 6"),
        ({"deteriorating": -0.1}, "deteriorating must be a number ≥ 0 and ≤ 1"),
        ({"deteriorating": np.nan}, "deteriorating must be"),
        ({"missing": 1}, "missing must be a number ≥ 0 and ≤ 0.95"),
        ({"missing": True}, "missing must be"),
    ],
)
def test_arguments_out_of_range_are_named(argument, words):
    with pytest.raises(ValueError, match=words):
        simulate_vitals(**argument)

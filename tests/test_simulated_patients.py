"""The simulated cohort: published shares and means, a known truth, and a twin without groups."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from medai_course.data.simulated_patients import FEATURES, PHENOTYPES, WITHIN, simulate_patients

MANY = 20_000


@pytest.fixture(scope="module")
def cohort():
    return simulate_patients(MANY, random_state=1)


@pytest.mark.parametrize("name", PHENOTYPES)
def test_shares_and_means_are_the_published_ones(cohort, name):
    patients, *moments = PHENOTYPES[name]
    member = cohort.extras["phenotype"] == name
    assert member.mean() == pytest.approx(patients / 8403, abs=0.012)
    for feature, (mean, deviation) in zip(FEATURES, moments):
        values = cohort.X.loc[member, feature]
        assert values.mean() == pytest.approx(mean, abs=0.06 * deviation), feature
        assert values.std() == pytest.approx(deviation, rel=0.06), feature


def test_measurements_are_correlated_within_a_phenotype(cohort):
    assert (np.linalg.eigvalsh(WITHIN) > 0).all() and (WITHIN == WITHIN.T).all()
    skewed = ["HbA1c (mmol/mol)", "HOMA2-B (%)", "HOMA2-IR"]
    rows = cohort.X[cohort.extras["phenotype"] == "age-related"]
    rows = rows.assign(**np.log(rows[skewed]))
    np.testing.assert_allclose(rows.corr(), WITHIN, atol=0.05)


def test_the_twin_without_groups_has_the_same_moments(cohort):
    twin = simulate_patients(MANY, groups=False, random_state=2)
    assert set(twin.extras["phenotype"]) == {"none"}
    skewed = ["HbA1c (mmol/mol)", "HOMA2-B (%)", "HOMA2-IR"]
    ours, theirs = (d.X.assign(**np.log(d.X[skewed])) for d in (cohort, twin))
    gap = (ours.mean() - theirs.mean()).abs() / ours.std()
    assert gap.max() < 0.04
    np.testing.assert_allclose(ours.std(), theirs.std(), rtol=0.04)
    np.testing.assert_allclose(ours.corr(), theirs.corr(), atol=0.04)


def test_phenotypes_can_be_found_and_the_better_the_less_they_spread():
    found = []
    for spread in (0.5, 1.0):
        dataset = simulate_patients(600, spread=spread)
        Z = (dataset.X - dataset.X.mean()) / dataset.X.std()
        labels = KMeans(4, n_init=10, random_state=0).fit_predict(Z)
        found.append(adjusted_rand_score(dataset.extras["phenotype"], labels))
    assert found[0] > 0.9 and 0.4 < found[1] < 0.75


def test_every_patient_is_plausible_and_their_own(cohort):
    assert cohort.X.shape == (MANY, 5) and tuple(cohort.X.columns) == FEATURES
    assert cohort.X.notna().all(axis=None) and (cohort.X > 0).all(axis=None)
    assert cohort.X["age at diagnosis (years)"].between(18, 95).all()
    assert cohort.y is None and cohort.statement.kind == "simulated"
    assert len(set(cohort.patient_ids)) == MANY
    train, test = cohort.split(0.3, 0)
    assert not set(train.patient_ids) & set(test.patient_ids)
    assert len(test.extras["phenotype"]) == len(test)


@pytest.mark.parametrize("groups", [True, False])
def test_same_seed_same_bits_other_seed_other_patients(groups):
    first, again, more, other = (
        simulate_patients(n, groups=groups, random_state=seed)
        for n, seed in ((5, 0), (5, 0), (9, 0), (5, 1))
    )
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.X, more.X[:5])
    np.testing.assert_array_equal(first.extras["phenotype"], more.extras["phenotype"][:5])
    assert not np.array_equal(first.X, other.X)
    free = [simulate_patients(3, random_state=None).X.to_numpy() for _ in range(2)]
    assert not np.array_equal(*free)


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ({"n_patients": 0}, "n_patients must be a whole number ≥ 1"),
        ({"n_patients": True}, "n_patients must be"),
        ({"n_patients": 10.0}, "n_patients must be"),
        ({"spread": 0}, "spread must be a number > 0"),
        ({"spread": np.nan}, "spread must be"),
        ({"spread": "wide"}, "spread must be"),
        ({"groups": 1}, "groups must be True or False"),
    ],
)
def test_arguments_out_of_range_are_named(argument, words):
    with pytest.raises(ValueError, match=words):
        simulate_patients(**argument)

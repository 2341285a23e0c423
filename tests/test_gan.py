"""The GAN: both players move, what it draws looks like the data, classes are obeyed, errors."""

import numpy as np
import pytest

from tests.backends import BACKENDS, module
from tests.test_parity_networks import images, patients


@pytest.fixture(params=BACKENDS)
def GAN(request):
    return module(request.param, "gan").GAN


def ring(n=400, seed=0):
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.column_stack([np.cos(angle), np.sin(angle)]) + 0.05 * rng.normal(size=(n, 2))


def test_it_draws_from_a_ring(GAN):
    params = {"hidden": (32, 32), "n_latent": 4, "epochs": 120, "batch_size": 64}
    model = GAN(learning_rate=2e-3, random_state=0, **params).fit(ring())
    radius = np.hypot(*model.sample(500, random_state=1).T)
    untrained = GAN(epochs=1, random_state=0, **{k: v for k, v in params.items() if k != "epochs"})
    start = np.hypot(*untrained.fit(ring()).sample(500, random_state=1).T)
    assert abs(np.median(radius) - 1) < 0.2 < abs(np.median(start) - 1)


def test_both_players_move(GAN):
    X = patients()[0]
    before = GAN(epochs=1, learning_rate=1e-12, random_state=0).fit(X).weights_
    after = GAN(epochs=2, random_state=0).fit(X).weights_
    for key, value in before.items():
        assert abs(after[key] - value).max() > 1e-4, key


def test_the_first_losses_are_those_of_a_judge_who_cannot_tell(GAN):
    X = 1e-9 * patients()[0]
    model = GAN(epochs=1, n_latent=2, learning_rate=1e-12, random_state=0, hidden=()).fit(X)
    assert np.mean(model.loss_curve_) == pytest.approx(np.log(2), abs=0.5)
    assert len(model.generator_loss_curve_) == len(model.loss_curve_) == 3
    saturated = module("scratch", "gan").GAN
    assert "non-saturating" in saturated.__doc__


def test_the_generator_has_a_gradient_where_the_judge_is_sure():
    """-log D(G(z)) pushes with force 1 where D says 0; log(1 - D(G(z))) would push with 0."""
    gan = module("scratch", "gan").GAN(hidden=(), n_latent=2, random_state=0, epochs=1)
    gan.fit(patients()[0])
    D = gan._net.discriminator.layers[-1]
    D.b[...] = -50.0
    loss, d_fake = gan._fool(np.zeros((1, 6)), np.zeros((1, 0)))
    assert loss == pytest.approx(50)
    np.testing.assert_allclose(d_fake, -D.W.T, rtol=1e-6)


def test_a_class_that_is_asked_for_is_drawn(GAN):
    rng = np.random.default_rng(0)
    y = np.array(["healthy", "ill"])[rng.integers(0, 2, 400)]
    X = rng.normal(size=(400, 2)) * 0.3 + np.where(y == "ill", 2.0, -2.0)[:, None]
    params = {"conditional": True, "hidden": (24,), "n_latent": 3, "epochs": 60, "random_state": 0}
    model = GAN(learning_rate=4e-3, batch_size=64, **params).fit(X, y)
    asked = np.repeat(["healthy", "ill"], 50)
    drawn = model.sample(100, asked, random_state=0).mean(1)
    assert np.mean((drawn > 0) == (asked == "ill")) > 0.9


def test_the_same_seed_draws_the_same_rows(GAN):
    model = GAN(epochs=1, random_state=0).fit(patients()[0])
    a, b, c = (model.sample(5, random_state=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(a, b)
    assert abs(a - c).max() > 1e-6


def test_images_are_drawn_as_images(GAN):
    X = np.clip(images(40, (8, 4, 1))[0], 0, 1)
    model = GAN(filters=(4, 6), output="sigmoid", epochs=1, random_state=0).fit(X)
    drawn = model.sample(3, random_state=0)
    assert drawn.shape == (3, 8, 4, 1) and drawn.min() >= 0 and drawn.max() <= 1
    assert model.discriminate(X).shape == (40,)


@pytest.mark.parametrize(
    "params, words",
    [
        ({"output": "tanh"}, r'output="tanh" reaches only -1 to 1, but X goes from -'),
        ({"output": "relu"}, "output must be one of"),
        ({"n_latent": 0}, "n_latent must be"),
        ({"hidden": 4}, "hidden must be a tuple"),
        ({"beta1": -0.1}, "beta1 must be a finite number ≥ 0"),
        ({"validation_fraction": 0.1}, "a GAN has no validation loss to watch"),
        ({"conditional": True}, "a conditional GAN needs y"),
        ({"filters": (4,)}, r"filters need images \(n, H, W, C\)"),
        ({"filters": (4, 4), "input_shape": (3, 2, 1)}, "multiples of 4"),
    ],
)
def test_parameters(GAN, params, words):
    with pytest.raises(ValueError, match=words):
        GAN(**params).fit(patients()[0])


def test_classes_that_fit_did_not_see_are_refused(GAN):
    X, y = patients()[:2]
    model = GAN(conditional=True, epochs=1, random_state=0).fit(X, y)
    with pytest.raises(ValueError, match=r"y must be 2 of the classes \[0, 1, 2\]"):
        model.sample(2, [0, 7])
    with pytest.raises(ValueError, match="needs y, the class of each row to draw"):
        model.sample(2)
    with pytest.raises(ValueError, match="y has 5 entries for 90 rows"):
        GAN(conditional=True).fit(X, y[:5])
    with pytest.raises(ValueError, match="n_samples must be"):
        model.sample(0)
    with pytest.raises(ValueError, match="warm_start needs the classes of the first fit"):
        model.set_params(warm_start=True).fit(X, np.minimum(y, 1))

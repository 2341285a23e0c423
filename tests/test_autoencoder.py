"""Autoencoders: principal components as a special case, noise removed, errors."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from tests.backends import BACKENDS, module
from tests.test_parity_networks import images, patients

X = patients()[0]


@pytest.fixture(params=BACKENDS)
def Autoencoder(request):
    return module(request.param, "autoencoder").Autoencoder


def test_a_linear_autoencoder_finds_the_principal_components(Autoencoder):
    rng = np.random.default_rng(0)
    A = np.linalg.qr(rng.normal(size=(80, 5)))[0] * [9, 7, 1, 1, 1] + 1
    params = {"hidden": (), "n_components": 2, "epochs": 3500, "batch_size": 80}
    params |= {"optimizer": "sgd", "learning_rate": 0.15, "clip_norm": 1.0, "random_state": 0}
    model = Autoencoder(schedule="linear", **params).fit(A)
    pca = PCA(2).fit(A)
    best = pca.inverse_transform(pca.transform(A))
    np.testing.assert_allclose(model.reconstruct(A), best, atol=1e-3)
    excess = model.score(A) / -((best - A) ** 2).mean() - 1
    assert 0 <= excess < 1e-5, "no linear code beats the principal components"


def test_a_denoising_one_removes_noise_from_images(Autoencoder):
    clean, _ = images(240, (8, 8, 1))
    clean = np.where(np.abs(clean) > 0.7, 1.0, 0.0)
    noisy = clean + np.random.default_rng(1).normal(0, 0.5, clean.shape)
    params = {"filters": (8,), "hidden": (), "n_components": 16, "epochs": 40, "random_state": 0}
    model = Autoencoder(noise=0.5, learning_rate=5e-3, **params).fit(clean[:180])
    error = ((model.reconstruct(noisy[180:]) - clean[180:]) ** 2).mean()
    assert error < 0.5 * ((noisy[180:] - clean[180:]) ** 2).mean()


def test_noise_is_for_training_only(Autoencoder):
    model = Autoencoder(noise=1.0, epochs=2, random_state=0).fit(X)
    np.testing.assert_array_equal(model.transform(X), model.transform(X))
    quiet = Autoencoder(noise=0.0, epochs=2, random_state=0).fit(X)
    assert model.loss_curve_[0] != quiet.loss_curve_[0]


def test_an_unusual_row_has_the_lowest_score(Autoencoder):
    params = {"hidden": (8,), "n_components": 2, "epochs": 40, "learning_rate": 0.01}
    flat = X * [1, 1, 0.05, 0.05, 0.05, 0.05]
    model = Autoencoder(random_state=0, **params).fit(flat)
    odd = np.vstack([flat, [0, 0, 3, -3, 3, -3]])
    assert model.score_samples(odd).argmin() == 90
    assert list(model.get_feature_names_out()) == ["autoencoder0", "autoencoder1"]


@pytest.mark.parametrize(
    "params, words",
    [
        ({"n_components": 0}, "n_components must be a finite number > 0"),
        ({"hidden": 3}, "hidden must be a tuple"),
        ({"noise": -1}, "noise must be a finite number ≥ 0"),
        (
            {"filters": (2, 2), "input_shape": (2, 3, 1)},
            r"multiples of 4, got \(2, 3\); pad the im",
        ),
        ({"filters": (2,), "kernel_size": 2}, "kernel_size must be odd"),
        ({"activation": "step"}, "activation must be one of"),
    ],
)
def test_parameters(Autoencoder, params, words):
    with pytest.raises(ValueError, match=words):
        Autoencoder(**params).fit(X)


def test_a_code_of_another_length_is_refused(Autoencoder):
    model = Autoencoder(epochs=1, n_components=3).fit(X)
    with pytest.raises(ValueError, match="a code has 3 numbers, got 2"):
        model.inverse_transform(np.zeros((1, 2)))

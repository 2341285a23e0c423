"""Networks: the same loss at every step, and the same predictions, in all three backends."""

import warnings

import numpy as np
import pytest

from tests.backends import BACKENDS, module

BOUND = {"float64": 1e-9, "float32": 1e-4}


def patients(n=90, d=6, seed=0):
    """Rows with three classes that a network can learn, a number to predict, and groups."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    score = X[:, 0] - np.sin(2 * X[:, 1]) + 0.3 * rng.normal(size=n)
    return X, np.digitize(score, [-0.6, 0.6]), score, rng.integers(0, 12, n)


def images(n=60, shape=(9, 8, 2), seed=0):
    """Noise with a bright bar, horizontal or upright, and corners that are exactly 0 (ties)."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(0, 0.3, (n, *shape)), rng.integers(0, 2, n)
    for image, kind in zip(X, y):
        at = rng.integers(1, min(shape[:2]) - 1)
        image[(at, slice(None)) if kind else (slice(None), at)] += 1.0
        image[:3, :3] = 0.0
    return X, y


def courses(n=60, T=7, d=3, seed=0):
    """Sequences of uneven length, padded with -9, and what their first two steps add up to."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, T, d))
    y = X[:, :2, 0].sum(1)
    for row, length in zip(X, rng.integers(1, T + 1, n)):
        row[length:] = -9.0
    X[0] = -9.0  # nothing but padding
    return X, (y > 0).astype(int), y


def fit(file, name, data, backends=BACKENDS, **params):
    params = {"random_state": 0, **params}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [getattr(module(b, file), name)(**params).fit(*data) for b in backends]


def assert_same_training(models, steps, dtype, *, falls=True):
    ours, *others = models
    assert len(ours.loss_curve_) >= steps, f"only {len(ours.loss_curve_)} steps"
    tail = len(ours.loss_curve_) // 10
    if falls:
        assert np.mean(ours.loss_curve_[-tail:]) < 0.8 * np.mean(ours.loss_curve_[:tail])
    for other in others:
        for curve in ("loss_curve_", "validation_curve_"):
            a, b = getattr(ours, curve), getattr(other, curve)
            np.testing.assert_allclose(b, a, rtol=0, atol=BOUND[dtype])
        assert other.n_iter_ == ours.n_iter_
        assert list(other.weights_) == list(ours.weights_)
        for key, value in ours.weights_.items():
            assert type(other.weights_[key]) is np.ndarray
            assert other.weights_[key].shape == value.shape
            assert str(other.weights_[key].dtype) == str(value.dtype) == dtype


def assert_same_predictions(models, X, dtype, methods=("predict",)):
    bound = 1e-8 if dtype == "float64" else 1e-3
    for method in methods:
        ours, *others = [getattr(m, method)(X) for m in models]
        for other in others:
            np.testing.assert_allclose(other, ours, rtol=0, atol=bound)


def assert_interchangeable(models, X, tmp_path, method):
    """What one backend has learned and saved predicts the same in the other two."""
    for i, model in enumerate(models):
        model.save(tmp_path / "net.safetensors")
        expected = getattr(model, method)(X)
        for other in models[:i] + models[i + 1 :]:
            loaded = type(other).load(tmp_path / "net.safetensors")
            np.testing.assert_allclose(getattr(loaded, method)(X), expected, rtol=0, atol=1e-5)
            assert loaded.loss_curve_ == pytest.approx(model.loss_curve_)
            if hasattr(model, "classes_"):
                np.testing.assert_array_equal(loaded.classes_, model.classes_)


LONG = {"float64": 200, "float32": 60}
MLP = {
    "plain": {},
    "two layers, everything on": {
        "hidden": (12, 7),
        "activation": "tanh",
        "dropout": 0.2,
        "optimizer": "adamw",
        "weight_decay": 0.05,
        "schedule": "cosine",
        "clip_norm": 0.5,
        "validation_fraction": 0.25,
        "patience": 99,
    },
    "sgd with decay": {"optimizer": "sgd", "weight_decay": 0.01, "activation": "gelu"},
    "adam with decay": {"weight_decay": 0.01, "activation": "leaky_relu", "schedule": "linear"},
    "no hidden layer": {"hidden": (), "activation": "sigmoid"},
}


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("params", MLP.values(), ids=MLP)
def test_mlp_classifier(params, dtype, tmp_path):
    X, y, _, groups = patients()
    params = {"epochs": LONG[dtype] // 2, "learning_rate": 0.02, "dtype": dtype, **params}
    extra = {"class_weight": "balanced"} if "dropout" in params else {}
    models = fit("mlp", "MLPClassifier", (X, y, groups), **params, **extra)
    assert_same_training(models, 200 if dtype == "float64" else 50, dtype)
    assert_same_predictions(models, X, dtype, ("predict_proba",))
    assert_interchangeable(models, X, tmp_path, "predict_proba")


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("columns", [1, 2])
def test_mlp_regressor(columns, dtype, tmp_path):
    X, _, y, groups = patients()
    y = y if columns == 1 else np.column_stack([y, y**2])
    params = {"epochs": LONG[dtype] // 2, "learning_rate": 0.02, "dtype": dtype}
    models = fit("mlp", "MLPRegressor", (X, y, groups), validation_fraction=0.2, **params)
    assert_same_training(models, 200 if dtype == "float64" else 50, dtype)
    assert models[0].predict(X).shape == y.shape
    assert_same_predictions(models, X, dtype)
    assert_interchangeable(models, X, tmp_path, "predict")


CNN = {
    "images": ({}, (9, 8, 2)),
    "one channel, wide kernel, hidden layer": (
        {"filters": (3,), "kernel_size": 5, "hidden": (6,), "dropout": 0.2, "pool": 3},
        (7, 10, 1),
    ),
    "three stages of which two pool": ({"filters": (4, 3, 2), "activation": "tanh"}, (5, 6, 1)),
    "signals": ({"filters": (4, 5), "kernel_size": 5}, (11, 3)),
}


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("params, shape", CNN.values(), ids=CNN)
def test_cnn_classifier(params, shape, dtype, tmp_path):
    X, y = images(shape=shape) if len(shape) == 3 else images(shape=(11, 4, 3))
    X = X if len(shape) == 3 else X[:, :, 1]
    params = {"filters": (4, 5), "epochs": LONG[dtype] // 2, "dtype": dtype, **params}
    models = fit("cnn", "CNNClassifier", (X, y), learning_rate=0.01, **params)
    assert_same_training(models, 200 if dtype == "float64" else 50, dtype)
    assert_same_predictions(models, X, dtype, ("predict_proba",))
    assert_interchangeable(models, X, tmp_path, "predict_proba")


RNN = {
    "rnn": {"cell": "rnn"},
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
    "lstm, masked": {"cell": "lstm", "mask_value": -9.0},
    "gru, masked, stacked, both ways": {
        "cell": "gru",
        "mask_value": -9.0,
        "num_layers": 2,
        "bidirectional": True,
        "dropout": 0.1,
        "weight_decay": 0.01,
        "optimizer": "adamw",
    },
    "rnn, masked, stacked, both ways": {
        "cell": "rnn",
        "mask_value": -9.0,
        "num_layers": 2,
        "bidirectional": True,
    },
}


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("params", RNN.values(), ids=RNN)
def test_rnn_classifier(params, dtype, tmp_path):
    X, y, _ = courses()
    X = X if "mask_value" in params else np.where(X == -9.0, 0.0, X)
    params = {"epochs": LONG[dtype] // 2, "hidden": 6, "dtype": dtype, **params}
    # at twice this rate training is chaotic: a rounding of 1e-16 grows to 1e-7 in 200 steps
    models = fit("rnn", "RNNClassifier", (X, y), learning_rate=0.01, **params)
    assert_same_training(models, 200 if dtype == "float64" else 50, dtype, falls=dtype == "float64")
    assert_same_predictions(models, X, dtype, ("predict_proba",))
    assert_interchangeable(models, X, tmp_path, "predict_proba")


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_rnn_regressor(cell, tmp_path):
    X, _, y = courses()
    params = {"cell": cell, "hidden": 5, "mask_value": -9.0, "clip_norm": 1.0, "epochs": 100}
    models = fit("rnn", "RNNRegressor", (X, y), learning_rate=0.02, **params)
    assert_same_training(models, 200, "float64")
    assert_same_predictions(models, X, "float64")
    assert_interchangeable(models, X, tmp_path, "predict")


CODES = {
    "dense, denoising": ({"hidden": (7,), "noise": 0.3}, None),
    "linear": ({"hidden": (), "weight_decay": 0.01, "validation_fraction": 0.2}, None),
    "convolutional": ({"filters": (3, 4), "hidden": (), "activation": "tanh"}, (8, 4, 2)),
    "convolutional on signals, denoising": ({"filters": (3,), "noise": 0.1}, (6, 2)),
}


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("params, shape", CODES.values(), ids=CODES)
def test_autoencoder(params, shape, dtype, tmp_path):
    X = patients()[0] if shape is None else images(60, (8, 6, 2))[0]
    X = X if shape is None else X[:, :, :4] if len(shape) == 3 else X[:, 2]
    params = {
        "n_components": 2,
        "epochs": 100 if dtype == "float64" else 30,
        "dtype": dtype,
        **params,
    }
    models = fit("autoencoder", "Autoencoder", (X,), learning_rate=0.01, **params)
    assert_same_training(models, 200 if dtype == "float64" else 50, dtype, falls=False)
    assert models[0].loss_curve_[-1] < 0.95 * models[0].loss_curve_[0]
    assert_same_predictions(models, X, dtype, ("transform", "reconstruct", "score_samples"))
    codes = models[0].transform(X)
    assert codes.shape == (len(X), 2)
    for model in models:
        rebuilt = model.inverse_transform(model.transform(X))
        np.testing.assert_allclose(rebuilt, model.reconstruct(X), rtol=0, atol=1e-5)
    assert_interchangeable(models, X, tmp_path, "transform")


GANS = {
    "dense": {"hidden": (8,), "clip_norm": 1.0},
    "dense, conditional": {"hidden": (8, 6), "conditional": True},
    "dense on images": {"hidden": (6,), "output": "tanh"},
    "convolutional": {"filters": (3, 4), "hidden": (), "output": "sigmoid"},
    "convolutional, conditional": {"filters": (3,), "hidden": (5,), "conditional": True},
}


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("kind", GANS)
def test_gan(kind, dtype, tmp_path):
    X, y = patients()[:2] if kind in ("dense", "dense, conditional") else images(60, (8, 4, 2))
    X = 0.5 + X / (2.1 * abs(X).max())
    params = {"n_latent": 3, "epochs": LONG[dtype] // 2, "dtype": dtype, **GANS[kind]}
    models = fit("gan", "GAN", (X, y), learning_rate=2e-3, **params)
    assert_same_training(models, 200 if dtype == "float64" else 50, dtype, falls=False)
    for model in models:
        curves = models[0].generator_loss_curve_, model.generator_loss_curve_
        np.testing.assert_allclose(*curves, rtol=0, atol=BOUND[dtype])
    labels = y[:20] if "conditional" in params else None
    models[0].sample(2, None if labels is None else labels[:2])
    draws = [m.sample(20, labels, random_state=1) for m in models]
    for draw in draws:
        assert draw.shape == (20, *X.shape[1:])
        np.testing.assert_allclose(
            draw, draws[0], rtol=0, atol=1e-8 if dtype == "float64" else 1e-3
        )
    seen = [m.discriminate(X, y if labels is not None else None) for m in models]
    for values in seen:
        np.testing.assert_allclose(values, seen[0], rtol=0, atol=1e-3)
    models[1].save(tmp_path / "gan")
    for model in models:
        loaded = type(model).load(tmp_path / "gan")
        np.testing.assert_allclose(loaded.sample(20, labels, random_state=1), draws[1], atol=1e-5)

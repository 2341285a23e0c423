"""Our networks against the same ones written by hand in PyTorch and Keras, and scikit-learn."""

import keras
import numpy as np
import pytest
import torch
from torch import nn

from medai_course.scratch.mlp import MLPClassifier, MLPRegressor
from tests.test_parity_networks import patients

X, Y, SCORE, _ = patients()


def batches(random_state, n, batch_size, epochs, draws):
    """The minibatches that our loop makes after ``draws(rng)`` has drawn the weights."""
    rng = np.random.default_rng(random_state)
    draws(rng)
    for _ in range(epochs):
        order = rng.permutation(n)
        yield from (order[i : i + batch_size] for i in range(0, n, batch_size))


def test_mlp_is_torchs_by_hand():
    model = MLPClassifier(hidden=(16,), epochs=70, random_state=3)
    model.input_shape_, model.n_outputs_ = (6,), 3
    start = model._layers(np.random.default_rng(3))
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3)).double()
    with torch.no_grad():
        for ours, theirs in zip(start.layers[::2], net[::2]):
            theirs.weight.copy_(torch.tensor(ours.W.T))
            theirs.bias.copy_(torch.tensor(ours.b))
    optimiser, curve = torch.optim.Adam(net.parameters()), []
    for rows in batches(3, 90, 32, 70, model._layers):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(net(torch.tensor(X[rows])), torch.tensor(Y[rows]))
        loss.backward()
        optimiser.step()
        curve.append(loss.item())
    model.fit(X, Y)
    assert len(curve) == 210
    np.testing.assert_allclose(model.loss_curve_, curve, rtol=0, atol=1e-9)
    proba = torch.softmax(net(torch.tensor(X)), 1).detach()
    np.testing.assert_allclose(model.predict_proba(X), proba, rtol=0, atol=1e-9)


def test_mlp_is_keras_by_hand():
    model = MLPRegressor(
        hidden=(16,),
        activation="tanh",
        epochs=70,
        optimizer="sgd",
        learning_rate=0.01,
        random_state=3,
    )
    model.input_shape_, model.n_outputs_ = (6,), 1
    start = model._layers(np.random.default_rng(3))
    Dense = keras.layers.Dense
    net = keras.Sequential([Dense(16, "tanh", dtype="float64"), Dense(1, dtype="float64")])
    net.build((None, 6))
    net.set_weights([getattr(*slot) for slot in start.arrays().values()])
    net.compile(keras.optimizers.SGD(0.01, momentum=0.9), "mse")
    curve = [
        net.train_on_batch(X[r], SCORE[r, None]) for r in batches(3, 90, 32, 70, model._layers)
    ]
    model.fit(X, SCORE)
    assert len(curve) == 210
    mine = np.array(model.weights_["layers2.W"])
    np.testing.assert_allclose(mine, net.get_weights()[2], rtol=0, atol=1e-6)
    np.testing.assert_allclose(model.predict(X), net.predict(X, verbose=0)[:, 0], atol=1e-5)


def test_a_network_without_hidden_layer_is_scikit_learns_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    y = (X[:, 0] + rng.normal(size=90) > 0).astype(int)  # overlapping: the optimum is finite
    params = {"hidden": (), "batch_size": 90, "epochs": 3000, "learning_rate": 0.05}
    model = MLPClassifier(schedule="cosine", random_state=0, **params).fit(X, y)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), theirs.predict_proba(X), atol=1e-5)


def test_a_network_without_hidden_layer_is_least_squares():
    params = {"hidden": (), "batch_size": 90, "epochs": 2000, "learning_rate": 0.05}
    model = MLPRegressor(schedule="cosine", random_state=0, **params).fit(X, SCORE)
    beta = np.linalg.lstsq(np.column_stack([X, np.ones(90)]), SCORE)[0]
    W, b = model.weights_.values()
    np.testing.assert_allclose(np.append(W, b), beta, atol=1e-6)
    assert model.loss_curve_[-1] == pytest.approx(np.mean((model.predict(X) - SCORE) ** 2))

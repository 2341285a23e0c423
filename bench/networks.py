"""Training networks: ours in NumPy against the same network written by hand in PyTorch.

Both train the same network on the same data with Adam, in float32, on one thread, in turn in one
process; what is compared is the time of the whole training.  ``--frameworks`` adds our PyTorch and
TensorFlow classes, and for classifiers the same network by hand in Keras with a compiled step;
``--only cnn gan`` picks workloads.  Run with ``OMP_NUM_THREADS=1``.
"""

import argparse
import importlib
import os
from itertools import pairwise

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import torch
from timing import race, show
from torch import nn

PEER = "torch by hand"
BCE = nn.functional.binary_cross_entropy_with_logits


def pictures(n, seed=0):
    """28 x 28 images of ten classes: a blob whose place depends on the class, in noise."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 10, n)
    grid = np.arange(28)
    centre = np.array([[6 + 5 * (k % 4), 6 + 8 * (k // 4)] for k in range(10)])[y]
    centre = centre + rng.normal(0, 1, (n, 2))
    blob = [np.exp(-((grid - c[:, None]) ** 2) / 12) for c in centre.T]
    X = blob[0][:, :, None] * blob[1][:, None] + rng.normal(0, 0.4, (n, 28, 28))
    return X[..., None].astype("float32"), y


def courses(n, T, D, seed=0):
    """Random walks; the class is whether the first measurement rises from the middle on."""
    X = np.cumsum(np.random.default_rng(seed).normal(0, 0.3, (n, T, D)), 1).astype("float32")
    return X, (X[:, -1, 0] > X[:, T // 2, 0]).astype(int)


def by_hand(net, loss, X, y, epochs, batch_size):
    """The plainest loop in PyTorch; returns the trained network."""
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    optimiser = torch.optim.Adam(net.parameters())
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).split(batch_size):
            optimiser.zero_grad()
            loss(net(X[rows]), y[rows]).backward()
            optimiser.step()
    return net


def keras_by_hand(layers, X, y, epochs, batch_size):
    """The same loop in TensorFlow, its step compiled; ``layers(keras.layers)`` is the network."""
    import keras
    import tensorflow as tf

    net = keras.Sequential([keras.Input(X.shape[1:]), *layers(keras.layers)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimiser = keras.optimizers.Adam()
    optimiser.build(net.trainable_variables)
    X, y = tf.constant(X), tf.constant(y)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])
    def step(rows):
        with tf.GradientTape() as tape:
            found = loss(tf.gather(y, rows), net(tf.gather(X, rows), training=True))
        optimiser.apply_gradients(
            zip(tape.gradient(found, net.trainable_variables), net.trainable_variables)
        )

    for _ in range(epochs):
        order = tf.random.shuffle(tf.range(len(X), dtype=tf.int64))
        for start in range(0, len(X), batch_size):
            step(order[start : start + batch_size])
    return net


class LastState(nn.Module):
    def __init__(self, cell, hidden, n_out):
        super().__init__()
        self.cell, self.out = cell, nn.Linear(hidden, n_out)

    def forward(self, x):
        return self.out(self.cell(x)[0][:, -1])


def gan_by_hand(X, steps, batch_size):
    G = nn.Sequential(nn.Linear(32, 128), nn.ReLU(), nn.Linear(128, 784))
    D = nn.Sequential(nn.Linear(784, 128), nn.LeakyReLU(0.2), nn.Linear(128, 1))
    for layer in [*G, *D]:
        if isinstance(layer, nn.Linear):  # the same start as ours: what it learns depends on it
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    move = [torch.optim.Adam(p.parameters(), 1e-3, (0.5, 0.999)) for p in (G, D)]
    X, one = torch.from_numpy(X), torch.ones(batch_size, 1)
    for _ in range(steps):
        x = X[torch.randint(len(X), (batch_size,))]
        fake = G(torch.randn(batch_size, 32))
        move[1].zero_grad()
        (BCE(D(x), one) + BCE(D(fake.detach()), 0 * one)).backward()
        move[1].step()
        move[0].zero_grad()
        BCE(D(fake), one).backward()
        move[0].step()
    return G


def classifier(file, name, net, layers, train, test, epochs, batch_size, **params):
    """(peer, ours, quality, peer in Keras) of one classification."""

    def keras_peer():
        found = keras_by_hand(layers, *train, epochs, batch_size)(test[0]).numpy()
        return float((found.argmax(1) == test[1]).mean())

    def peer():
        made = by_hand(net(), nn.functional.cross_entropy, *train, epochs, batch_size)
        with torch.no_grad():
            return float((made(torch.from_numpy(test[0])).argmax(1).numpy() == test[1]).mean())

    def ours(backend):
        cls = getattr(importlib.import_module(f"medai_course.{backend}.{file}"), name)
        return lambda seed=0: (
            cls(epochs=epochs, batch_size=batch_size, random_state=seed, **params)
            .fit(*train)
            .score(*test)
        )

    return peer, ours, "accuracy {:.3f}", keras_peer


def mlp():
    (X, y), (Xt, yt) = pictures(20_000), pictures(2_000, 1)
    flat = lambda X: X.reshape(len(X), -1)
    net = lambda: nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )
    layers = lambda K: [K.Dense(256, "relu"), K.Dense(128, "relu"), K.Dense(10)]
    data = (flat(X), y), (flat(Xt), yt)
    return classifier("mlp", "MLPClassifier", net, layers, *data, 2, 128, hidden=(256, 128))


def cnn():
    class First(nn.Module):
        def forward(self, x):
            return x.permute(0, 3, 1, 2)

    net = lambda: nn.Sequential(
        First(),
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1568, 10),
    )

    def layers(K):
        conv = lambda n: (K.Conv2D(n, 3, padding="same", activation="relu"), K.MaxPooling2D())
        return [*conv(16), *conv(32), K.Flatten(), K.Dense(10)]

    data = pictures(5_000), pictures(1_000, 1)
    return classifier("cnn", "CNNClassifier", net, layers, *data, 1, 64)


def recurrent(cell, hidden, n, T, D, epochs):
    made = {"lstm": nn.LSTM, "rnn": nn.RNN, "gru": nn.GRU}[cell]
    net = lambda: LastState(made(D, hidden, batch_first=True), hidden, 2)
    kinds = {"lstm": "LSTM", "rnn": "SimpleRNN", "gru": "GRU"}
    layers = lambda K: [getattr(K, kinds[cell])(hidden), K.Dense(2)]
    data = courses(n, T, D), courses(500, T, D, 1)
    params = {"cell": cell, "hidden": hidden}
    return classifier("rnn", "RNNClassifier", net, layers, *data, epochs, 32, **params)


def autoencoder():
    X = pictures(10_000)[0].reshape(-1, 784)
    widths = [784, 128, 32, 128, 784]

    def net():
        a, b, c, d = (nn.Linear(i, o) for i, o in pairwise(widths))
        return nn.Sequential(a, nn.ReLU(), b, c, nn.ReLU(), d)

    def peer():
        made = by_hand(net(), nn.functional.mse_loss, X, X, 3, 128)
        with torch.no_grad():
            return float(((made(torch.from_numpy(X[:500])).numpy() - X[:500]) ** 2).mean())

    def ours(backend):
        cls = importlib.import_module(f"medai_course.{backend}.autoencoder").Autoencoder
        params = {"hidden": (128,), "n_components": 32, "epochs": 3, "batch_size": 128}
        return lambda seed=0: -cls(random_state=seed, **params).fit(X).score(X[:500])

    return peer, ours, "squared error {:.3f}"


def gan():
    X = pictures(32_000)[0].reshape(-1, 784)

    def peer():
        G = gan_by_hand(X, 500, 64)
        with torch.no_grad():
            return float(abs(G(torch.randn(500, 32)).mean(0).numpy() - X.mean(0)).mean())

    def ours(backend):
        cls = importlib.import_module(f"medai_course.{backend}.gan").GAN
        params = {"n_latent": 32, "hidden": (128,), "epochs": 1, "batch_size": 64}
        fit = lambda seed=0: cls(random_state=seed, **params).fit(X)
        return lambda seed=0: abs(fit(seed).sample(500, random_state=0).mean(0) - X.mean(0)).mean()

    return peer, ours, "mean pixel off by {:.3f}"


WORKLOADS = {
    "mlp": ("MLP 784-256-128-10, 20,000 rows, batch 128, 2 epochs", mlp),
    "cnn": ("CNN conv16-pool-conv32-pool-10, 5,000 images, batch 64, 1 epoch", cnn),
    "lstm": (
        "LSTM 32, 1,000 x 50 x 8, batch 32, 4 epochs",
        lambda: recurrent("lstm", 32, 1000, 50, 8, 4),
    ),
    "lstm128": (
        "LSTM 128, 5,000 x 100 x 16, batch 32, 1 epoch",
        lambda: recurrent("lstm", 128, 5000, 100, 16, 1),
    ),
    "gru": (
        "GRU 32, 1,000 x 50 x 8, batch 32, 4 epochs",
        lambda: recurrent("gru", 32, 1000, 50, 8, 4),
    ),
    "rnn": (
        "RNN 32, 1,000 x 50 x 8, batch 32, 4 epochs",
        lambda: recurrent("rnn", 32, 1000, 50, 8, 4),
    ),
    "autoencoder": ("autoencoder 784-128-32-128-784, 10,000 rows, 3 epochs", autoencoder),
    "gan": ("GAN 32-128-784 against 784-128-1, 500 steps of 64", gan),
}


def run(title, workload, frameworks, repeats):
    peer, ours, words, *keras_peer = workload()
    rivals = {PEER: peer, "ours, NumPy": ours("scratch")}
    if frameworks:
        rivals["ours, PyTorch"] = ours("pytorch")
        rivals |= dict(zip(["Keras by hand"], keras_peer))
        rivals["ours, TensorFlow"] = ours("tensorflow")
    seeds = [words.format(np.mean([ours("scratch")(seed) for seed in range(3)])) + ", three seeds"]
    quality = {name: words.format(rival()) for name, rival in rivals.items()}
    quality["ours, NumPy"] = seeds[0]
    quality[PEER] = words.format(np.mean([peer() for _ in range(3)])) + ", three seeds"
    show(title, race(rivals, repeats), quality, PEER)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=WORKLOADS, default=list(WORKLOADS))
    parser.add_argument("--frameworks", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for key in chosen.only:
        run(*WORKLOADS[key], chosen.frameworks, chosen.repeats)

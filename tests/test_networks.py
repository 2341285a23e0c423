"""What the training loop promises, in every backend."""

import json

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from medai_course.scratch import network
from tests.backends import BACKENDS, module
from tests.test_parity_networks import patients

X, Y, SCORE, GROUPS = patients()


@pytest.fixture(params=BACKENDS)
def MLPClassifier(request):
    return module(request.param, "mlp").MLPClassifier


@pytest.fixture(params=BACKENDS)
def MLPRegressor(request):
    return module(request.param, "mlp").MLPRegressor


def test_it_learns_what_a_line_cannot(MLPClassifier):
    rng = np.random.default_rng(0)
    P = rng.normal(size=(300, 2))
    ring = (np.hypot(*P.T) > 1.1).astype(int)
    model = MLPClassifier(epochs=60, learning_rate=0.02, random_state=0).fit(P[:200], ring[:200])
    assert model.score(P[200:], ring[200:]) > 0.93
    line = MLPClassifier(hidden=(), epochs=60, learning_rate=0.02, random_state=0)
    assert line.fit(P[:200], ring[:200]).score(P[200:], ring[200:]) < 0.8


def test_the_validation_split_never_divides_a_group():
    model = module("scratch", "mlp").MLPClassifier(validation_fraction=0.3)
    for seed in range(30):
        model._rng = np.random.default_rng(seed)
        train, valid = model._split(90, GROUPS)
        assert not set(GROUPS[train]) & set(GROUPS[valid])
        assert sorted([*train, *valid]) == list(range(90))
        assert 0.3 <= len(valid) / 90 < 0.3 + np.bincount(GROUPS).max() / 90
        train, valid = model._split(90, None)
        assert len(valid) == 27 and not set(train) & set(valid)


def test_groups_may_be_names(MLPClassifier):
    names = np.array([f"patient {g}" for g in GROUPS])
    params = {"epochs": 2, "validation_fraction": 0.3, "random_state": 0}
    a, b = (
        MLPClassifier(**params).fit(X, Y, g) for g in (names, np.unique(names, return_inverse=1)[1])
    )
    assert a.validation_curve_ == b.validation_curve_


def test_early_stopping_returns_to_the_best_weights(MLPClassifier):
    model = MLPClassifier(
        hidden=(50,),
        learning_rate=0.05,
        epochs=200,
        validation_fraction=0.3,
        patience=5,
        random_state=1,
    ).fit(X, np.random.default_rng(0).permutation(Y))
    best = int(np.argmin(model.validation_curve_))
    assert model.n_iter_ == len(model.validation_curve_) == best + 6 < 200
    model._rng = np.random.default_rng(1)
    model._layers(model._rng)
    _, valid = model._split(len(X), None)
    P = model.predict_proba(X[valid])
    y = np.random.default_rng(0).permutation(Y)[valid]
    loss = -np.log(P[np.arange(len(y)), y]).mean()
    assert loss == pytest.approx(min(model.validation_curve_), rel=1e-6)


def test_class_weights_move_the_boundary(MLPClassifier):
    y = (SCORE > 1.2).astype(int)
    params = {"epochs": 20, "random_state": 0, "learning_rate": 0.01}
    plain = MLPClassifier(**params).fit(X, y).predict(X).mean()
    balanced = MLPClassifier(class_weight="balanced", **params).fit(X, y).predict(X).mean()
    heavy = MLPClassifier(class_weight={0: 1, 1: 100}, **params).fit(X, y).predict(X).mean()
    assert plain < balanced < heavy


def test_a_warm_start_goes_on_and_a_cold_one_begins_again(MLPClassifier):
    model = MLPClassifier(epochs=5, warm_start=True, random_state=0).fit(X, Y)
    first = model.loss_curve_[:]
    model.fit(X, Y)
    assert model.n_iter_ == 10 and model.loss_curve_[: len(first)] == first
    assert np.mean(model.loss_curve_[-3:]) < np.mean(first[-3:])
    model.set_params(warm_start=False).fit(X, Y)
    assert model.loss_curve_ == first
    with pytest.raises(ValueError, match="warm_start needs the classes of the first fit"):
        model.set_params(warm_start=True).fit(X, Y + 1)


def test_ten_epochs_are_five_and_five_more(MLPClassifier):
    whole = MLPClassifier(epochs=10, random_state=0).fit(X, Y)
    halves = MLPClassifier(epochs=5, warm_start=True, random_state=0).fit(X, Y).fit(X, Y)
    np.testing.assert_allclose(halves.loss_curve_, whole.loss_curve_, rtol=1e-9)


def test_an_interrupted_training_keeps_what_it_learned(MLPClassifier):
    class Interrupted(MLPClassifier):
        def _step(self, *args):
            if len(self.loss_curve_) >= 9:
                raise KeyboardInterrupt
            return super()._step(*args)

    with pytest.warns(UserWarning, match="interrupted: the network keeps what 9 steps taught"):
        model = Interrupted(epochs=50, random_state=0).fit(X, Y)
    whole = MLPClassifier(epochs=3, random_state=0).fit(X, Y)
    assert len(model.loss_curve_) == 9
    np.testing.assert_allclose(model.predict_proba(X), whole.predict_proba(X), atol=1e-12)


def test_the_last_short_batch_is_kept(MLPClassifier):
    assert len(MLPClassifier(epochs=2, batch_size=40).fit(X, Y).loss_curve_) == 6
    assert len(MLPClassifier(epochs=2, batch_size=1000).fit(X, Y).loss_curve_) == 2


def test_seeds_are_heard_zero_too_and_the_world_s_generator_is_left_alone(MLPClassifier):
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    fits = [
        MLPClassifier(epochs=1, random_state=s).fit(X, Y).loss_curve_ for s in (0, 0, 1, None, None)
    ]
    assert fits[0] == fits[1] != fits[2]
    assert fits[3] != fits[4]
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_dropout_is_off_in_prediction(MLPClassifier):
    model = MLPClassifier(dropout=0.5, epochs=2, random_state=0).fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(X))


def test_decay_shrinks_matrices_and_leaves_biases_alone(MLPRegressor):
    for optimizer in ("adam", "adamw", "sgd"):
        model = MLPRegressor(
            hidden=(), epochs=400, optimizer=optimizer, weight_decay=100, learning_rate=5e-3,
            random_state=0, batch_size=100,
        )  # fmt: skip
        model.fit(X, SCORE + 5)
        W, b = model.weights_.values()
        assert abs(W).max() < 0.05
        free = MLPRegressor(**{**model.get_params(), "weight_decay": 0.0}).fit(X, SCORE + 5)
        assert b == pytest.approx(list(free.weights_.values())[1], rel=0.1)
        assert b > 0.3


def test_precision_follows_the_data(MLPClassifier):
    single = MLPClassifier(epochs=1).fit(X.astype("float32"), Y)
    assert single.predict_proba(X).dtype == np.float32
    assert MLPClassifier(epochs=1).fit(X, Y).predict_proba(X.astype("float32")).dtype == np.float64
    assert MLPClassifier(epochs=1, dtype="float32").fit(X, Y).dtype_ == "float32"


def test_a_progress_bar_is_shown_when_asked_for(MLPClassifier, capsys):
    MLPClassifier(epochs=2).fit(X, Y)
    assert "epoch" not in capsys.readouterr().err
    MLPClassifier(epochs=2, progress=True).fit(X, Y)
    assert "2/2" in capsys.readouterr().err


def test_text_labels(MLPClassifier, tmp_path):
    y = np.array(["benign", "malignant", "unsure"])[Y]
    model = MLPClassifier(epochs=2, class_weight={"benign": 1, "malignant": 5, "unsure": 1}).fit(
        X, y
    )
    assert set(model.predict(X)) <= set(y)
    model.save(tmp_path / "net")
    loaded = MLPClassifier.load(tmp_path / "net")
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert loaded.get_params() == model.get_params()


def test_a_loaded_network_goes_on_learning(MLPClassifier, tmp_path):
    MLPClassifier(epochs=3, warm_start=True, random_state=0).fit(X, Y).save(tmp_path / "net")
    model = MLPClassifier.load(tmp_path / "net")
    before = model.loss_curve_[:]
    model.fit(X, Y)
    assert model.n_iter_ == 6
    assert np.mean(model.loss_curve_[-3:]) < np.mean(before[-3:])


def test_files_that_are_no_networks(MLPClassifier, MLPRegressor, tmp_path):
    path = tmp_path / "net"
    with pytest.raises(FileNotFoundError, match="there is no file"):
        MLPClassifier.load(path)
    path.write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(ValueError, match="damaged, or not a file that save wrote"):
        MLPClassifier.load(path)
    MLPRegressor(epochs=1).fit(X, SCORE).save(path)
    with pytest.raises(ValueError, match="holds a MLPRegressor, not a MLPClassifier"):
        MLPClassifier.load(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-8])
    with pytest.raises(ValueError, match="damaged"):
        MLPRegressor.load(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_saved_network_is_plain_json_and_numbers(MLPClassifier, tmp_path):
    from safetensors import safe_open

    MLPClassifier(epochs=1).fit(X, Y).save(tmp_path / "net")
    with safe_open(tmp_path / "net", framework="numpy") as file:
        assert set(file.keys()) == {"layers0.W", "layers0.b", "layers2.W", "layers2.b"}
        assert json.loads(file.metadata()["params"])["epochs"] == 1


@pytest.mark.parametrize(
    "params, words",
    [
        ({"epochs": 0}, "epochs must be a finite number > 0, got 0"),
        ({"batch_size": -1}, "batch_size must be"),
        ({"learning_rate": np.inf}, "learning_rate must be"),
        ({"schedule": "up"}, "schedule must be one of 'constant'"),
        ({"optimizer": "lbfgs"}, "optimizer must be one of 'sgd', 'adam', 'adamw', got 'lbfgs'"),
        ({"weight_decay": -1}, "weight_decay must be a finite number ≥ 0"),
        ({"clip_norm": 0}, "clip_norm must be"),
        ({"validation_fraction": 1.0}, "validation_fraction must be < 1, got 1.0"),
        ({"patience": 3}, "patience needs rows to watch: set validation_fraction"),
        ({"dtype": "float16"}, "dtype must be one of 'auto', 'float32', 'float64', got 'float16'"),
        ({"hidden": 64}, r"hidden must be a tuple of widths such as \(64, 32\), got 64"),
        ({"hidden": (0,)}, "each width in hidden must be a finite number > 0, got 0"),
        ({"activation": "swish"}, "activation must be one of 'relu'"),
        ({"dropout": 1.0}, "dropout must be < 1"),
        ({"learning_rate": 1e200, "optimizer": "sgd"}, "the loss is no longer a number in epoch"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_parameters(MLPRegressor, params, words):
    with pytest.raises(ValueError, match=words):
        MLPRegressor(**params).fit(X, SCORE)


def test_bad_data(MLPClassifier):
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="Input X contains"):
            MLPClassifier().fit(np.where(X > 1, bad, X), Y)
    with pytest.raises(ValueError, match="one class only"):
        MLPClassifier().fit(X, np.zeros(90))
    with pytest.raises(ValueError, match="groups has 3 entries for 90 rows"):
        MLPClassifier(validation_fraction=0.1).fit(X, Y, [0, 1, 2])
    with pytest.raises(ValueError, match="of 1 groups leaves none to train on"):
        MLPClassifier(validation_fraction=0.1).fit(X, Y, np.zeros(90))
    with pytest.raises(NotFittedError):
        MLPClassifier().predict(X)
    with pytest.raises(NotFittedError):
        MLPClassifier().save("nowhere")
    assert not hasattr(MLPClassifier(), "weights_")


def test_there_is_one_training_loop():
    for backend in BACKENDS:
        for name in ("_train", "_epoch", "_split", "_validate", "_output"):
            cls = module(backend, "mlp").MLPClassifier
            assert getattr(cls, name) is getattr(network.NeuralNet, name)

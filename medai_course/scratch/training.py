"""The settings that all networks share: their defaults, their meaning, their checks."""

from dataclasses import dataclass

from .base import Estimator, check_choice, check_positive
from .optimisers import OPTIMISERS, SCHEDULES

TRAINING = """epochs : int ≥ 1
        How often all rows are seen.
    batch_size : int ≥ 1
        Rows in a step; the last, shorter batch is kept.
    learning_rate : float > 0
        Size of a step, before ``schedule``.
    schedule : {"constant", "linear", "cosine"}
        How the learning rate falls to 0 over the training.
    optimizer : {"adam", "adamw", "sgd"}
        "sgd" has a momentum of 0.9.
    weight_decay : float ≥ 0
        Shrinks weight matrices, never biases; "adamw" takes it from the weights themselves.
    clip_norm : float > 0, optional
        Largest norm of a gradient; longer ones are shortened.
    validation_fraction : float in [0, 1)
        Share of the rows kept apart to watch the loss; whole groups where ``fit`` gets ``groups``.
    patience : int ≥ 1, optional
        Stop after so many epochs without a better validation loss, and return to the best weights.
    dtype : {"auto", "float32", "float64"}
        Precision; "auto" is float32 for float32 inputs and float64 for all others.
    warm_start : bool
        A further ``fit`` goes on from the weights that are there.
    progress : bool
        Show a progress bar.
    random_state : int, optional
        Seed of weights, minibatches, dropout and noise."""

LEARNED = """weights_ : dict of ndarray
        Every weight by its name, channels last, in the same layout in all backends.
    loss_curve_ : list of float
        The training loss of each step.
    validation_curve_ : list of float
        The validation loss after each epoch; empty without ``validation_fraction``.
    n_iter_ : int
        Epochs done.
    n_features_in_ : int
        Length of the second axis of ``X`` in ``fit``."""


@dataclass(eq=False, repr=False, kw_only=True)
class Training(Estimator):
    """How a network is trained."""

    _shared_docs = (("training", TRAINING), ("learned", LEARNED))

    epochs: int = 50
    batch_size: int = 32
    learning_rate: float = 1e-3
    schedule: str = "constant"
    optimizer: str = "adam"
    weight_decay: float = 0.0
    clip_norm: float | None = None
    validation_fraction: float = 0.0
    patience: int | None = None
    dtype: str = "auto"
    warm_start: bool = False
    progress: bool = False
    random_state: int | None = None

    def _check_params(self):
        for name in ("epochs", "batch_size", "learning_rate"):
            check_positive(name, getattr(self, name))
        for name in ("clip_norm", "patience"):
            if getattr(self, name) is not None:
                check_positive(name, getattr(self, name))
        check_positive("weight_decay", self.weight_decay, zero=True)
        check_positive("validation_fraction", self.validation_fraction, zero=True)
        if self.validation_fraction >= 1:
            raise ValueError(f"validation_fraction must be < 1, got {self.validation_fraction!r}")
        if self.patience is not None and self.validation_fraction == 0:
            raise ValueError("patience needs rows to watch: set validation_fraction, say to 0.2")
        check_choice("optimizer", self.optimizer, tuple(OPTIMISERS))
        check_choice("schedule", self.schedule, SCHEDULES)
        check_choice("dtype", self.dtype, ("auto", "float32", "float64"))

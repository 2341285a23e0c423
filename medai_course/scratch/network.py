"""The only training loop of the course, and what every network shares around it.

A network's class says what its layers are (``_layers``) and how far an output is from its target
(``_loss``).  Everything else, minibatches, the validation split, early stopping, saving, is here,
once, in NumPy.  The frameworks' mixins rewrite the verbs at the end of ``NeuralNet``.
"""

import warnings
from abc import ABC, abstractmethod

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data
from tqdm.auto import tqdm

from . import layers
from .optimisers import OPTIMISERS, scheduled
from .storage import Kept
from .training import Training


class NeuralNet(Kept, Training, ABC):
    """What every network can do; its settings are in ``training.py``."""

    # ---- what a network's class says ----

    @abstractmethod
    def _layers(self, rng):
        """The layers, their weights drawn from ``rng``."""

    def _inputs(self, X):
        """What the network reads, as a tuple of arrays: here the rows themselves."""
        return (X,)

    # ---- the loop ----

    def _train(self, X, target, weight=None, groups=None):
        """Learn from arrays that are checked: all the rows of ``X`` and of ``target``."""
        if not (self.warm_start and hasattr(self, "_net")):
            self._build(np.random.default_rng(self.random_state))
        training, validation = self._split(len(X), groups)
        data = self._carry(X, target, weight)
        total, best = self.epochs * -(-len(training) // self.batch_size), _Best(self.patience)
        try:
            for epoch in tqdm(range(self.epochs), disable=not self.progress, unit="epoch"):
                self._epoch(data, training, epoch * total // self.epochs, total)
                self.n_iter_ += 1
                if validation is not None:
                    self.validation_curve_.append(self._validate(data, validation))
                    if best.seen(self.validation_curve_[-1], self._get_weights):
                        break
        except KeyboardInterrupt:
            steps = len(self.loss_curve_)
            warnings.warn(f"interrupted: the network keeps what {steps} steps taught", stacklevel=3)
        if best.weights is not None:
            self._set_weights(best.weights)
        return self

    def _epoch(self, data, rows, done, total):
        """One pass over ``rows`` in a new order; the losses come home together, at its end."""
        order, found = self._to_backend(self._rng.permutation(rows)), []
        try:
            for start in range(0, len(rows), self.batch_size):
                batch = self._minibatch(data, order[start : start + self.batch_size])
                rate = self.learning_rate * scheduled(self.schedule, (done + len(found)) / total)
                found.append(self._step(*batch, rate))
        finally:
            self._note(found)
        if not np.isfinite(self.loss_curve_[-len(found) :]).all():
            raise ValueError(
                f"the loss is no longer a number in epoch {self.n_iter_ + 1}; scale the columns of "
                f"X, lower learning_rate={self.learning_rate:g}, or set clip_norm=1"
            )

    def _note(self, losses):
        """Write down the losses of an epoch's steps."""
        self.loss_curve_.extend(float(loss) for loss in losses)

    def _minibatch(self, data, index):
        """The rows at ``index``: (inputs, target, weight)."""
        inputs, target, weight = data
        picked = tuple(self._take(a, index) for a in inputs)
        return (
            picked,
            self._take(target, index),
            weight if weight is None else self._take(weight, index),
        )

    def _carry(self, X, target, weight=None):
        """Everything over the border, once."""
        inputs = tuple(self._to_backend(a) for a in self._inputs(X))
        weight = None if weight is None else self._to_backend(weight.astype(self.dtype_))
        return inputs, inputs[0] if target is X else self._to_backend(target), weight

    def _split(self, n, groups):
        """Rows for training and for validation: no group (patient) is in both."""
        if self.validation_fraction == 0:
            return np.arange(n), None
        groups = np.arange(n) if groups is None else np.unique(groups, return_inverse=True)[1]
        if len(groups) != n:
            raise ValueError(f"groups has {len(groups)} entries for {n} rows; give one for each")
        names = self._rng.permutation(groups.max() + 1)
        sizes = np.cumsum(np.bincount(groups)[names])
        count = 1 + np.searchsorted(sizes, self.validation_fraction * n)
        if count >= len(names):
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of {len(names)} groups leaves "
                "none to train on; lower it, or give more groups"
            )
        kept_apart = np.isin(groups, names[:count])
        return np.flatnonzero(~kept_apart), np.flatnonzero(kept_apart)

    def _validate(self, data, rows):
        """The mean loss of the rows kept apart, weighted as in training."""
        losses_, sizes = [], []
        for start in range(0, len(rows), 1024):
            index = self._to_backend(rows[start : start + 1024])
            batch = NeuralNet._minibatch(self, data, index)
            losses_.append(float(self._evaluate(*batch)))
            weight = batch[2]
            sizes.append(len(index) if weight is None else self._to_numpy(weight).sum())
        return float(np.average(losses_, weights=sizes))

    def _output(self, X, verb=None):
        """The network's output for checked rows ``X``, an ndarray, in inference mode."""
        verb, found = verb or self._forward, []
        for start in range(0, len(X), 1024):
            block = self._inputs(X[start : start + 1024])
            found.append(self._to_numpy(verb(*(self._to_backend(a) for a in block))))
        return np.concatenate(found)

    # ---- checks ----

    def _check_X(self, X, y="no_validation", reset=False, **kwargs):
        """Finite rows in the precision of the network, with the shape that ``fit`` saw."""
        if reset:
            self._check_params()
            before = getattr(self, "input_shape_", None) if self.warm_start else None
            dtype = [np.float64, np.float32] if self.dtype == "auto" else self.dtype
        else:
            check_is_fitted(self)
            before, dtype = self.input_shape_, self.dtype_
        checked = validate_data(self, X, y, reset=reset, dtype=dtype, **kwargs)
        X, y = checked if isinstance(checked, tuple) else (checked, None)
        X = self._shape(X)
        if before is not None and X.shape[1:] != tuple(before):
            raise ValueError(f"rows of X have the shape {X.shape[1:]}, fit saw {tuple(before)}")
        if reset:
            self.input_shape_, self.dtype_ = X.shape[1:], str(X.dtype)
        return X if y is None else (X, y)

    def _shape(self, X):
        """The rows in the shape that the network reads."""
        return X

    # ---- making ----

    beta1 = 0.9  # Adam's memory of the mean gradient

    def _build(self, rng):
        """Layers with new weights, empty curves."""
        self._rng, net = rng, self._layers(rng)
        self._names = list(net.arrays())
        self._start(net)
        self.loss_curve_, self.validation_curve_, self.n_iter_ = [], [], 0

    def _rebuild(self, weights):
        """Layers with these weights; the curves and the generator stay as they are."""
        net = self._layers(np.random.default_rng(0))
        self._names = list(net.arrays())
        self._start(net)
        self._set_weights(weights)

    def _optimiser_for(self, theta, grad, decayed):
        rule = OPTIMISERS[self.optimizer]
        optimiser = rule(theta, grad, decayed, self.weight_decay, self.clip_norm)
        optimiser.b1 = self.beta1
        return optimiser

    # ---- the verbs, rewritten in each framework ----

    def _start(self, net):
        """theta, the weights of ``net`` in one vector, and the rule by which they move."""
        net.begin()
        theta, grad, decayed = layers.flatten(net, self.dtype_)
        self._net, self._optimiser = net, self._optimiser_for(theta, grad, decayed)

    def _take(self, array, index):
        """array[index]."""
        return array[index]

    def _step(self, inputs, target, weight, rate):
        """loss = L(net(x), y);  theta = theta - rate * rule(dL/dtheta)."""
        output, back = self._net.train()(*inputs)
        loss, d_output = self._loss(output, target, weight)
        back(d_output)
        self._optimiser.step(rate)
        return loss

    def _forward(self, *inputs):
        """net(x), in inference mode."""
        return self._net.train(False)(*inputs)[0]

    def _evaluate(self, inputs, target, weight):
        """L(net(x), y), in inference mode."""
        return self._loss(self._forward(*inputs), target, weight)[0]

    def _get_weights(self):
        """Every weight, then every running mean, copied."""
        return [getattr(*slot).copy() for slot in self._net.arrays().values()]

    def _set_weights(self, weights):
        """W = value, for each weight in the order of ``_get_weights``."""
        for slot, value in zip(self._net.arrays().values(), weights):
            getattr(*slot)[...] = value


class _Best:
    """The best validation loss so far, its weights, and how long ago it was."""

    def __init__(self, patience):
        self.patience, self.loss, self.weights, self.waited = patience, np.inf, None, 0

    def seen(self, loss, get_weights):
        """Note ``loss``; True when nothing better has come for ``patience`` epochs."""
        if self.patience is None:
            return False
        if loss < self.loss:
            self.loss, self.weights, self.waited = loss, get_weights(), 0
        else:
            self.waited += 1
        return self.waited >= self.patience

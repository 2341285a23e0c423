"""A trained network as one file: weights as safetensors, settings as JSON in its header.

No pickle: a file from a stranger can be wrong, but it cannot run a program.
"""

import json
import os
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from sklearn.utils.validation import check_is_fitted


class Kept:
    """What a network needs to be saved, loaded, pickled and copied: its weights as ndarrays."""

    _not_pickled = ("_optimiser",)

    @property
    def weights_(self):
        """{name: ndarray} of every weight and running mean; a copy."""
        if not hasattr(self, "_net"):
            raise AttributeError("no weights yet: call fit first")
        return dict(zip(self._names, self._get_weights()))

    def save(self, path):
        """Write weights and settings to ``path``, in the safetensors format."""
        check_is_fitted(self)
        save(self, path)

    @classmethod
    def load(cls, path):
        """The network that ``save`` of any backend wrote to ``path``, in this backend."""
        return load(cls, path)

    def __getstate__(self):
        state = dict(super().__getstate__())
        if state.pop("_net", None) is not None:
            state["_kept"] = self._get_weights()
        for name in self._not_pickled:
            state.pop(name, None)
        return state

    def __setstate__(self, state):
        kept = state.pop("_kept", None)
        super().__setstate__(state)
        if kept is not None:
            self._rebuild(kept)


def save(model, path):
    """Write ``model`` to ``path``, whole or not at all."""
    path = Path(path)
    learned = {k: v for k, v in vars(model).items() if k.endswith("_") or k == "_columns"}
    header = {
        "class": type(model).__name__,
        "params": json.dumps({k: _pack(v) for k, v in model.get_params(deep=False).items()}),
        "learned": json.dumps({k: _pack(v) for k, v in learned.items()}),
    }
    part = path.with_name(path.name + ".part")
    save_file({k: np.ascontiguousarray(v) for k, v in model.weights_.items()}, part, header)
    os.replace(part, path)


def load(cls, path):
    """An instance of ``cls`` with the settings and the weights in the file ``path``."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}; give the path that save wrote")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            weights = {key: file.get_tensor(key) for key in file.keys()}
    except SafetensorError as error:
        raise ValueError(f"{str(path)!r} is damaged, or not a file that save wrote") from error
    if header.get("class") != cls.__name__:
        raise ValueError(f"{str(path)!r} holds a {header.get('class')}, not a {cls.__name__}")
    params, learned = (json.loads(header[key]) for key in ("params", "learned"))
    model = cls(**{key: _unpack(value) for key, value in params.items()})
    vars(model).update({key: _unpack(value) for key, value in learned.items()})
    model._rng = np.random.default_rng(model.random_state)
    expected = list(model._layers(np.random.default_rng(0)).arrays())
    if set(expected) != set(weights):
        raise ValueError(f"{str(path)!r} lacks weights of its network; save it again")
    model._rebuild([weights[key] for key in expected])
    return model


def _pack(value):
    """JSON that remembers tuples, arrays and dictionaries whose keys are not words."""
    if isinstance(value, np.ndarray):
        kind = "str" if value.dtype.kind in "OU" else str(value.dtype)
        return {"array": value.tolist(), "dtype": kind}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (tuple, list)):
        return {type(value).__name__: [_pack(v) for v in value]}
    if isinstance(value, dict):
        return {"dict": [[_pack(k), _pack(v)] for k, v in value.items()]}
    return value if value is None or isinstance(value, (bool, int, float, str)) else None


def _unpack(value):
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], value["dtype"])
    if "dict" in value:
        return {_unpack(k): _unpack(v) for k, v in value["dict"]}
    (kind, items), *_ = value.items()
    return (tuple if kind == "tuple" else list)(map(_unpack, items))

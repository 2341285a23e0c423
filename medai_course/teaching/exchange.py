"""Plain values as bytes and back, for talking to a process that is not trusted.

Numbers, text, None, lists, tuples, dictionaries and arrays travel; nothing else does.  Reading runs
no code of the sender, which pickle would.
"""

from __future__ import annotations

import base64
import json
import struct
from typing import Any, BinaryIO

import numpy as np

MAX_BYTES = 16_000_000
KINDS = "biufcU"  # kinds of array that travel: bool, integers, floats, complex, text


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Write ``message``, preceded by its length.

    Raises ValueError where the message is longer than ``MAX_BYTES``.
    """
    body = json.dumps(message).encode()
    if len(body) > MAX_BYTES:
        raise ValueError(f"a value of {len(body) / 1e6:.0f} MB is too large to be checked")
    stream.write(struct.pack("<I", len(body)) + body)
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any]:
    """Read the next message.

    Raises EOFError where the sender has gone, ValueError where what it sent cannot be read.
    """
    header = stream.read(4)
    if len(header) < 4:
        raise EOFError("the sender closed the line")
    (length,) = struct.unpack("<I", header)
    if length > MAX_BYTES:
        raise ValueError("the message is too large")
    body = stream.read(length)
    if len(body) < length:
        raise EOFError("the sender closed the line in the middle of a message")
    try:
        message = json.loads(body)
    except RecursionError:
        raise ValueError("the message is nested too deeply") from None
    if not isinstance(message, dict):
        raise ValueError("the message is not a dictionary")
    return message


def pack(value: Any) -> Any:
    """``value`` in a form that JSON can carry.

    Arrays, and whatever NumPy can turn into one of numbers or text (a pandas Series, a tensor),
    arrive as arrays.  Raises ValueError for anything else.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, complex) or isinstance(value, np.ndarray | np.generic):
        return _pack_array(np.asarray(value), scalar=not isinstance(value, np.ndarray))
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {"kind": kind, "items": [pack(item) for item in value]}
    if isinstance(value, dict):
        return {"kind": "dict", "items": [[pack(k), pack(v)] for k, v in value.items()]}
    if hasattr(value, "__array__"):
        return _pack_array(np.asarray(value), scalar=False)
    raise ValueError(
        f"a {type(value).__name__} cannot be checked: use numbers, text, lists, tuples, "
        "dictionaries or arrays"
    )


def unpack(packed: Any) -> Any:
    """The value that ``pack`` packed; ValueError where it did not come from ``pack``."""
    if not isinstance(packed, dict):
        return packed
    try:
        if packed["kind"] == "array":
            return _unpack_array(packed)
        if packed["kind"] == "dict":
            return {unpack(k): unpack(v) for k, v in packed["items"]}
        return {"list": list, "tuple": tuple}[packed["kind"]](map(unpack, packed["items"]))
    except (KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(f"the value cannot be read: {error!r}") from None


def _pack_array(array, scalar):
    if array.dtype.kind == "O":
        array = np.asarray(array.tolist())  # a Series of text is an array of objects
    if array.dtype.kind not in KINDS:
        raise ValueError(f"an array of {array.dtype} cannot be checked: use numbers or text")
    return {
        "kind": "array",
        "dtype": array.dtype.str,
        "shape": list(array.shape),
        "data": base64.b64encode(array.tobytes()).decode(),
        "scalar": scalar,
    }


def _unpack_array(packed):
    dtype = np.dtype(str(packed["dtype"]))
    if dtype.kind not in KINDS:
        raise ValueError(f"an array of {dtype} is not accepted")
    array = np.frombuffer(base64.b64decode(packed["data"]), dtype=dtype)
    array = array.reshape([int(n) for n in packed["shape"]]).copy()
    return array[()] if packed["scalar"] else array

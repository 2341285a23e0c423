"""Values between the grader and a student's process: they arrive as they left, or not at all."""

import io

import numpy as np
import pandas as pd
import pytest

from medai_course.teaching import exchange


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, -2.5, "text", [1, [2]], (1, "a"), {"k": (1, None), 2: [3.0]}, 1 + 2j,
        np.arange(6).reshape(2, 3), np.array(["a", "bc"]), np.array([True, False]),
        np.zeros((0, 3)), np.array([[1.5, np.nan], [np.inf, -0.0]])[:, ::-1],
    ],
    ids=str,
)  # fmt: skip
def test_values_arrive_as_they_left(value):
    stream = io.BytesIO()
    exchange.send(stream, {"value": exchange.pack(value)})
    stream.seek(0)
    arrived = exchange.unpack(exchange.receive(stream)["value"])
    assert type(arrived) is type(value) or isinstance(value, complex)
    np.testing.assert_equal(arrived, value)
    assert getattr(arrived, "dtype", None) == getattr(value, "dtype", None) or isinstance(
        value, complex
    )


def test_a_series_arrives_as_an_array_and_a_numpy_number_as_a_number():
    np.testing.assert_array_equal(exchange.unpack(exchange.pack(pd.Series([1.0, 2.0]))), [1, 2])
    np.testing.assert_array_equal(exchange.unpack(exchange.pack(pd.Series(["a", "b"]))), ["a", "b"])
    assert exchange.unpack(exchange.pack(np.float64(2.5))) == 2.5
    assert exchange.unpack(exchange.pack(np.int32(7))) == 7


@pytest.mark.parametrize("value", [object(), {1, 2}, print, np.array([object()]), b"bytes"])
def test_other_values_are_refused(value):
    with pytest.raises(ValueError, match="cannot be checked"):
        exchange.pack(value)


@pytest.mark.parametrize(
    "packed",
    [
        {"kind": "pickle"},
        {"kind": "list"},
        {},
        {"kind": "array", "dtype": "O", "shape": [1], "data": "AAAA", "scalar": False},
        {"kind": "array", "dtype": "<f8", "shape": [9], "data": "AAAA", "scalar": False},
        {"kind": "array", "dtype": "<f8", "shape": [1e999], "data": "", "scalar": False},
        {"kind": "dict", "items": [[{"kind": "list", "items": []}, 1]]},
    ],
)
def test_what_did_not_come_from_pack_is_refused(packed):
    with pytest.raises(ValueError):
        exchange.unpack(packed)


@pytest.mark.parametrize(
    "raw, error",
    [
        (b"", EOFError),
        (b"\x05\x00\x00\x00ab", EOFError),
        (b"\xff\xff\xff\xff", ValueError),
        (b"\x02\x00\x00\x00[]", ValueError),
        (b"\x02\x00\x00\x00{]", ValueError),
        ((10**6).to_bytes(4, "little") + b"[" * 10**6, ValueError),
    ],
)
def test_broken_messages_are_refused(raw, error):
    with pytest.raises(error):
        exchange.receive(io.BytesIO(raw))

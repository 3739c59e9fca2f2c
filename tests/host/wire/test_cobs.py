"""COBS: the published examples, and every byte string there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.wire.cobs import stuff, unstuff

# Cheshire and Baker 1999, and the examples of the Wikipedia article "Consistent Overhead Byte
# Stuffing" without their delimiter.
EXAMPLES = [
    ("", "01"),
    ("00", "01 01"),
    ("00 00", "01 01 01"),
    ("00 11 00", "01 02 11 01"),
    ("11 22 00 33", "03 11 22 02 33"),
    ("11 22 33 44", "05 11 22 33 44"),
    ("11 00 00 00", "02 11 01 01 01"),
]
ONE_TO_254 = bytes(range(1, 255))
LONG = [
    (ONE_TO_254, b"\xff" + ONE_TO_254),
    (b"\0" + ONE_TO_254, b"\x01\xff" + ONE_TO_254),
    (bytes(range(1, 256)), b"\xff" + ONE_TO_254 + b"\x02\xff"),
    (bytes(range(2, 256)) + b"\0", b"\xff" + bytes(range(2, 256)) + b"\x01\x01"),
    (bytes(range(3, 256)) + b"\0\1", b"\xfe" + bytes(range(3, 256)) + b"\x02\x01"),
]


@pytest.mark.parametrize(
    ("data", "stuffed"), [(bytes.fromhex(a), bytes.fromhex(b)) for a, b in EXAMPLES] + LONG
)
def test_published_examples(data: bytes, stuffed: bytes) -> None:
    assert stuff(data) == stuffed
    assert unstuff(stuffed) == data


@given(st.lists(st.integers(0, 3), max_size=20).map(bytes) | st.binary(max_size=700))
def test_round_trip_without_a_zero(data: bytes) -> None:
    stuffed = stuff(data)
    assert 0 not in stuffed
    assert unstuff(stuffed) == data
    assert len(stuffed) <= len(data) + 1 + len(data) // 254


@pytest.mark.parametrize("stuffed", ["00", "02", "05 11 22 33", "03 11 00", "02 11 00", "01 03 22"])
def test_what_cannot_be_stuffed_is_refused(stuffed: str) -> None:
    with pytest.raises(ValueError):
        unstuff(bytes.fromhex(stuffed))

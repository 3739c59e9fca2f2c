"""The CRC is CRC-16/CCITT-FALSE."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fixprop.wire.crc import crc16


def bit_by_bit(data: bytes) -> int:
    """The definition: shift, and subtract the polynomial when a one falls out."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ (0x11021 if crc & 0x8000 else 0)
    return crc


def test_check_value() -> None:
    # "Catalogue of parametrised CRC algorithms" (Cook), CRC-16/IBM-3740 alias CCITT-FALSE.
    assert crc16(b"123456789") == 0x29B1
    assert crc16(b"") == 0xFFFF


@given(st.binary(max_size=80))
def test_agrees_with_the_definition(data: bytes) -> None:
    assert crc16(data) == bit_by_bit(data)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_continues_where_it_stopped(first: bytes, second: bytes) -> None:
    assert crc16(second, crc16(first)) == crc16(first + second)

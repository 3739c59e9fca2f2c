"""CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, not reflected; 0x29B1 for "123456789"."""

from __future__ import annotations

from binascii import crc_hqx

CRC_START = 0xFFFF


def crc16(data: bytes, crc: int = CRC_START) -> int:
    """CRC of `data`; `crc` continues an earlier one. crc_hqx is this polynomial, in C."""
    return crc_hqx(data, crc)

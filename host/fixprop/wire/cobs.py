"""Consistent overhead byte stuffing: bytes without a zero, so that a zero can end a frame.

Cheshire and Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2),
1999. A code byte c stands for c - 1 bytes as they are and then a zero; 0xFF for 254 bytes and no
zero. The zero of the last block is not part of the data.
"""

from __future__ import annotations

_FULL = 0xFF


def stuff(data: bytes) -> bytes:
    """`data` without zeros; one byte longer for up to 253 bytes."""
    stuffed = bytearray()
    blocks = data.split(b"\0")
    for number, block in enumerate(blocks):
        while len(block) >= _FULL - 1:
            stuffed += bytes([_FULL]) + block[: _FULL - 1]
            block = block[_FULL - 1 :]
            if not block and number == len(blocks) - 1:
                return bytes(stuffed)
        stuffed += bytes([len(block) + 1]) + block
    return bytes(stuffed)


def unstuff(stuffed: bytes) -> bytes:
    """The data behind `stuffed`; ValueError where a code byte points past the end or at a zero."""
    data = bytearray()
    at = 0
    while at < len(stuffed):
        code = stuffed[at]
        block = stuffed[at + 1 : at + code]
        if code == 0 or 0 in block:
            raise ValueError("a zero inside a stuffed frame")
        if len(block) != code - 1:
            raise ValueError(f"byte {at} promises {code - 1} bytes, {len(block)} are left")
        data += block
        at += code
        if code != _FULL and at < len(stuffed):
            data.append(0)
    return bytes(data)

"""Payloads to frames and back: a frame is the payload and its CRC, stuffed, and a zero."""

from __future__ import annotations

from fixprop.errors import FixpropError
from fixprop.wire import cobs
from fixprop.wire.crc import crc16
from fixprop.wire.messages import CRC_SIZE, MAX_FRAME
from fixprop.wire.schema import HEADER_SIZE


class Malformed(FixpropError):
    """Bytes that are no frame: bad stuffing, bad length, unknown code."""


class CrcError(FixpropError):
    """A frame whose checksum is wrong."""


def frame_payload(payload: bytes) -> bytes:
    """Payload to frame: CRC, stuffing, delimiter."""
    return cobs.stuff(payload + crc16(payload).to_bytes(CRC_SIZE, "little")) + b"\0"


def unframe(frame: bytes) -> bytes:
    """Frame to payload, with or without the delimiter; raises Malformed or CrcError."""
    stuffed = frame.removesuffix(b"\0")
    if len(stuffed) > MAX_FRAME - 1:
        raise Malformed(f"frame longer than {MAX_FRAME} bytes; is the baud rate right?")
    try:
        data = cobs.unstuff(stuffed)
    except ValueError as error:
        raise Malformed(f"frame with bad stuffing: {error}") from error
    if len(data) < HEADER_SIZE + CRC_SIZE:
        raise Malformed(f"frame of {len(data)} bytes; the least is {HEADER_SIZE + CRC_SIZE}")
    payload, sent = data[:-CRC_SIZE], int.from_bytes(data[-CRC_SIZE:], "little")
    if (computed := crc16(payload)) != sent:
        raise CrcError(f"frame with CRC {sent:#06x}, computed {computed:#06x}")
    return payload

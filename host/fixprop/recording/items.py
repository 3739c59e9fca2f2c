"""What a recording is made of: bytes of either direction, and marks between them."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from fixprop.errors import FixpropError

TRUTH = struct.Struct("<Idd??")  # reading, bearing and range (NaN: away), seen left, seen right
COUNT = struct.Struct("<I")


class Kind(IntEnum):
    """The first byte of an item."""

    IN = 0  # bytes from the board
    OUT = 1  # bytes to the board
    LINK = 2  # JSON: state, text and hello of the line
    LOST = 3  # COUNT: frames that the reader missed; they are missing here too
    DROPPED = 4  # COUNT: events that the recorder itself could not keep up with
    NOTE = 5  # JSON: facts that are known only now
    TRUTH = 6  # where a simulated hand really was at a reading


KINDS = frozenset(int(kind) for kind in Kind)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened; `time_us` since the recording began."""

    time_us: int
    kind: Kind
    data: bytes

    def json(self) -> dict[str, Any]:
        """What a LINK or NOTE says."""
        said: dict[str, Any] = json.loads(self.data)
        return said

    def count(self) -> int:
        """How many, of LOST or DROPPED."""
        return int(COUNT.unpack(self.data)[0])


def json_bytes(said: dict[str, Any]) -> bytes:
    """One way to write each value, so that equal recordings are equal files."""
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def pack_item(item: Item, before_us: int) -> bytes:
    """Kind, time since the item before, length, data; numbers in 7 bits a byte, lowest first."""
    head = bytes([item.kind]) + _number(item.time_us - before_us) + _number(len(item.data))
    return head + item.data


def unpack_items(payload: bytes, start_us: int) -> Iterator[Item]:
    """The items of a block whose first counts from `start_us`; FixpropError if they are none."""
    place, time_us = 0, start_us
    while place < len(payload):
        kind = payload[place]
        if kind not in KINDS:
            raise FixpropError(f"an item of unknown kind {kind}")
        step_us, place = _number_at(payload, place + 1)
        length, place = _number_at(payload, place)
        if length > len(payload) - place:
            raise FixpropError(f"an item of {length} bytes where {len(payload) - place} are left")
        time_us += step_us
        yield Item(time_us, Kind(kind), payload[place : place + length])
        place += length


def _number(value: int) -> bytes:
    digits = bytearray()
    while value >= 128:
        digits.append(value & 127 | 128)
        value >>= 7
    return bytes([*digits, value])


def _number_at(payload: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(payload):
            raise FixpropError("a number without its end")
        digit = payload[place]
        value |= (digit & 127) << shift
        place, shift = place + 1, shift + 7
        if digit < 128:
            return value, place

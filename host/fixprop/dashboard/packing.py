"""Columns of numbers for the page: a JSON header and behind it plain doubles."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

ALIGNMENT = 8


def pack(header: Mapping[str, Any], columns: Mapping[str, ArrayLike]) -> bytes:
    """u32 length of the header; the header, padded to 8 bytes; the columns, little-endian doubles.

    The header gets `columns`: [name, count] of each, in order. static/packing.js takes it apart.
    """
    arrays = {name: np.asarray(values, "<f8") for name, values in columns.items()}
    shapes = [[name, len(array)] for name, array in arrays.items()]
    text = json.dumps({**header, "columns": shapes}, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 4) % ALIGNMENT)
    body = b"".join(array.tobytes() for array in arrays.values())
    return struct.pack("<I", len(text)) + text + body


def unpack(message: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """The inverse of `pack`."""
    (length,) = struct.unpack_from("<I", message)
    header = json.loads(message[4 : 4 + length])
    columns, start = {}, 4 + length
    for name, count in header.pop("columns"):
        columns[name] = np.frombuffer(message, "<f8", count, start)
        start += 8 * count
    return header, columns

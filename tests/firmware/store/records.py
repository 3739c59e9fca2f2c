"""Records to save that differ in every byte."""

from __future__ import annotations

import numpy as np

from tests.firmware.store.native import CONSTANTS, Cells

SLOTS = CONSTANTS["STORE_BYTES"] // (208 + CONSTANTS["STORE_OVERHEAD"])


def record(number: int, size: int = 208) -> bytes:
    """Random bytes; the same for the same number."""
    return bytes(np.random.default_rng(number).integers(0, 256, size, np.uint8))


def saves(cells: Cells, count: int) -> bytes | None:
    """`count` records saved; the last."""
    for number in range(count):
        assert cells.save(record(number))
    return record(count - 1) if count else None

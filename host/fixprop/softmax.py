"""Softmax in integers: one table of the exponential, one division a layer, no number beyond 32 bits.

    exp(-u) = table[u in sixteenths] * (1 - f + f**2 / 2),  f the rest of u, below 1/16

From u = 12 on it rounds to zero, where the table ends.

The parabola is off by f**3 / 6 < 4.1e-5, the largest error there is. All arguments are differences
from the largest net input, so that nothing overflows and the largest exponential is one.
"""

from __future__ import annotations

import numpy as np

from fixprop.formats import Integers

NET_FRACTION = 10
"""Net inputs are Q5.10; their difference from the largest, u, is UQ6.10."""

EXPONENTIALS = 192
EXP_TABLE: Integers = np.minimum(
    np.floor(np.exp(-np.arange(EXPONENTIALS) / 16) * 65536 + 0.5), 65535
).astype(np.int64)
"""exp(-i / 16), UQ0.16; the last is zero."""


def exponential(u: Integers) -> Integers:
    """exp(-u), UQ0.16, for `u` in UQ6.10."""
    rest = (u & 63) << 2  # in units of 2**-12
    parabola = 65535 - (rest << 4) + ((rest * rest) >> 9)  # UQ0.16
    index = np.minimum(u >> 6, EXPONENTIALS - 1)
    return np.asarray((EXP_TABLE[index] * parabola + 0x8000) >> 16)


def softmax(nets: Integers) -> Integers:
    """Outputs Q0.15 [..., neurons] for net inputs Q5.10; each row sums to 1 within `sum_error_lsb`.

    The sum of the exponentials is shortened to 16 bits and inverted once.
    """
    powers = exponential(nets.max(axis=-1, keepdims=True) - nets)
    total = powers.sum(axis=-1, keepdims=True)
    shift = np.zeros_like(total)
    while (total >> shift > 0xFFFF).any():
        shift += total >> shift > 0xFFFF
    reciprocal = 0x7FFFFFFF // (total >> shift)
    shares = (powers * reciprocal) >> 16
    return np.asarray((shares + ((1 << shift) >> 1)) >> shift)


def sum_error_lsb(neurons: int) -> int:
    """How far the outputs of a layer may sum from 1, in units of 2**-15: half a unit each, and 3."""
    return 3 + (neurons + 1) // 2

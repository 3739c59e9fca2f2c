"""The random generator that the chip and the PC share: xorshift32 with the shifts 8, 9, 23.

G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003) lists these shifts among those of
full period 2**32 - 1. An 8-bit CPU moves bytes for free, so each shift costs one bit or none.
"""

from __future__ import annotations

from fixprop.formats import PASS_WEIGHT, WEIGHT

UNIFORM_SHIFT = 15 + PASS_WEIGHT.fraction - WEIGHT.fraction
MASK = 0xFFFFFFFF
DEFAULT_STATE = 0x1D872B41


class Generator:
    """State: 32 bits, never zero. A seed of 0 means DEFAULT_STATE."""

    def __init__(self, seed: int) -> None:
        self.state = seed & MASK or DEFAULT_STATE

    def next(self) -> int:
        """The next 32 bits."""
        x = self.state
        x ^= x << 8 & MASK
        x ^= x >> 9
        x ^= x << 23 & MASK
        self.state = x
        return x

    def below(self, limit: int) -> int:
        """An integer in [0, limit), 1 <= limit <= 65535, from the upper 16 bits."""
        return (self.next() >> 16) * limit >> 16

    def uniform(self, spread: int) -> int:
        """A weight (Q4.19) in [-spread, spread), `spread` in Q4.11: the upper 16 bits, scaled."""
        return ((self.next() >> 16) - 0x8000) * spread >> UNIFORM_SHIFT

"""The number formats, once: every constant of the arithmetic and the rounding that joins them.

A format Qm.f is a two's complement integer whose unit is 2**-f. The C header with the same names
is generated from this module; docs/arithmetic.md says why each format is what it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Integers = NDArray[np.int64]
"""The mirror computes in int64, wide enough that no intermediate value can wrap."""


@dataclass(frozen=True)
class Format:
    """A fixed-point number of `bits` bits, of which `fraction` lie behind the binary point."""

    name: str
    bits: int
    fraction: int
    text: str
    signed: bool = True

    @property
    def low(self) -> int:
        """The smallest integer the format holds."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def high(self) -> int:
        """The largest integer the format holds."""
        return (1 << (self.bits - self.signed)) - 1

    @property
    def unit(self) -> float:
        """The value of the least significant bit."""
        return 2.0**-self.fraction

    @property
    def q(self) -> str:
        """The name in Q notation, sign bit not counted."""
        sign = "" if self.signed else "U"
        return f"{sign}Q{self.bits - self.signed - self.fraction}.{self.fraction}"

    def saturate(self, value: ArrayLike) -> Integers:
        """`value` limited to what the format holds."""
        return np.clip(np.asarray(value, dtype=np.int64), self.low, self.high)

    def from_float(self, value: ArrayLike) -> Integers:
        """Nearest representable number, saturated; ValueError for NaN."""
        real = np.asarray(value, dtype=np.float64)
        if np.isnan(real).any():
            raise ValueError(f"NaN is not a {self.name}")
        scaled = np.floor(np.ldexp(np.clip(real, -1e6, 1e6), self.fraction) + 0.5)
        return self.saturate(scaled.astype(np.int64))

    def to_float(self, value: ArrayLike) -> NDArray[np.float64]:
        """The real numbers that the integers stand for."""
        return np.ldexp(np.asarray(value, dtype=np.float64), -self.fraction)


ACTIVATION = Format("activation", 16, 15, "inputs, outputs of neurons, targets, output errors")
WEIGHT = Format("weight", 24, 19, "what learning accumulates into")
PASS_WEIGHT = Format("pass_weight", 16, 11, "the upper 16 bits of a weight: what both passes see")
SLOPE = Format("slope", 16, 16, "derivative of the activation function", signed=False)
DELTA = Format("delta", 24, 21, "error times slope, one a neuron")
STEP = Format("step", 24, 20, "learning rate times delta, one a neuron")
RATE = Format("rate", 16, 13, "learning rate", signed=False)

MOMENTUM = Format("momentum", 16, 16, "what a change keeps of the one before", signed=False)

FORMATS = (ACTIVATION, WEIGHT, PASS_WEIGHT, SLOPE, DELTA, STEP, RATE, MOMENTUM)

SLOPE_ONE = 1 << SLOPE.fraction
"""A slope of exactly one, one unit above the format: multiplying by it changes nothing."""

RESIDUAL_BITS = WEIGHT.bits - PASS_WEIGHT.bits
SUM_FRACTION = PASS_WEIGHT.fraction + ACTIVATION.fraction
"""A neuron's weighted sum is exact: 40 bits with this many fractional bits."""

OUTPUT_DELTA_SHIFT = ACTIVATION.fraction + SLOPE.fraction - DELTA.fraction
"""Bits dropped from an output's error times its slope."""

STEP_SHIFT = DELTA.fraction + RATE.fraction - STEP.fraction
"""Bits dropped from a delta times the learning rate."""

DELTA_WIDENING = 8 + 8 - PASS_WEIGHT.fraction
"""Bits between a hidden layer's coarse error and its delta; 8 less if the error is not coarse.

A coarse factor lacks 8 bits, the error is rounded by 8 more, and the weight has brought its own."""

SIGNIFICANT = Format("significant", 16, 0, "the 16 bits of a delta or step that are multiplied")
SIGNIFICANT_SHIFT = 8
NO_TARGET = ACTIVATION.low
"""A target of this value says that nothing is known of this output: its error is zero."""

MAX_NEURONS = 254
"""Layer sizes and the distance between rows, one more, are uint8 on the chip."""


def round_shift(value: Integers, shift: int) -> Integers:
    """value / 2**shift to the nearest integer, halves upwards: the only rounding there is."""
    return (value + (1 << (shift - 1))) >> shift if shift else value


def significant(value: Integers, coarse: NDArray[np.bool_]) -> Integers:
    """The int16 factor that stands for a 24-bit value.

    Where `coarse` is false the value itself, which then fits; where it is true, its upper 16 bits,
    rounded. A small number so keeps all its bits, a large one the 8 to 16 that matter.
    """
    upper = SIGNIFICANT.saturate(round_shift(value, SIGNIFICANT_SHIFT))
    return np.where(coarse, upper, value)


def is_coarse(value: Integers) -> NDArray[np.bool_]:
    """True where a 24-bit value needs more than 16 bits."""
    return (value < SIGNIFICANT.low) | (value > SIGNIFICANT.high)

"""One column of somebody's data, and the integers that bring it to Q0.15 and back.

A sketch has no floating point to spare, so a column is a count of decimal units: 5.1 cm with one
decimal is the raw value 51. The raw range that was learned, low to high, becomes the range q_low to
q_high in Q0.15 by one multiplication:

    q   = q_low + ((clamp(raw) - low) * to_q + 2**15) >> 16
    raw = low + ((q - q_low) * to_raw + 2**(to_raw_shift - 1)) >> to_raw_shift

The same integers are computed here and by fixprop_scaling.h, so both see the same inputs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, NO_TARGET, Integers

Reals = NDArray[np.float64]

MAX_SPAN = 65_535
"""Of raw values: more do not make a difference in Q0.15, and products stay within 32 bits."""

MAX_RAW = 2**31 - 1 - 8 * MAX_SPAN
"""Leaves room for outputs beyond the learned range."""

MAX_DECIMALS = 12
MIN_Q_SPAN = 1 << 14
"""A column fills a quarter of Q0.15 or more, so that raw values come back within 32 bits."""

TO_RAW_LIMIT = 1 << 14
MAX_TO_RAW_SHIFT = 30


@dataclass(frozen=True)
class Column:
    """A column and its linear scale.

    `decimals`: a raw value counts units of 10**-decimals; None: it is the Q0.15 number itself, and
    the real value lies within -1 and 1. `low`, `high`: the raw range; `q_low`, `q_high`: what it
    becomes. UsageError for ranges that are empty or too wide.
    """

    name: str
    decimals: int | None
    low: int
    high: int
    q_low: int
    q_high: int

    def __post_init__(self) -> None:
        if not 1 <= self.high - self.low <= MAX_SPAN:
            raise UsageError(
                f"column '{self.name}' spans {self.high - self.low} units: must be 1 to {MAX_SPAN}"
            )
        if max(-self.low, self.high) > MAX_RAW:
            raise UsageError(f"column '{self.name}' reaches {self.high}: beyond {MAX_RAW} units")
        if not ACTIVATION.low <= self.q_low < self.q_high <= ACTIVATION.high:
            raise UsageError(
                f"column '{self.name}' is to become {self.q_low} to {self.q_high}: "
                f"must rise within {ACTIVATION.low} and {ACTIVATION.high}"
            )
        if self.q_high - self.q_low < MIN_Q_SPAN:
            raise UsageError(
                f"column '{self.name}' fills {self.q_high - self.q_low} of Q0.15: "
                f"must be at least {MIN_Q_SPAN}"
            )
        if self.decimals is not None and abs(self.decimals) > MAX_DECIMALS:
            raise UsageError(
                f"column '{self.name}' has {self.decimals} decimals: at most {MAX_DECIMALS}"
            )

    @classmethod
    def plain(cls, name: str) -> Column:
        """A column that holds Q0.15 numbers already."""
        return cls(name, None, ACTIVATION.low, ACTIVATION.high, ACTIVATION.low, ACTIVATION.high)

    @classmethod
    def learned(cls, name: str, values: Reals, q_low: int, q_high: int) -> Column:
        """The scale of a column from its `values`, any shape, NaN where one is missing.

        It keeps as many decimals as the values have, and as 65,535 units can tell apart. UsageError
        if all values are equal, or one is not finite.
        """
        known = values[~np.isnan(values)]
        if not len(known) or known.min() == known.max():
            what = f"is {known[0]:g} in every row" if len(known) else "has no value at all"
            raise UsageError(
                f"column '{name}' {what}: nothing can be learned from it; leave it out"
            )
        if not np.isfinite(known).all():
            raise UsageError(f"column '{name}' holds an infinite value: remove its row")
        decimals = _decimals(known, name)
        low, high = (int(_units(edge, decimals)) for edge in (known.min(), known.max()))
        return cls(name, decimals, low, high, q_low, q_high)

    @property
    def unit(self) -> float:
        """The real value of one raw unit."""
        return ACTIVATION.unit if self.decimals is None else 10.0**-self.decimals

    @property
    def to_q(self) -> int:
        """Multiplier from raw units to Q0.15, 16 bits behind the point."""
        span, q_span = self.high - self.low, self.q_high - self.q_low
        return ((q_span << 16) + span // 2) // span

    @property
    def to_raw_shift(self) -> int:
        """Bits behind the point of `to_raw`."""
        span, q_span = self.high - self.low, self.q_high - self.q_low
        shift = 1
        while (span << (shift + 1)) // q_span < TO_RAW_LIMIT and shift < MAX_TO_RAW_SHIFT:
            shift += 1
        return shift

    @property
    def to_raw(self) -> int:
        """Multiplier from Q0.15 to raw units."""
        span, q_span = self.high - self.low, self.q_high - self.q_low
        return ((span << self.to_raw_shift) + q_span // 2) // q_span

    def raw(self, values: ArrayLike) -> Integers:
        """Real values in raw units, to the nearest; what is beyond low and high ends there."""
        units = _units(np.asarray(values, np.float64), self.decimals)
        return np.clip(units, self.low, self.high).astype(np.int64)

    def q_of_raw(self, raw: ArrayLike) -> Integers:
        """Q0.15 for raw values; what is beyond low and high ends there."""
        distance = np.clip(np.asarray(raw, np.int64), self.low, self.high) - self.low
        return self.q_low + ((distance * self.to_q + (1 << 15)) >> 16)

    def raw_of_q(self, q: ArrayLike) -> Integers:
        """Raw values for Q0.15; beyond low and high where the network goes beyond them."""
        shift = self.to_raw_shift
        distance = np.asarray(q, np.int64) - self.q_low
        return self.low + ((distance * self.to_raw + (1 << (shift - 1))) >> shift)

    def inputs(self, values: ArrayLike) -> Integers:
        """Q0.15 for real values."""
        return self.q_of_raw(self.raw(values))

    def targets(self, values: ArrayLike) -> Integers:
        """Q0.15 for real values; NO_TARGET for NaN."""
        real = np.asarray(values, np.float64)
        missing = np.isnan(real)
        q = self.inputs(np.where(missing, 0.0, real))
        return np.where(missing, NO_TARGET, np.maximum(q, NO_TARGET + 1))

    def reals(self, q: ArrayLike) -> Reals:
        """Real values for Q0.15."""
        return np.asarray(self.raw_of_q(q) * self.unit, np.float64)


def _units(values: ArrayLike, decimals: int | None) -> Reals:
    if decimals is None:
        return np.asarray(np.floor(np.ldexp(values, ACTIVATION.fraction) + 0.5), np.float64)
    scaled = np.asarray(values, np.float64)
    scaled = scaled * 10.0**decimals if decimals >= 0 else scaled / 10.0**-decimals
    return np.asarray(np.floor(scaled + 0.5), np.float64)


def _decimals(values: Reals, name: str) -> int:
    """As many as all values have, unless fewer already tell 65,535 units apart."""
    span = values.max() - values.min()
    largest = np.abs(values).max()
    for decimals in range(MAX_DECIMALS, -MAX_DECIMALS - 1, -1):
        scale = 10.0**decimals
        if span * scale > MAX_SPAN - 1 or largest * scale > MAX_RAW:
            continue
        if decimals > -MAX_DECIMALS and _whole(values * 10.0 ** (decimals - 1)):
            continue
        if _units(values.min(), decimals) == _units(values.max(), decimals):
            break
        return decimals
    raise UsageError(
        f"column '{name}' runs from {values.min():g} to {values.max():g}: "
        "its values are too large or too close for whole units of a power of ten; rescale it"
    )


def _whole(values: Reals) -> bool:
    return bool(np.all(np.abs(values - np.round(values)) < 1e-6))

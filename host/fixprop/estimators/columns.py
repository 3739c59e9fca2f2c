"""Columns for whatever data a fit is given: those in which nothing varies get a range as well."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fixprop.formats import ACTIVATION, Integers
from fixprop.model import Column
from fixprop.model.column import MAX_DECIMALS, MAX_RAW, Reals
from fixprop.training.samples import target_range

INPUT_HIGH = ACTIVATION.high
_, TARGET_HIGH = target_range("linear")
"""Below 1, so that a linear output reaches somewhat beyond each end of what it learned."""

CONSTANT_DECIMALS = 4
NOISE = 4 * float(np.finfo(np.float64).eps)
"""Values whose half range is no more than this part of them differ by rounding only."""


def input_columns(names: Sequence[str], values: Reals) -> tuple[Column, ...]:
    """A column for each input, learned from `values` [samples, inputs]."""
    return _columns(names, values, INPUT_HIGH)


def target_columns(names: Sequence[str], values: Reals) -> tuple[Column, ...]:
    """A column for each output of a regression, learned from `values` [samples, outputs]."""
    return _columns(names, values, TARGET_HIGH)


def scaled(columns: Sequence[Column], values: Reals) -> Integers:
    """Q0.15 [samples, columns]; what is beyond a column's range ends there."""
    with np.errstate(over="ignore"):  # infinite units end at the range's end as well
        return np.stack([c.inputs(values[:, n]) for n, c in enumerate(columns)], axis=1)


def _columns(names: Sequence[str], values: Reals, q_high: int) -> tuple[Column, ...]:
    return tuple(_column(name, values[:, n], q_high) for n, name in enumerate(names))


def _column(name: str, values: Reals, q_high: int) -> Column:
    low, high = float(values.min()), float(values.max())
    if high / 2 - low / 2 <= NOISE * max(abs(low), abs(high)):  # halves cannot overflow
        return _constant(name, low, q_high)
    with np.errstate(over="ignore"):  # its own error says what is too large
        return Column.learned(name, values, -q_high, q_high)


def _constant(name: str, value: float, q_high: int) -> Column:
    """`value` in the middle, one to each side; a unit of more than one if it is beyond 32 bits."""
    decimals = CONSTANT_DECIMALS
    while decimals > -MAX_DECIMALS and (abs(value) + 1) * 10.0**decimals > MAX_RAW:
        decimals -= 1
    middle, side = round(value * 10.0**decimals), 10 ** max(decimals, 0)
    return Column(name, decimals, middle - side, middle + side, -q_high, q_high)

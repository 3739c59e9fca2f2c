"""The scale of each input and output: which real range becomes which part of Q0.15."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION
from fixprop.importers.float_network import FloatNetwork, Reals
from fixprop.model.column import MAX_DECIMALS, MAX_RAW, MAX_SPAN, Column

HOW = "give a sample of the inputs (--sample data.npz) or their ranges (--range low:high)"

MARGIN = 1 / 2
"""Inputs may go so far beyond the sample's, as a share of its range, before they saturate."""


@dataclass(frozen=True)
class Span:
    """What is known of the inputs: `low`, `high` [inputs] in real units and a sample, if any.

    `decimals` [inputs]: as many as the sample has, and as 65,535 units can tell apart.
    """

    low: Reals
    high: Reals
    sample: Reals | None
    decimals: tuple[int, ...]

    @classmethod
    def of(cls, network: FloatNetwork, sample: ArrayLike | None, ranges: ArrayLike | None) -> Span:
        """`ranges`: (low, high) for all inputs or [inputs, 2]; UsageError if they do not fit."""
        width = len(network.inputs)
        rows = None if sample is None else rows_of(sample, width)
        if rows is None and ranges is None:
            raise UsageError(f"nothing is known of the inputs' ranges: {HOW}")
        edges = np.full((width, 2), (np.inf, -np.inf)) if ranges is None else _edges(ranges, width)
        low, high = edges[:, 0], edges[:, 1]
        if rows is not None:
            first, last = rows.min(axis=0), rows.max(axis=0)
            beyond = (last - first) * (MARGIN if ranges is None else 0.0)
            low, high = np.minimum(low, first - beyond), np.maximum(high, last + beyond)
        decimals = [
            MAX_DECIMALS if rows is None else _decimals(name, rows[:, n])
            for n, name in enumerate(network.inputs)
        ]
        return cls(low, high, rows, tuple(decimals))

    def column(self, number: int, name: str, share: float, from_zero: bool) -> Column:
        """The scale of input `number`, which is to fill `share` of Q0.15, from 0 or about it."""
        reach = min(ACTIVATION.high, round(share / ACTIVATION.unit))
        start = 0 if from_zero else -reach
        low, high = float(self.low[number]), float(self.high[number])
        if low == high:
            return finest(name, *_widened(low), start, reach)
        return finest(name, low, high, start, reach, self.decimals[number])

    def units(self, names: tuple[str, ...]) -> Reals:
        """How far apart 0 and 1 of the chip's inputs are, [inputs], in columns that fill Q0.15."""
        columns = [self.column(number, name, 1.0, False) for number, name in enumerate(names)]
        return np.array([to_real(column)[0] for column in columns])

    def notes(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """A line on columns of which the sample says too little."""
        flat = [name for name, same in zip(names, self.low == self.high, strict=True) if same]
        if not flat:
            return ()
        return (
            f"{len(flat)} columns are the same in every row of the sample, such as '{flat[0]}': "
            "other values will saturate; give the inputs' ranges (--range low:high)",
        )

    def is_exact(self, number: int, column: Column) -> bool:
        """Whether all of the sample's values are whole raw units: the data has such decimals."""
        if self.sample is None:
            return False
        raw = self.sample[:, number] / column.unit
        return bool(np.all(np.abs(raw - np.round(raw)) < 1e-6))


def _decimals(name: str, values: Reals) -> int:
    if values.min() == values.max():
        return MAX_DECIMALS
    full = ACTIVATION.low, ACTIVATION.high
    return Column.learned(name, values, *full).decimals or 0


def finest(
    name: str, low: float, high: float, q_low: int, q_high: int, decimals: int = MAX_DECIMALS
) -> Column:
    """From `low` to `high`, with as many of the `decimals` as 65,535 units allow."""
    for places in range(decimals, -MAX_DECIMALS - 1, -1):
        first, last = np.floor(low * 10.0**places), np.ceil(high * 10.0**places)
        if last - first <= MAX_SPAN and max(-first, last) <= MAX_RAW:
            return Column(name, places, int(first), int(max(last, first + 1)), q_low, q_high)
    raise UsageError(
        f"column '{name}' runs from {low:g} to {high:g}: too large for {MAX_SPAN} units; rescale it"
    )


def to_real(column: Column) -> tuple[float, float]:
    """(factor, offset): the real value of an input whose Q0.15 number stands for v, -1 to 1."""
    units = 65536 / column.to_q  # raw units a Q0.15 unit
    return _affine(column, units)


def output_to_real(column: Column) -> tuple[float, float]:
    """The same for an output, which comes back by another integer multiplier."""
    return _affine(column, column.to_raw / (1 << column.to_raw_shift))


def _affine(column: Column, units: float) -> tuple[float, float]:
    factor = column.unit * units / ACTIVATION.unit
    return factor, column.unit * (column.low - column.q_low * units)


def _widened(value: float) -> tuple[float, float]:
    """A range about a column that is the same in every row."""
    half = max(abs(value) / 2, 1e-3)
    return value - half, value + half


def rows_of(sample: ArrayLike, width: int) -> Reals:
    """`sample` as [samples, `width`] in float64; UsageError if it is anything else."""
    try:
        rows = np.asarray(sample, np.float64)
    except (TypeError, ValueError):
        raise UsageError("the sample holds something that is not a number") from None
    rows = rows.reshape(len(rows), -1) if rows.ndim > 2 else rows
    if rows.ndim != 2 or rows.shape[1] != width or not len(rows):
        raise UsageError(
            f"the sample has shape {np.shape(sample)}, the network {width} inputs: "
            f"give rows of {width} numbers"
        )
    if not np.isfinite(rows).all():
        raise UsageError("the sample holds NaN or an infinite number: remove its row")
    return rows


def _edges(ranges: ArrayLike, width: int) -> Reals:
    edges = np.asarray(ranges, np.float64)
    if edges.shape == (2,):
        edges = np.tile(edges, (width, 1))
    if edges.shape != (width, 2):
        raise UsageError(
            f"ranges of shape {edges.shape} for {width} inputs: give one low:high, or one an input"
        )
    if not np.isfinite(edges).all() or (edges[:, 0] >= edges[:, 1]).any():
        raise UsageError("a range must rise from a finite low to a finite high, as in 0:255")
    return edges

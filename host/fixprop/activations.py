"""Activation functions in fixed point: each function next to its derivative, and its table.

A curved function is a table of 257 values at equal distances, with straight lines between. The
values are shifted by half the worst deviation of a chord, -f''h**2/16, so that the lines lie as far
above the curve as below it: that halves the error and costs nothing on the chip.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import ACTIVATION, SLOPE, SUM_FRACTION, Integers, round_shift

TABLE_INTERVALS = 256
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Activation:
    """One activation function.

    `net_range`: the function's argument is saturated to [-net_range, net_range), a power of two.
    `exact` and `exact_slope_of_output` are the real functions, for the float64 reference; the slope
    is a function of the output, as in the fixed-point network.
    """

    code: int
    name: str
    net_range: int
    exact: Callable[[Reals], Reals]
    exact_slope_of_output: Callable[[Reals], Reals]
    slope_of_output: Callable[[Integers], Integers] | None
    table: Integers | None = None

    @property
    def sum_shift(self) -> int:
        """Bits dropped, with rounding, from the exact sum (Q.26) to the function's int16 argument."""
        return SUM_FRACTION - 15 + self.net_range.bit_length() - 1

    def of_sum(self, total: Integers) -> Integers:
        """Output (Q0.15) for the exact weighted sum (40 bits, Q.26)."""
        net = ACTIVATION.saturate(round_shift(total, self.sum_shift))
        if self.table is None:
            return net
        index = (net >> 8) + TABLE_INTERVALS // 2
        left, right = self.table[index], self.table[index + 1]
        return np.asarray(left + round_shift((right - left) * (net & 255), 8))


def _sigmoid(net: Reals) -> Reals:
    return np.asarray(1.0 / (1.0 + np.exp(-net)))


def _sigmoid_slope(output: Integers) -> Integers:
    twice = output << 1  # Q0.16, so that the product's upper 16 bits are the slope
    return round_shift(twice * ((1 << SLOPE.fraction) - twice), 16)


def _tanh_slope(output: Integers) -> Integers:
    twice = np.abs(output) << 1
    return SLOPE.high - ((twice * twice) >> 16)


def _table(
    function: Callable[[Reals], Reals], bend: Callable[[Reals], Reals], net_range: int
) -> Integers:
    width = 2.0 * net_range / TABLE_INTERVALS
    node = (np.arange(TABLE_INTERVALS + 1.0) - TABLE_INTERVALS // 2) * width
    value = function(node)
    return ACTIVATION.from_float(value - bend(value) * width * width / 16)


SIGMOID = Activation(
    code=0,
    name="sigmoid",
    net_range=8,
    exact=_sigmoid,
    exact_slope_of_output=lambda output: output * (1 - output),
    slope_of_output=_sigmoid_slope,
    table=_table(_sigmoid, lambda s: s * (1 - s) * (1 - 2 * s), 8),
)
TANH = Activation(
    code=1,
    name="tanh",
    net_range=4,
    exact=np.tanh,
    exact_slope_of_output=lambda output: 1 - output * output,
    slope_of_output=_tanh_slope,
    table=_table(np.tanh, lambda t: -2 * t * (1 - t * t), 4),
)
LINEAR = Activation(
    code=2,
    name="linear",
    net_range=1,
    exact=lambda net: net,
    exact_slope_of_output=np.ones_like,
    slope_of_output=None,
)

ACTIVATIONS = {a.name: a for a in (SIGMOID, TANH, LINEAR)}

"""Activation functions in fixed point: each function next to its derivative, and its table.

A curved function is a table of 257 values at equal distances, with straight lines between. The
values are shifted by half the worst deviation of a chord, -f''h**2/16, so that the lines lie as far
above the curve as below it: that halves the error and costs nothing on the chip.

An output layer's function also says what is minimised: half the squared error, or a cross-entropy,
whose derivative by the net input is simply output - target: the slope is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import ACTIVATION, SLOPE, SLOPE_ONE, SUM_FRACTION, Integers, round_shift
from fixprop.saturation import SaturationCounter, saturate
from fixprop.softmax import EXP_TABLE, softmax

TABLE_INTERVALS = 256
LEAK_SHIFT = 7
LEAK = 2.0**-LEAK_SHIFT
"""The leaky rectifier's slope below zero."""

ONE = 1 - ACTIVATION.unit
"""The largest output."""

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Activation:
    """One activation function.

    `net_range`: the function's argument is saturated to [-net_range, net_range), a power of two.
    `exact` and `exact_slope_of_output` are the real functions, for the float64 reference; the slope
    is a function of the output, as in the fixed-point network. `slope_of_output` None: always one.
    `of_net`: outputs from net inputs, where it is not the straight lines of `table`.
    `cross_entropy`: loss from targets and outputs instead of half the squared error; such a function
    is for output layers only.
    """

    code: int
    name: str
    net_range: int
    exact: Callable[[Reals], Reals]
    exact_slope_of_output: Callable[[Reals], Reals]
    slope_of_output: Callable[[Integers], Integers] | None
    table: Integers | None = None
    of_net: Callable[[Integers], Integers] | None = None
    cross_entropy: Callable[[Reals, Reals], Reals] | None = None

    @property
    def sum_shift(self) -> int:
        """Bits dropped, with rounding, from the exact sum (Q.26) to the function's int16 argument."""
        return SUM_FRACTION - 15 + self.net_range.bit_length() - 1

    def of_sum(self, total: Integers, counter: SaturationCounter | None = None) -> Integers:
        """Outputs (Q0.15) of a layer, the last axis, for its exact weighted sums (40 bits, Q.26)."""
        net = saturate(ACTIVATION, round_shift(total, self.sum_shift), counter, "nets")
        if self.of_net is not None:
            return self.of_net(net)
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


def _softmax(net: Reals) -> Reals:
    powers = np.exp(net - net.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _log(value: Reals) -> Reals:
    return np.asarray(np.log(np.maximum(value, np.finfo(np.float64).tiny)))


def _binary_cross_entropy(targets: Reals, outputs: Reals) -> Reals:
    return -targets * _log(outputs) - (1 - targets) * _log(1 - outputs)


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

RELU = Activation(
    code=3,
    name="relu",
    net_range=1,
    exact=lambda net: np.clip(net, 0, ONE),
    exact_slope_of_output=lambda output: np.where(output > 0, 1.0, 0.0),
    slope_of_output=lambda output: np.where(output > 0, SLOPE_ONE, 0),
    of_net=lambda net: np.maximum(net, 0),
)
"""Outputs end at 1 - 2**-15, as all do; there too the slope stays one, so that the way back is open."""

LEAKY_RELU = Activation(
    code=4,
    name="leaky_relu",
    net_range=1,
    exact=lambda net: np.where(net > 0, np.minimum(net, ONE), np.maximum(net, -1) * LEAK),
    exact_slope_of_output=lambda output: np.where(output > 0, 1.0, LEAK),
    slope_of_output=lambda output: np.where(output > 0, SLOPE_ONE, SLOPE_ONE >> LEAK_SHIFT),
    of_net=lambda net: np.where(net < 0, round_shift(net, LEAK_SHIFT), net),
)
SIGMOID_CROSS_ENTROPY = replace(
    SIGMOID,
    code=5,
    name="sigmoid_cross_entropy",
    exact_slope_of_output=np.ones_like,
    slope_of_output=None,
    cross_entropy=_binary_cross_entropy,
)
SOFTMAX = Activation(
    code=6,
    name="softmax",
    net_range=32,
    exact=_softmax,
    exact_slope_of_output=np.ones_like,
    slope_of_output=None,
    table=EXP_TABLE,
    of_net=softmax,
    cross_entropy=lambda targets, outputs: -targets * _log(outputs),
)
"""The slope is one for targets that sum to 1."""

ACTIVATIONS = {
    a.name: a for a in (SIGMOID, TANH, LINEAR, RELU, LEAKY_RELU, SIGMOID_CROSS_ENTROPY, SOFTMAX)
}
HIDDEN = {name: a for name, a in ACTIVATIONS.items() if a.cross_entropy is None}
"""What a layer below the outputs may have."""

"""The network's arithmetic once more: plain loops over Python's unbounded integers, one at a time.

Nothing is shared with the package, and every value is held against the bits that docs/arithmetic.md
gives it, so an overflow anywhere shows as an error here or as a difference to the mirror.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

REACH = {"sigmoid": 8, "tanh": 4, "linear": 1}  # the argument is saturated to +- this
ONE = 1 << 15  # 1.0 in Q0.15, what a bias weight sees
NO_TARGET = -ONE

Row = list[int]


def of_every_magnitude(
    rng: np.random.Generator, low: int, high: int, shape: int | tuple[int, ...]
) -> NDArray[np.int64]:
    """Integers of every magnitude, a tenth of them extremes: uniform ones are nearly all large."""
    scale = 2.0 ** -rng.integers(0, int(high).bit_length(), shape)
    values = (rng.integers(low, high + 1, shape) * scale).astype(np.int64)
    extremes = rng.choice([low, high, 0, -1 if low else 1, 1], shape)
    return np.where(rng.random(shape) < 0.1, extremes, values)


def rounded(value: int, shift: int) -> int:
    """value / 2**shift, to the nearest integer, halves upwards."""
    return (2 * value + (1 << shift)) // (1 << (shift + 1))


def clamped(value: int, bits: int) -> int:
    """Limited to a two's complement integer of so many bits."""
    return max(-(1 << (bits - 1)), min((1 << (bits - 1)) - 1, value))


def checked(value: int, bits: int) -> int:
    """`value`, which must fit so many bits."""
    assert clamped(value, bits) == value, f"{value} does not fit {bits} bits"
    return value


@cache
def table(name: str) -> tuple[int, ...]:
    """257 values, Q0.15, each shifted by a sixteenth of f'' times the square of the distance."""
    width = REACH[name] / 128
    values = []
    for node in range(-128, 129):
        if name == "sigmoid":
            y = 1 / (1 + math.exp(-node * width))
            bend = y * (1 - y) * (1 - 2 * y)
        else:
            y = math.tanh(node * width)
            bend = -2 * y * (1 - y * y)
        values.append(clamped(math.floor((y - bend * width**2 / 16) * ONE + 0.5), 16))
    return tuple(values)


def of_sum(name: str, total: int) -> int:
    """The activation function, Q0.15, of a sum in Q.26."""
    net = clamped(rounded(total, 11 + int(math.log2(REACH[name]))), 16)
    if name == "linear":
        return net
    index, part = divmod(net + ONE, 256)
    left, right = table(name)[index : index + 2]
    return checked(left + rounded((right - left) * part, 8), 16)


def slope(name: str, output: int) -> int:
    """The derivative, UQ0.16, from the output."""
    twice = 2 * abs(output)
    if name == "sigmoid":
        return checked(rounded(twice * (65536 - twice), 16), 17)
    return checked(65535 - twice * twice // 65536, 17)


class Wide:
    """One network; `weights[l][j]` is a row in Q4.19, the bias weight first."""

    def __init__(self, sizes: Sequence[int], names: Sequence[str], flat: Row, rate: int) -> None:
        self.names, self.rate = list(names), rate
        left = iter(flat)
        self.weights = [
            [[next(left) for _ in range(inputs + 1)] for _ in range(neurons)]
            for inputs, neurons in itertools.pairwise(sizes)
        ]
        self.values: list[Row] = []
        self.deltas: list[Row] = []

    def flat(self) -> Row:
        """All weights in storage order."""
        return [w for layer in self.weights for row in layer for w in row]

    def forward(self, inputs: Row) -> Row:
        """Outputs, Q0.15."""
        self.values = [inputs]
        for name, layer in zip(self.names, self.weights, strict=True):
            outputs = []
            for row in layer:
                total = (row[0] // 256) * ONE
                for weight, value in zip(row[1:], self.values[-1], strict=True):
                    total += (weight // 256) * value
                outputs.append(of_sum(name, checked(total, 40)))
            self.values.append(outputs)
        return self.values[-1]

    def train(self, inputs: Row, targets: Row) -> None:
        """One step of gradient descent."""
        outputs = self.forward(inputs)
        deltas = [
            self._output_delta(target, output)
            for target, output in zip(targets, outputs, strict=True)
        ]
        self.deltas = [deltas]
        for layer in range(len(self.weights) - 1, 0, -1):
            self.deltas.insert(0, self._hidden_deltas(layer))
        for layer in range(len(self.weights)):
            self._update(layer)

    def _output_delta(self, target: int, output: int) -> int:
        if target == NO_TARGET:
            return 0
        error = clamped(target - output, 16)
        if self.names[-1] == "linear":
            return checked(error * 64, 24)
        return checked(rounded(error * slope(self.names[-1], output), 10), 24)

    def _hidden_deltas(self, layer: int) -> Row:
        """Deltas, Q2.21, of the layer below `layer`; a coarse one knows 16 bits of fraction."""
        above = self.deltas[0]
        coarse = any(clamped(delta, 16) != delta for delta in above)
        factors = [clamped(rounded(d, 8), 16) if coarse else d for d in above]
        deltas = []
        for i, output in enumerate(self.values[layer]):
            rows = zip(self.weights[layer], factors, strict=True)
            total = checked(sum((row[1 + i] // 256) * factor for row, factor in rows), 40)
            error = checked(rounded(total, 8), 32)
            if self.names[layer - 1] != "linear":
                error = rounded(error * slope(self.names[layer - 1], output), 16)
            deltas.append(clamped(error, 19) * 32 if coarse else clamped(rounded(error, 3), 24))
        return deltas

    def _update(self, layer: int) -> None:
        for row, delta in zip(self.weights[layer], self.deltas[layer], strict=True):
            step = clamped(rounded(delta * self.rate, 14), 24)
            coarse = clamped(step, 16) != step
            factor = clamped(rounded(step, 8), 16) if coarse else step
            for i, value in enumerate([ONE, *self.values[layer]]):
                change = rounded(checked(factor * value, 32), 8 if coarse else 16)
                row[i] = clamped(checked(row[i] + change, 32), 24)

"""The networks that are measured, each with a task of its size; sigmoid everywhere, 0 and 1 as Q0.15."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from fixprop.formats import ACTIVATION, RATE, Integers
from fixprop.network import Topology

ONE = ACTIVATION.high
RATE_HALF = 1 << (RATE.fraction - 1)  # learning rate 0.5, UQ3.13
Rows = list[tuple[list[float], list[float]]]

# Segments a to g of a seven-segment display, for the digits 0 to 9.
DIGITS = (
    *("1111110", "0110000", "1101101", "1111001", "0110011"),
    *("1011011", "0011111", "1110000", "1111111", "1110011"),
)


@dataclass(frozen=True)
class Task:
    """Patterns for a network: `inputs` [patterns, inputs] and `targets` [patterns, outputs], Q0.15."""

    title: str
    topology: Topology
    inputs: Integers
    targets: Integers


def task(title: str, sizes: tuple[int, ...], rows: Rows) -> Task:
    """A task from (inputs, targets) between 0 and 1."""
    topology = Topology(sizes, ("sigmoid",) * (len(sizes) - 1))
    return Task(title, topology, _q15([row[0] for row in rows]), _q15([row[1] for row in rows]))


def _q15(rows: list[list[float]]) -> Integers:
    return np.asarray(ACTIVATION.saturate(np.rint(np.array(rows) * (ONE + 1)).astype(np.int64)))


def _truth_table(inputs: int) -> list[list[float]]:
    return [[float(bit) for bit in bits] for bits in product((0, 1), repeat=inputs)]


def _bits(number: int, count: int) -> list[float]:
    return [float(number >> bit & 1) for bit in reversed(range(count))]


def networks() -> list[Task]:
    """The networks of other libraries' examples, in the order of their tables (peers.py)."""
    pairs, fours = _truth_table(2), _truth_table(4)
    digits = [[float(segment) for segment in digit] for digit in DIGITS]
    return [
        task("exclusive or", (2, 3, 1), [(x, [float(x[0] != x[1])]) for x in pairs]),
        task("Mazur's worked example", (2, 2, 2), [([0.05, 0.10], [0.01, 0.99])]),
        task("half adder", (2, 8, 2), [(x, [x[0] * x[1], float(x[0] != x[1])]) for x in pairs]),
        task(
            "parity and majority of 4",
            (4, 5, 2),
            [(x, [sum(x) % 2, float(sum(x) > 2)]) for x in fours],
        ),
        task("how many of 4", (4, 5, 3), [(x, _bits(int(sum(x)), 3)) for x in fours]),
        task("digits of 7 segments", (7, 8, 4), [(x, _bits(n, 4)) for n, x in enumerate(digits)]),
    ]


def any_task(*sizes: int) -> Task:
    """Four patterns of zeros and ones for a network of any size, always the same ones."""
    rng = np.random.default_rng(sum(sizes))
    inputs, targets = rng.integers(0, 2, (4, sizes[0])), rng.integers(0, 2, (4, sizes[-1]))
    rows = [
        (x.astype(float).tolist(), t.astype(float).tolist())
        for x, t in zip(inputs, targets, strict=True)
    ]
    return task("zeros and ones", sizes, rows)

"""What is trained to compare places: random samples, and the ends of every format among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fixprop.formats import ACTIVATION, NO_TARGET, RATE, WEIGHT, Integers
from fixprop.network import Topology

STEPS_PER_ROUND = 100
SPREADS = (0.5, 0.5, 2.0, 16.0)  # of a round's initial weights, in turn: Q4.19 ends at 16
RATES = (0.125, 0.5, 0.01, 8.0)  # UQ3.13 ends below 8
EXTREME = 0.1  # so many inputs stand at an end of their format
UNKNOWN = 0.1  # so many targets are not known


@dataclass(frozen=True)
class Round:
    """A training from initial weights on: weights int64 [weight_count], Q4.19; rate UQ3.13;
    inputs, targets int64 [steps, inputs] and [steps, outputs], Q0.15."""

    weights: Integers
    rate: int
    inputs: Integers
    targets: Integers


def rounds(topology: Topology, steps: int, seed: int) -> Iterator[Round]:
    """`steps` training steps in rounds of at most STEPS_PER_ROUND."""
    rng = np.random.default_rng(seed)
    for number, first in enumerate(range(0, steps, STEPS_PER_ROUND)):
        yield _round(topology, min(STEPS_PER_ROUND, steps - first), number, rng)


def _round(topology: Topology, steps: int, number: int, rng: np.random.Generator) -> Round:
    spread = SPREADS[number % len(SPREADS)]
    inputs = _values(rng, (steps, topology.sizes[0]))
    targets = _values(rng, (steps, topology.sizes[-1]))
    targets[rng.random(targets.shape) < UNKNOWN] = NO_TARGET
    return Round(
        weights=WEIGHT.from_float(rng.uniform(-spread, spread, topology.weight_count)),
        rate=int(RATE.from_float(RATES[number % len(RATES)])),
        inputs=inputs,
        targets=targets,
    )


def _values(rng: np.random.Generator, shape: tuple[int, int]) -> Integers:
    values = rng.integers(ACTIVATION.low, ACTIVATION.high + 1, shape)
    ends = np.where(rng.random(shape) < 0.5, ACTIVATION.low, ACTIVATION.high)
    return np.where(rng.random(shape) < EXTREME, ends, values).astype(np.int64)

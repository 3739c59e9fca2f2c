"""Does fixed point learn what float64 learns? Same weights, same order, many seeds, three rates.

The firmware's C runs one network after the other; float64 runs all of them at once.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fixprop.ensemble import Ensemble
from fixprop.examples.places import InNative
from fixprop.examples.training import Reals, Training
from fixprop.formats import Integers

RATE_FACTORS = (0.25, 0.5, 1.0)
TOLERANCE = 0.02
SLACK = 1.1
"""A seed has failed if it ends this far above the limit that float64 keeps."""


@dataclass(frozen=True)
class Comparison:
    """Final losses of one example at one rate, a value for each seed."""

    example: str
    rate: float
    steps: int
    limit: float  # a loss at most this is learned
    float64: list[float]
    fixed: list[float]

    @property
    def medians(self) -> tuple[float, float]:
        """Of float64 and of fixed point."""
        return float(np.median(self.float64)), float(np.median(self.fixed))

    @property
    def excess(self) -> float:
        """The fixed-point median above float64's, as a part of it; negative is better."""
        float64, fixed = self.medians
        return fixed / float64 - 1.0

    @property
    def learned(self) -> tuple[int, int]:
        """How many seeds learned, float64 and fixed point."""
        return _within(self.float64, self.limit), _within(self.fixed, self.limit)

    @property
    def failures(self) -> list[int]:
        """Seeds, from 1, that float64 learned and fixed point did not."""
        pairs = enumerate(zip(self.float64, self.fixed, strict=True), 1)
        return [n for n, (a, b) in pairs if a <= self.limit and b > SLACK * self.limit]

    @property
    def holds(self) -> bool:
        """Median at most 2 % above float64's, and no seed fails alone."""
        return self.excess <= TOLERANCE and not self.failures

    def as_json(self) -> dict[str, Any]:
        """Every loss, and what follows from them."""
        return asdict(self) | {
            "median_float64": self.medians[0],
            "median_fixed": self.medians[1],
            "median_excess": self.excess,
            "failures": self.failures,
            "holds": self.holds,
        }


def _within(losses: list[float], limit: float) -> int:
    return sum(loss <= limit for loss in losses)


def study(example: Training, seeds: int) -> list[Comparison]:
    """The example from `seeds` initial weights, at each of the rates."""
    drawn = replace(example, weights=None, stop=None)
    steps = min(example.steps, example.study_steps)
    numbers = [seed_of(number) for number in range(1, seeds + 1)]
    orders = np.stack([drawn.order(seed).take(steps) for seed in numbers])
    weights = np.stack([drawn.initial_weights(seed) for seed in numbers])
    at_rates = [replace(drawn, rate=example.rate * factor) for factor in RATE_FACTORS]
    at_float64 = float64_losses(drawn, weights, orders, [e.rate for e in at_rates])
    return [
        Comparison(
            example.name,
            one.rate,
            steps,
            example.learned,
            float64.tolist(),
            [_fixed_loss(one, seed, order) for seed, order in zip(numbers, orders, strict=True)],
        )
        for one, float64 in zip(at_rates, at_float64, strict=True)
    ]


def seed_of(number: int) -> int:
    """Seeds far apart, for small ones begin alike: D. Knuth's multiplicative hash."""
    return number * 2654435761 & 0xFFFFFFFF


def float64_losses(
    example: Training, weights: Integers, orders: Integers, rates: list[float]
) -> Reals:
    """[rates, seeds] after training on `orders` [seeds, steps] from `weights` [seeds, count]."""
    seeds = len(weights)
    network = Ensemble.from_fixed(
        example.topology,
        np.tile(weights, (len(rates), 1)),
        np.repeat(rates, seeds),
        example.momentum,
    )
    for samples in np.tile(orders, (len(rates), 1)).T:
        network.train(example.inputs[samples], example.targets[samples])
    return losses(example, network).reshape(len(rates), seeds)


def losses(example: Training, network: Ensemble) -> Reals:
    """The loss of each network."""
    outputs, weights = network.predict(example.inputs), network.flat_weights()
    pairs = zip(outputs, weights, strict=True)
    return np.array([example.loss(answer, example.targets, flat) for answer, flat in pairs])


def _fixed_loss(example: Training, seed: int, order: Integers) -> float:
    network = InNative(example, seed)
    network.train(order)
    state = network.state()
    return example.loss(state.outputs, example.targets, state.weights)

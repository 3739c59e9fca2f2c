"""Does fixed point learn what float64 learns? Same weights, same order, many seeds, four rates.

The firmware's C runs one network after the other; float64 runs all of them at once, and once more
from weights moved by up to half of what the passes see: where it then ends elsewhere itself, two
arithmetics cannot agree either.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fixprop.ensemble import Ensemble
from fixprop.examples.places import InNative
from fixprop.examples.training import Reals, Training
from fixprop.formats import PASS_WEIGHT, WEIGHT, Integers

RATE_FACTORS = (0.25, 0.5, 1.0, 2.0)
PROMISED_FACTOR = 1.0
"""Up to the source's own rate the rule must hold; twice the rate is shown as it comes out."""
MOVED = PASS_WEIGHT.unit / 2
"""How far the second float64 run's initial weights are off, at most."""
TOLERANCE = 0.02
SLACK = 1.1
"""A seed has failed if it ends this far above the limit that float64 keeps."""


@dataclass(frozen=True)
class Comparison:
    """Final losses of one example at one rate, a value for each seed.

    `moved`: float64's, from initial weights a little off. `promised`: the rule must hold.
    """

    example: str
    rate: float
    steps: int
    limit: float  # a loss at most this is learned
    float64: list[float]
    fixed: list[float]
    moved: list[float]
    promised: bool = True

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
    def own_excess(self) -> float:
        """The same of float64 from the weights a little off."""
        return float(np.median(self.moved)) / self.medians[0] - 1.0

    @property
    def paired(self) -> float:
        """The median of every seed's own excess: what is left when seeds are not mixed."""
        return float(np.median(np.array(self.fixed) / np.array(self.float64))) - 1.0

    @property
    def learned(self) -> tuple[int, int]:
        """How many seeds learned, float64 and fixed point."""
        return _within(self.float64, self.limit), _within(self.fixed, self.limit)

    @property
    def failures(self) -> list[int]:
        """Seeds, from 1, that float64 learned and fixed point did not."""
        return self._lost(self.fixed)

    @property
    def own_failures(self) -> list[int]:
        """Seeds that float64 learned, and not from the weights a little off."""
        return self._lost(self.moved)

    def _lost(self, losses: list[float]) -> list[int]:
        pairs = enumerate(zip(self.float64, losses, strict=True), 1)
        return [n for n, (a, b) in pairs if a <= self.limit and b > SLACK * self.limit]

    @property
    def holds(self) -> bool:
        """Median at most 2 % above float64's, and no seed fails alone."""
        return self.excess <= TOLERANCE and not self.failures

    @property
    def verdict(self) -> str:
        """ok; or FAILED where it was promised; or chaos where float64 misses its own end too."""
        if self.holds:
            return "ok"
        if self.promised:
            return "FAILED"
        chaos = abs(self.own_excess) > TOLERANCE or bool(self.own_failures)
        return "chaos" if chaos else "missed"

    def as_json(self) -> dict[str, Any]:
        """Every loss, and what follows from them."""
        return asdict(self) | {
            "median_float64": self.medians[0],
            "median_fixed": self.medians[1],
            "median_excess": self.excess,
            "median_excess_of_moved": self.own_excess,
            "median_of_excesses": self.paired,
            "failures": self.failures,
            "failures_of_moved": self.own_failures,
            "holds": self.holds,
            "verdict": self.verdict,
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
    rates = [e.rate for e in at_rates]
    at_float64 = float64_losses(drawn, weights, orders, rates)
    at_moved = float64_losses(drawn, weights + _moves(weights.shape), orders, rates)
    return [
        Comparison(
            example.name,
            one.rate,
            steps,
            example.learned,
            float64.tolist(),
            [_fixed_loss(one, seed, order) for seed, order in zip(numbers, orders, strict=True)],
            moved.tolist(),
            one.rate <= PROMISED_FACTOR * example.rate,
        )
        for one, float64, moved in zip(at_rates, at_float64, at_moved, strict=True)
    ]


def _moves(shape: tuple[int, ...]) -> Integers:
    """Always the same ones, Q4.19."""
    most = round(MOVED / WEIGHT.unit)
    return np.random.default_rng(1).integers(-most, most + 1, shape)


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

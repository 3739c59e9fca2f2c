"""How long learning takes to the end: from every seed to a rule, in seconds of the chip's time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fixprop.bench.convergence import losses, seed_of
from fixprop.ensemble import Ensemble
from fixprop.examples.chip import OnChip
from fixprop.examples.gates import XOR_3
from fixprop.examples.places import InNative
from fixprop.examples.segments import BEST, HEYMSFELD, RULE
from fixprop.examples.training import Order, Training
from fixprop.sim.uno import CLOCK_HZ

MOST_EPOCHS = 15_000


@dataclass(frozen=True)
class Goal:
    """What is promised: seeds that must get there, and the median time they may take."""

    example: Training
    seeds: int
    at_least: int
    limit: float  # of the example's loss
    median_s: float


@dataclass(frozen=True)
class Times:
    """Epochs that each seed took, None for never; and the cycles of one step."""

    example: str
    rule: str
    goal_s: float
    at_least: int
    samples: int
    cycles_per_step: float  # loading the sample and drawing the order included
    float64: list[int | None]
    fixed: list[int | None]

    @property
    def seconds(self) -> list[float]:
        """On the chip, of the seeds that got there."""
        per_epoch = self.samples * self.cycles_per_step / CLOCK_HZ
        return [epochs * per_epoch for epochs in self.fixed if epochs is not None]

    @property
    def median_s(self) -> float:
        """Infinite if no seed got there."""
        return float(np.median(self.seconds)) if self.seconds else float("inf")

    @property
    def failures(self) -> list[int]:
        """Seeds, from 1, from which float64 got there and fixed point did not."""
        pairs = enumerate(zip(self.float64, self.fixed, strict=True), 1)
        return [n for n, (a, b) in pairs if a is not None and b is None]

    @property
    def holds(self) -> bool:
        """Enough seeds, fast enough, and none fails alone."""
        enough = len(self.seconds) >= self.at_least
        return enough and self.median_s <= self.goal_s and not self.failures

    def as_json(self) -> dict[str, Any]:
        """Every seed's epochs, and what follows from them."""
        return asdict(self) | {
            "median_s": self.median_s,
            "worst_s": max(self.seconds, default=None),
            "failures": self.failures,
            "holds": self.holds,
        }


def goals() -> tuple[Goal, ...]:
    """XOR and the seven-segment digits; Heymsfeld's sketch takes 439 to 643 s for those."""
    return (
        Goal(XOR_3, seeds=100, at_least=99, limit=0.01, median_s=0.2),
        Goal(HEYMSFELD, seeds=20, at_least=20, limit=RULE, median_s=60.0),
        Goal(BEST, seeds=20, at_least=20, limit=RULE, median_s=30.0),
    )


def times(goal: Goal) -> Times:
    """Train from every seed until the goal's limit; the rule is tested after each epoch."""
    example = goal.example
    fixed = [_fixed_epochs(goal, seed_of(number)) for number in range(1, goal.seeds + 1)]
    return Times(
        example.name,
        f"{example.loss.__name__.replace('_', ' ')} < {goal.limit}",
        goal.median_s,
        goal.at_least,
        len(example.inputs),
        _cycles_per_step(example, fixed),
        _float64_epochs(goal),
        fixed,
    )


def _cycles_per_step(example: Training, epochs: list[int | None]) -> float:
    """Mean over the whole training of the seed in the middle, run on the chip."""
    reached = sorted((n, number) for number, n in enumerate(epochs, 1) if n is not None)
    middle, number = reached[len(reached) // 2] if reached else (1, 1)
    seed, steps = seed_of(number), middle * len(example.inputs)
    chip = OnChip(example, seed)
    chip.train(example.order(seed).take(steps))
    return chip.cycles / steps


def _fixed_epochs(goal: Goal, seed: int) -> int | None:
    example, samples = goal.example, len(goal.example.inputs)
    network, order = InNative(example, seed), example.order(seed)
    for epoch in range(1, _most_epochs(example) + 1):
        network.train(order.take(samples))
        state = network.state()
        if example.loss(state.outputs, example.targets, state.weights) < goal.limit:
            return epoch
    return None


def _float64_epochs(goal: Goal) -> list[int | None]:
    example, seeds = goal.example, [seed_of(n) for n in range(1, goal.seeds + 1)]
    flat = np.stack([example.initial_weights(seed) for seed in seeds])
    network = Ensemble.from_fixed(example.topology, flat, example.rate, example.momentum)
    orders = [example.order(seed) for seed in seeds]
    reached: list[int | None] = [None] * goal.seeds
    for epoch in range(1, _most_epochs(example) + 1):
        _float64_epoch(example, network, orders)
        for index in np.flatnonzero(losses(example, network) < goal.limit):
            reached[index] = reached[index] or epoch
        if all(reached):
            break
    return reached


def _float64_epoch(example: Training, network: Ensemble, orders: list[Order]) -> None:
    samples = len(example.inputs)
    for step in np.stack([order.take(samples) for order in orders]).T:
        network.train(example.inputs[step], example.targets[step])


def _most_epochs(example: Training) -> int:
    return min(MOST_EPOCHS, example.steps // len(example.inputs))

"""The work that `fixprop bench host` gives to everyone: a 2-8-2 network of sigmoids and its samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import ACTIVATION, PASS_WEIGHT, RATE, WEIGHT, Integers
from fixprop.generator import Generator
from fixprop.network import Topology

TOPOLOGY = Topology((2, 8, 2), ("sigmoid", "sigmoid"))
SAMPLES = 256
CYCLE = 4096
"""Steps after which the order begins again."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Work:
    """What everyone learns: the same inputs, targets, order, initial weights and learning rate.

    `inputs` [samples, 2] and `targets` [samples, 2]: Q0.15. `cycle` [CYCLE]: indices of samples,
    gone through again and again. `weights` [weight_count]: Q4.19, exact in float32. `rate`: UQ3.13.
    """

    inputs: Integers
    targets: Integers
    cycle: Integers
    weights: Integers
    rate: int = 1 << (RATE.fraction - 1)
    topology: Topology = TOPOLOGY

    @cached_property
    def real_inputs(self) -> Reals:
        """`inputs` as real numbers."""
        return ACTIVATION.to_float(self.inputs)

    @cached_property
    def real_targets(self) -> Reals:
        """`targets` as real numbers."""
        return ACTIVATION.to_float(self.targets)

    @cached_property
    def real_weights(self) -> Reals:
        """`weights` as real numbers."""
        return WEIGHT.to_float(self.weights)

    @property
    def real_rate(self) -> float:
        """`rate` as a real number."""
        return float(RATE.to_float(self.rate))

    def order(self, calls: int, first: int = 0) -> Integers:
        """Indices of samples for `calls` steps, from step `first` of the cycle on."""
        return np.resize(np.roll(self.cycle, -first), calls)


def half_adder(seed: int = 1) -> Work:
    """A half adder of numbers from 0 to 1: how much both are one, and how much just one of them."""
    generator = Generator(seed)
    inputs = np.array([[generator.next() >> 17 for _ in range(2)] for _ in range(SAMPLES)])
    x, y = ACTIVATION.to_float(inputs).T
    targets = ACTIVATION.from_float(0.1 + 0.8 * np.column_stack([x * y, x + y - 2 * x * y]))
    cycle = np.array([generator.below(SAMPLES) for _ in range(CYCLE)])
    one = 1 << PASS_WEIGHT.fraction
    weights = np.array([generator.uniform(one) for _ in range(TOPOLOGY.weight_count)])
    return Work(inputs, targets, cycle, weights)


class Contestant(ABC):
    """Someone who does the work; `networks` learn at once, network n from step n of the cycle on."""

    name: str
    networks = 1

    @abstractmethod
    def reset(self) -> None:
        """Back to the initial weights."""

    @abstractmethod
    def train(self, calls: int) -> None:
        """`calls` online steps of every network."""

    @abstractmethod
    def infer(self, calls: int) -> Reals:
        """`calls` forward passes of every network; the last outputs, [networks, outputs]."""

    @abstractmethod
    def weights(self) -> Reals:
        """[networks, weight_count], in storage order."""

    def train_seconds(self, calls: int) -> float:
        """How long `calls` steps from the initial weights took."""
        self.reset()
        start = perf_counter()
        self.train(calls)
        return perf_counter() - start

    def infer_seconds(self, calls: int) -> float:
        """How long `calls` forward passes took."""
        start = perf_counter()
        self.infer(calls)
        return perf_counter() - start

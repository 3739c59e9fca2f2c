"""What a worked example of training is: data, network, order of the samples, and expected figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import ACTIVATION, MOMENTUM, RATE, WEIGHT, Integers
from fixprop.generator import Generator
from fixprop.network import Mirror, Topology

PIXEL_SHIFT = ACTIVATION.fraction - 4
"""A pixel of four bits becomes the upper bits of an input: 0 to 15 sixteenths."""

Reals = NDArray[np.float64]
Measure = Callable[[Reals, Reals, Reals], float]
"""(outputs [samples, outputs], targets likewise, weights [weight_count]) -> figure."""


@dataclass(frozen=True)
class Figure:
    """One number an example is known by, and the bounds that it must keep on each kind of place.

    `expected` says what the source promises; `steps` is when, None for the end of training.
    """

    name: str
    measure: Measure
    expected: str
    float64: tuple[float, float]
    fixed: tuple[float, float]
    steps: int | None = None


@dataclass(frozen=True)
class Training:
    """One example: a network, its samples and how they are gone through.

    `rate` as in the source; the fixed-point networks take the nearest UQ3.13. `spread` in real
    units: weights start uniform in [-spread, spread), unless `weights` gives them. `shuffled`: a
    new random order each epoch, or the samples' own. `packed`: on the chip a sample takes four bits
    an input, which are multiples of 1/16, and a label. `stop`: half the squared error at which
    training ends, tested after each epoch; `steps` is then the limit. Where the mirror and the chip
    would take too long, they are compared over the first `compared_steps`; the convergence study
    takes `study_steps` at most, and counts a seed as learned at a loss of at most `learned`.
    """

    name: str
    title: str
    source: str
    topology: Topology
    inputs: Reals
    targets: Reals
    rate: float
    steps: int
    figures: tuple[Figure, ...]
    loss: Measure
    momentum: float = 0.0
    spread: float = 1.0
    weights: Reals | None = None
    shuffled: bool = False
    packed: bool = False
    stop: float | None = None
    study_steps: int = 40_000
    learned: float = 0.01
    compared_steps: int = 100_000
    notes: tuple[str, ...] = field(default=())

    @property
    def fixed_inputs(self) -> Integers:
        """[samples, inputs], Q0.15."""
        return ACTIVATION.from_float(self.inputs)

    @property
    def fixed_targets(self) -> Integers:
        """[samples, outputs], Q0.15."""
        return ACTIVATION.from_float(self.targets)

    @property
    def fixed_rate(self) -> int:
        """UQ3.13."""
        return int(RATE.from_float(self.rate))

    @property
    def fixed_momentum(self) -> int:
        """UQ0.16."""
        return int(MOMENTUM.from_float(self.momentum))

    def initial_weights(self, seed: int) -> Integers:
        """[weight_count], Q4.19: the example's own, or drawn by the shared generator."""
        if self.weights is not None:
            return WEIGHT.from_float(self.weights)
        mirror = Mirror(self.topology)
        mirror.initialise(Generator(seed), round(self.spread * 2**11))
        return np.asarray(mirror.flat_weights()[0])

    def order(self, seed: int) -> Order:
        """The order of the samples, from its first step."""
        return Order(len(self.inputs), Generator(seed) if self.shuffled else None)


class Order:
    """Indices of the samples, epoch after epoch: in turn, or shuffled anew by `generator`.

    The shuffle is R. Heymsfeld's: each place is exchanged with a random one, and the next epoch
    starts from what this one left. The chip draws the same (chip.py).
    """

    def __init__(self, samples: int, generator: Generator | None = None) -> None:
        self._generator = generator
        self._epoch = list(range(samples))
        self._at = samples

    def take(self, steps: int) -> Integers:
        """The next `steps` indices."""
        taken: list[int] = []
        while len(taken) < steps:
            if self._at == len(self._epoch):
                self._shuffle()
            part = self._epoch[self._at : self._at + steps - len(taken)]
            taken += part
            self._at += len(part)
        return np.array(taken, np.int64)

    def _shuffle(self) -> None:
        self._at = 0
        if self._generator is None:
            return
        for place in range(len(self._epoch)):
            other = self._generator.below(len(self._epoch))
            self._epoch[place], self._epoch[other] = self._epoch[other], self._epoch[place]


def half_squared_error(outputs: Reals, targets: Reals, _weights: Reals) -> float:
    """Half the squared error, summed over samples and outputs."""
    return 0.5 * float(np.sum((targets - outputs) ** 2))


def mean_squared_error(outputs: Reals, targets: Reals, _weights: Reals) -> float:
    """Mean over samples and outputs."""
    return float(np.mean((targets - outputs) ** 2))


def cross_entropy(outputs: Reals, targets: Reals, _weights: Reals) -> float:
    """Mean over samples of -log of the true class's output, which is at least half a unit."""
    floor = ACTIVATION.unit / 2
    return float(-np.mean(np.sum(targets * np.log(np.maximum(outputs, floor)), axis=1)))


def hits(outputs: Reals, targets: Reals, _weights: Reals) -> float:
    """Samples whose outputs are all on the right side of one half."""
    return float(np.sum(np.all((outputs > 0.5) == (targets > 0.5), axis=1)))


def classes_right(outputs: Reals, targets: Reals, _weights: Reals) -> float:
    """Samples whose largest output is the target's."""
    return float(np.sum(outputs.argmax(axis=1) == targets.argmax(axis=1)))


def weight(index: int) -> Measure:
    """The weight at `index` in storage order."""
    return lambda _outputs, _targets, weights: float(weights[index])

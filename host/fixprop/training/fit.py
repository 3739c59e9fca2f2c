"""The loop: epochs in one order for fixed point and float64, the best weights of each kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, Integers
from fixprop.network import Topology
from fixprop.reference import Reals
from fixprop.training.descent import Descent, losses
from fixprop.training.float64 import Float64Descent
from fixprop.training.order import Deck, SampleOrder
from fixprop.training.samples import Part, Samples
from fixprop.training.schedule import rate_at


@dataclass(frozen=True)
class Settings:
    """How to train; `patience`: epochs without a better loss after which it ends, None: never."""

    epochs: int = 100
    rate: float = 0.1
    schedule: str = "constant"
    momentum: float = 0.0
    batch: int = 1
    patience: int | None = None
    seed: int = 1
    initial: str = "xavier"
    engine: str = "auto"

    def __post_init__(self) -> None:
        if self.epochs < 1:
            raise UsageError(f"{self.epochs} epochs: must be 1 or more")
        if self.patience is not None and self.patience < 1:
            raise UsageError(f"patience of {self.patience} epochs: must be 1 or more")


class Trained(Protocol):
    """What Descent and Float64Descent have in common."""

    topology: Topology
    rate: float
    weights: Any

    def in_order(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        """Steps."""


@dataclass
class Run:
    """One network's way through the epochs; losses have a value for the start and each epoch."""

    network: Descent | Float64Descent
    training: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    best_epoch: int = 0
    best_weights: Any = None

    def outputs(self, inputs: Integers) -> Reals:
        """[samples, outputs], real numbers of the network's scale."""
        if isinstance(self.network, Descent):
            return ACTIVATION.to_float(self.network.forward(inputs))
        return self.network.outputs(inputs)

    def loss(self, part: Part) -> float:
        """Mean over the rows, by their weights; infinite where float64 overflowed."""
        if not len(part.rows):
            return math.nan
        with np.errstate(all="ignore"):
            each = losses(self.network.topology, self.outputs(part.inputs), part.known)
            mean = float(np.average(each, weights=part.weights))
        return mean if math.isfinite(mean) else math.inf

    def measure(self, samples: Samples) -> None:
        """Note the losses, and the weights if they are the best so far."""
        self.training.append(self.loss(samples.training))
        self.validation.append(self.loss(samples.validation))
        watched = self.watched
        if self.best_weights is None or watched[-1] < watched[self.best_epoch]:
            self.best_epoch, self.best_weights = len(watched) - 1, self.network.weights

    @property
    def watched(self) -> list[float]:
        """The losses that decide: of validation, where there is one."""
        return self.training if math.isnan(self.validation[0]) else self.validation

    @property
    def idle(self) -> int:
        """Epochs since the best one."""
        return len(self.watched) - 1 - self.best_epoch

    def keep_best(self) -> None:
        """Put the best weights back."""
        self.network.weights = self.best_weights


def fit(
    runs: list[Run],
    samples: Samples,
    settings: Settings,
    deck: Deck | None = None,
    tick: Callable[[Run], None] = lambda _: None,
) -> None:
    """Train all `runs` alike; the first decides when it is enough. Best weights are put back.

    `tick` is called with the first after each epoch. `deck`: see order.py.
    """
    part, order = samples.training, SampleOrder(settings.seed)
    for run in runs:
        run.measure(samples)
    for epoch in range(settings.epochs):
        places = deck.deal() if deck else np.arange(len(part.rows))
        shuffled = places[order.epoch(len(places))]
        rate = rate_at(settings.schedule, settings.rate, epoch, settings.epochs)
        for run in runs:
            run.network.rate = rate
            run.network.in_order(part.inputs, part.targets, shuffled)
            run.measure(samples)
        tick(runs[0])
        if settings.patience is not None and runs[0].idle >= settings.patience:
            break
    for run in runs:
        run.keep_best()

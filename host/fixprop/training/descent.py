"""Online gradient descent in fixed point, exactly as a board does it: same start, order and bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import UsageError
from fixprop.formats import (
    ACTIVATION,
    MOMENTUM,
    NO_TARGET,
    PASS_WEIGHT,
    RATE,
    WEIGHT,
    Format,
    Integers,
)
from fixprop.generator import Generator
from fixprop.native import within
from fixprop.network import Mirror, Topology
from fixprop.reference import Reals
from fixprop.saturation import Saturations
from fixprop.training.engine import Engine, engine_of
from fixprop.training.order import SampleOrder

INITIALS = ("uniform", "xavier", "he")


class Descent:
    """A network in training; picklable at any moment, and going on from there.

    `rate` and `momentum` in real units; the network takes the nearest UQ3.13 and UQ0.16. `initial`:
    "uniform" in [-1, 1), "xavier" or "he", drawn by Generator(seed); or `weights`, Q4.19
    [weight_count]. The order is drawn by a second Generator(seed), as the worked examples do on the
    chip. `batch`: that many samples' changes add up before the weights move; 1 is the board's way.
    `engine`: "auto", "native" or "mirror", see engine.py. UsageError for numbers out of range.
    """

    def __init__(
        self,
        topology: Topology,
        seed: int,
        rate: float,
        momentum: float = 0.0,
        batch: int = 1,
        initial: str = "uniform",
        engine: str = "auto",
        weights: Integers | None = None,
    ) -> None:
        if batch < 1:
            raise UsageError(f"batch {batch}: must be 1 or more")
        self.topology, self.batch = topology, batch
        self._momentum = fixed_momentum(momentum)
        self._engine_name = engine
        self._rate = fixed_rate(rate)
        self._order = SampleOrder(seed)
        self._engine: Engine = engine_of(engine, topology, self._rate, self._momentum)
        self.weights = initial_weights(topology, seed, initial) if weights is None else weights

    @property
    def rate(self) -> float:
        """The learning rate, as the network has it."""
        return float(RATE.to_float(self._rate))

    @rate.setter
    def rate(self, rate: float) -> None:
        self._rate = self._engine.rate = fixed_rate(rate)

    @property
    def momentum(self) -> float:
        """The momentum, as the network has it."""
        return float(MOMENTUM.to_float(self._momentum))

    def go_on(self, momentum: float, engine: str) -> None:
        """From the same weights with another momentum, or on another engine."""
        fixed = fixed_momentum(momentum)
        if (fixed, engine) == (self._momentum, self._engine_name):
            return
        flat = self._engine.weights(), self._engine.changes()
        self._engine = engine_of(engine, self.topology, self._rate, fixed)
        self._momentum, self._engine_name = fixed, engine
        self._fill(*flat)

    @property
    def weights(self) -> Integers:
        """int64 [weight_count], Q4.19, in storage order; a copy."""
        return self._engine.weights()

    @weights.setter
    def weights(self, flat: ArrayLike) -> None:
        given = np.asarray(flat, np.int64).reshape(-1)
        if len(given) != self.topology.weight_count:
            wanted = f"{self.topology} has {self.topology.weight_count}"
            raise UsageError(f"{len(given)} weights: {wanted}")
        self._engine.set_weights(given)

    @property
    def saturated(self) -> int:
        """How many weights lie at an end of their format."""
        weights = self.weights
        return int(np.sum((weights == WEIGHT.low) | (weights == WEIGHT.high)))

    @property
    def saturation(self) -> Saturations:
        """What was cut off in training and in measuring the loss, since the engine was made."""
        return self._engine.saturation

    def epoch(
        self, inputs: ArrayLike, targets: ArrayLike, deck: ArrayLike | None = None
    ) -> Integers:
        """One pass over the samples, Q0.15 [samples, ...], in a new order; returns that order.

        `deck`: indices that the pass is made of, where not every sample comes just once.
        """
        given, wanted = self._samples(inputs, targets)
        if deck is None:
            order = self._order.epoch(len(given))
        else:
            places = np.asarray(deck, np.int64)
            order = places[self._order.epoch(len(places))]
        self._train(given, wanted, order)
        return order

    def steps(self, count: int, inputs: ArrayLike, targets: ArrayLike) -> Integers:
        """`count` steps, each on a sample drawn out of all; returns which."""
        given, wanted = self._samples(inputs, targets)
        order = self._order.draws(len(given), count)
        self._train(given, wanted, order)
        return order

    def in_order(self, inputs: ArrayLike, targets: ArrayLike, order: ArrayLike) -> None:
        """One step for each entry of `order`; nothing is drawn."""
        given, wanted = self._samples(inputs, targets)
        self._train(given, wanted, np.asarray(order, np.int64))

    def forward(self, inputs: ArrayLike) -> Integers:
        """Outputs int64 [samples, outputs], Q0.15."""
        return self._engine.forward(self._rows(inputs, self.topology.sizes[0]))

    def loss(self, inputs: ArrayLike, targets: ArrayLike) -> float:
        """Mean over the samples of `losses` of the present outputs."""
        given, wanted = self._samples(inputs, targets)
        known = np.where(wanted == NO_TARGET, np.nan, ACTIVATION.to_float(wanted))
        outputs = ACTIVATION.to_float(self._engine.forward(given))
        return float(np.mean(losses(self.topology, outputs, known)))

    def _train(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        if self.batch == 1:
            self._engine.train(inputs, targets, order)
            return
        for start in range(0, len(order), self.batch):
            self._engine.accumulate(inputs, targets, order[start : start + self.batch])

    def _samples(self, inputs: ArrayLike, targets: ArrayLike) -> tuple[Integers, Integers]:
        given = self._rows(inputs, self.topology.sizes[0])
        wanted = self._rows(targets, self.topology.sizes[-1])
        if len(given) != len(wanted):
            raise UsageError(f"{len(given)} inputs but {len(wanted)} targets")
        if not len(given):
            raise UsageError("no samples: give at least one")
        return given, wanted

    @staticmethod
    def _rows(values: ArrayLike, width: int) -> Integers:
        rows = within(ACTIVATION, "value", values)
        rows = rows[:, np.newaxis] if rows.ndim == 1 else rows
        if rows.ndim != 2 or rows.shape[1] != width:
            shape = " x ".join(map(str, rows.shape))
            raise UsageError(f"samples of shape {shape}: the network takes rows of {width}")
        return rows

    # C keeps pointers, which do not travel: its numbers do, and it is made anew

    def __getstate__(self) -> dict[str, Any]:
        state = {key: value for key, value in self.__dict__.items() if key != "_engine"}
        return state | {"_flat": (self._engine.weights(), self._engine.changes())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        weights, changes = state.pop("_flat")
        self.__dict__.update(state)
        self._engine = engine_of(self._engine_name, self.topology, self._rate, self._momentum)
        self._fill(weights, changes)

    def _fill(self, weights: Integers, changes: Integers) -> None:
        self._engine.set_weights(weights)
        if self._momentum:  # else nothing is carried on
            self._engine.set_changes(changes)


def initial_weights(topology: Topology, seed: int, initial: str) -> Integers:
    """int64 [weight_count], Q4.19: those that fixprop_initialise... gives on a chip of this seed."""
    mirror, generator = Mirror(topology), Generator(seed)
    if initial == "uniform":
        mirror.initialise(generator, 1 << PASS_WEIGHT.fraction)
    elif initial == "xavier":
        mirror.initialise_xavier(generator)
    elif initial == "he":
        mirror.initialise_he(generator)
    else:
        raise UsageError(f"unknown initial '{initial}': choose one of {', '.join(INITIALS)}")
    return np.array(mirror.flat_weights()[0])


def losses(topology: Topology, outputs: Reals, targets: Reals) -> Reals:
    """Loss of each sample, summed over its outputs; a NaN target counts nothing.

    Half the squared error, or the output function's cross-entropy, for which outputs are held half
    a unit from 0 and 1, where fixed point cannot tell them.
    """
    cross_entropy = topology.functions()[-1].cross_entropy
    if cross_entropy is None:
        each = 0.5 * (targets - outputs) ** 2
    else:
        edge = ACTIVATION.unit / 2
        each = cross_entropy(targets, np.clip(outputs, edge, 1 - edge))
    return np.asarray(np.where(np.isnan(targets), 0.0, each).sum(axis=1))


def fixed_rate(rate: float) -> int:
    """The learning rate as the network has it, UQ3.13; UsageError out of range."""
    return _fixed(RATE, "learning rate", rate, least=1)


def fixed_momentum(momentum: float) -> int:
    """The momentum as the network has it, UQ0.16; UsageError out of range."""
    return _fixed(MOMENTUM, "momentum", momentum, least=0)


def _fixed(number: Format, what: str, value: float, least: int) -> int:
    """The nearest integer of `number`; UsageError instead of a silent limit."""
    low, high = number.to_float(least), number.to_float(number.high)
    fixed = round(value / number.unit) if np.isfinite(value) else -1
    if not least <= fixed <= number.high:
        raise UsageError(f"{what} {value:g}: {number.q} holds {low:g} to {high:g}")
    return int(fixed)

"""Where a worked example runs: float64, the mirror, the firmware's C on this computer."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from fixprop.ensemble import Ensemble
from fixprop.examples.training import Reals, Training
from fixprop.formats import ACTIVATION, WEIGHT, Integers
from fixprop.native import Native
from fixprop.network import Mirror


class State(NamedTuple):
    """A network at some step, in real numbers, and as the integers they are if it has any."""

    outputs: Reals  # [samples, outputs]
    weights: Reals  # [weight_count]
    fixed_outputs: Integers | None = None
    fixed_weights: Integers | None = None


class Place(Protocol):
    """A network in training."""

    def train(self, order: Integers) -> None:
        """One step for each index of a sample."""

    def state(self) -> State:
        """Weights, and the outputs for every sample."""


def fixed_state(outputs: Integers, weights: Integers) -> State:
    """The state of a network in fixed point."""
    return State(ACTIVATION.to_float(outputs), WEIGHT.to_float(weights), outputs, weights)


class InFloat64:
    """The example as its source has it, in float64."""

    def __init__(self, example: Training, seed: int) -> None:
        self._example = example
        flat = example.weights
        if flat is None:
            flat = WEIGHT.to_float(example.initial_weights(seed))
        self.network = Ensemble(example.topology, flat, example.rate, example.momentum)

    def train(self, order: Integers) -> None:
        inputs, targets = self._example.inputs, self._example.targets
        for index in order:
            self.network.train(inputs[[index]], targets[[index]])

    def state(self) -> State:
        outputs = self.network.predict(self._example.inputs)[0]
        return State(outputs, self.network.flat_weights()[0])


class InMirror:
    """The definition in integer numpy."""

    def __init__(self, example: Training, seed: int) -> None:
        self._inputs, self._targets = example.fixed_inputs, example.fixed_targets
        self._network = Mirror(example.topology, 1, example.fixed_rate)
        self._network.set_flat_weights(example.initial_weights(seed))
        momentum = example.fixed_momentum
        self._changes = self._network.changes(momentum) if momentum else None

    def train(self, order: Integers) -> None:
        for index in order:
            sample, target = self._inputs[[index]], self._targets[[index]]
            if self._changes is None:
                self._network.train(sample, target)
            else:
                self._network.train_momentum(sample, target, self._changes)

    def state(self) -> State:
        outputs = [self._network.forward(row[np.newaxis])[0] for row in self._inputs]
        return fixed_state(np.array(outputs), self._network.flat_weights()[0])


class InNative:
    """The firmware's C, compiled for this computer."""

    def __init__(self, example: Training, seed: int) -> None:
        self._inputs, self._targets = example.fixed_inputs, example.fixed_targets
        self._network = Native(example.topology, example.fixed_rate)
        self._network.set_flat_weights(example.initial_weights(seed))
        momentum = example.fixed_momentum
        self._changes = self._network.changes(momentum) if momentum else None

    def train(self, order: Integers) -> None:
        if self._changes is None:
            self._network.train(self._inputs, self._targets, order)
        else:
            self._network.train_momentum(self._inputs, self._targets, self._changes, order)

    def state(self) -> State:
        outputs = self._network.forward(self._inputs)
        return fixed_state(outputs, self._network.flat_weights())

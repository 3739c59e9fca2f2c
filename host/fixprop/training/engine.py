"""Where a descent computes: the firmware's C on this computer, or the mirror; the bits are the same."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from fixprop.changes import Changes
from fixprop.errors import MissingTool, UsageError
from fixprop.formats import RESIDUAL_BITS, Integers
from fixprop.native import Native
from fixprop.network import Mirror, Topology
from fixprop.saturation import SaturationCounter, Saturations

ENGINES = ("auto", "native", "mirror")


class Engine(Protocol):
    """One network in training; weights and changes are int64 [weight_count], Q4.19."""

    rate: int

    @property
    def saturation(self) -> Saturations:
        """What was cut off in all steps and forward passes since it was made."""

    def weights(self) -> Integers:
        """As they stand."""

    def set_weights(self, flat: Integers) -> None:
        """The inverse."""

    def changes(self) -> Integers:
        """What momentum carries on; zero without it."""

    def set_changes(self, flat: Integers) -> None:
        """The inverse."""

    def forward(self, inputs: Integers) -> Integers:
        """Outputs [samples, outputs], Q0.15."""

    def train(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        """One online step for each entry of `order`."""

    def accumulate(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        """A batch: one step for each entry, then the weights change once."""


def engine_of(name: str, topology: Topology, rate: int, momentum: int) -> Engine:
    """`name`: one of ENGINES; "auto" is native where there is a C compiler, else the mirror."""
    if name not in ENGINES:
        raise UsageError(f"unknown engine '{name}': choose one of {', '.join(ENGINES)}")
    if name != "mirror":
        try:
            return InNative(topology, rate, momentum)
        except MissingTool:
            if name == "native":
                raise
    return InMirror(topology, rate, momentum)


class InNative:
    """The firmware's C."""

    def __init__(self, topology: Topology, rate: int, momentum: int) -> None:
        self._network = Native(topology, rate, counting=True)
        self._changes = self._network.changes(momentum)
        self._momentum = momentum

    @property
    def saturation(self) -> Saturations:
        return self._network.saturation or Saturations()

    @property
    def rate(self) -> int:
        return self._network.rate

    @rate.setter
    def rate(self, rate: int) -> None:
        self._network.rate = rate

    def weights(self) -> Integers:
        return self._network.flat_weights()

    def set_weights(self, flat: Integers) -> None:
        self._network.set_flat_weights(flat)

    def changes(self) -> Integers:
        return self._changes.flat()

    def set_changes(self, flat: Integers) -> None:
        self._changes._upper[:] = flat >> RESIDUAL_BITS
        self._changes._lower[:] = flat & ((1 << RESIDUAL_BITS) - 1)

    def forward(self, inputs: Integers) -> Integers:
        return self._network.forward(inputs)

    def train(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        if self._momentum:
            self._network.train_momentum(inputs, targets, self._changes, order)
        else:
            self._network.train(inputs, targets, order)

    def accumulate(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        self._network.accumulate(inputs, targets, self._changes, order)
        self._network.apply(self._changes)


class InMirror:
    """The definition in integer numpy: for machines without a C compiler."""

    def __init__(self, topology: Topology, rate: int, momentum: int) -> None:
        self._counter = SaturationCounter()
        self._network = Mirror(topology, 1, rate, self._counter)
        self._changes: Changes = self._network.changes(momentum)

    @property
    def saturation(self) -> Saturations:
        return self._counter.saturations

    @property
    def rate(self) -> int:
        return self._network.rate

    @rate.setter
    def rate(self, rate: int) -> None:
        self._network.rate = rate

    def weights(self) -> Integers:
        return np.array(self._network.flat_weights()[0])

    def set_weights(self, flat: Integers) -> None:
        self._network.set_flat_weights(flat)

    def changes(self) -> Integers:
        return np.array(self._changes.flat()[0])

    def set_changes(self, flat: Integers) -> None:
        start = 0
        for layer in self._changes.sums:
            layer[:] = flat[start : start + layer.size].reshape(layer.shape)
            start += layer.size

    def forward(self, inputs: Integers) -> Integers:
        return self._network.forward(inputs)  # one network, which every row broadcasts over

    def train(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        for index in order:
            if self._changes.momentum:
                self._network.train_momentum(inputs[[index]], targets[[index]], self._changes)
            else:
                self._network.train(inputs[[index]], targets[[index]])

    def accumulate(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        for index in order:
            self._network.accumulate(inputs[[index]], targets[[index]], self._changes)
        self._network.apply(self._changes)

"""Where the arithmetic runs, all asked the same way."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from fixprop.formats import Integers
from fixprop.native import Native
from fixprop.network import Mirror, Topology
from fixprop.session import Session
from fixprop.tracking.learner import weights_crc
from fixprop.tracking.twin import values_of
from fixprop.transfer import pulled, set_weights
from fixprop.wire.records import SetRate


class Told(NamedTuple):
    """What a place tells of one step."""

    outputs: Integers  # int64 [outputs], Q0.15, before the step
    weights_crc: int  # after it


class Place(Protocol):
    """One network, that trains on what it is given."""

    name: str

    def begin(self, weights: Integers, rate: int) -> None:
        """Start from these weights, Q4.19, with this learning rate, UQ3.13."""

    def train(self, inputs: Integers, targets: Integers) -> Told:
        """One online step."""

    def weights(self) -> Integers:
        """int64 [weight_count], Q4.19."""


class MirrorPlace:
    """The arithmetic's definition."""

    name = "mirror"

    def __init__(self, topology: Topology) -> None:
        self._network = Mirror(topology)

    def begin(self, weights: Integers, rate: int) -> None:
        """See Place."""
        self._network.set_flat_weights(weights)
        self._network.rate = rate

    def train(self, inputs: Integers, targets: Integers) -> Told:
        """See Place."""
        self._network.train(inputs[np.newaxis], targets[np.newaxis])
        return Told(self._network.outputs[-1][0], weights_crc(self.weights()))

    def weights(self) -> Integers:
        """See Place."""
        return np.asarray(self._network.flat_weights()[0])


class NativePlace:
    """The firmware's C, compiled for this computer."""

    name = "native"

    def __init__(self, topology: Topology) -> None:
        self._network = Native(topology)

    def begin(self, weights: Integers, rate: int) -> None:
        """See Place."""
        self._network.set_flat_weights(weights)
        self._network.rate = rate

    def train(self, inputs: Integers, targets: Integers) -> Told:
        """See Place."""
        outputs = self._network.forward(inputs[np.newaxis])[0]
        self._network.train(inputs[np.newaxis], targets[np.newaxis])
        return Told(np.asarray(outputs, np.int64), weights_crc(self.weights()))

    def weights(self) -> Integers:
        """See Place."""
        return self._network.flat_weights()


class BoardPlace:
    """A board that does not learn by itself for the time."""

    def __init__(self, session: Session, name: str = "board") -> None:
        self.name, self._session = name, session

    def begin(self, weights: Integers, rate: int) -> None:
        """See Place."""
        set_weights(self._session, weights)
        self._session.command(SetRate(rate))

    def train(self, inputs: Integers, targets: Integers) -> Told:
        """See Place."""
        trained = self._session.train_sample(inputs, targets)
        return Told(values_of(trained.outputs), trained.weights_crc)

    def weights(self) -> Integers:
        """See Place."""
        return pulled(self._session)

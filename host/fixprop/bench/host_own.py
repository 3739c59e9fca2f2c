"""fixprop's own contestants: the firmware's C on this computer, and the mirror, one network or many."""

from __future__ import annotations

import numpy as np

from fixprop.bench.host_work import Contestant, Reals, Work
from fixprop.formats import ACTIVATION, WEIGHT
from fixprop.native import Native
from fixprop.network import Mirror


class NativeContestant(Contestant):
    """One network in C; one call from Python does all steps. It begins at step `first` of the cycle."""

    name = "native"

    def __init__(self, work: Work, first: int = 0) -> None:
        self._work, self._first = work, first
        self._network = Native(work.topology, work.rate)

    def reset(self) -> None:
        """Back to the initial weights."""
        self._network.set_flat_weights(self._work.weights)

    def train(self, calls: int) -> None:
        """`calls` online steps."""
        order = self._work.order(calls, self._first)
        self._network.train(self._work.inputs, self._work.targets, order)

    def infer(self, calls: int) -> Reals:
        """`calls` forward passes; the last outputs."""
        outputs = self._network.forward(self._work.inputs[self._work.order(calls, self._first)])
        return ACTIVATION.to_float(outputs[-1:])

    def weights(self) -> Reals:
        """[1, weight_count]."""
        return WEIGHT.to_float(self._network.flat_weights())[None]


class MirrorContestant(Contestant):
    """Any number of networks in numpy; each call does one step of all of them."""

    def __init__(self, work: Work, networks: int = 1) -> None:
        self.name = "mirror" if networks == 1 else f"mirror_{networks}_networks"
        self.networks, self._work = networks, work
        self._mirror = Mirror(work.topology, networks, work.rate)
        order = work.order(len(work.cycle) + networks)
        self._inputs, self._targets = work.inputs[order], work.targets[order]

    def reset(self) -> None:
        """Back to the initial weights."""
        self._mirror.set_flat_weights(self._work.weights)

    def train(self, calls: int) -> None:
        """`calls` online steps of every network."""
        for call in range(calls):
            now = self._samples(call)
            self._mirror.train(self._inputs[now], self._targets[now])

    def infer(self, calls: int) -> Reals:
        """`calls` forward passes of every network; the last outputs."""
        outputs = np.zeros((self.networks, self._work.topology.sizes[-1]), np.int64)
        for call in range(calls):
            outputs = self._mirror.forward(self._inputs[self._samples(call)])
        return ACTIVATION.to_float(outputs)

    def _samples(self, call: int) -> slice:
        step = call % len(self._work.cycle)
        return slice(step, step + self.networks)

    def weights(self) -> Reals:
        """[networks, weight_count]."""
        return WEIGHT.to_float(self._mirror.flat_weights())

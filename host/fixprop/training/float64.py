"""The float64 twin of a descent: the same steps in the same order, for what fixed point costs."""

from __future__ import annotations

import numpy as np

from fixprop.formats import ACTIVATION, NO_TARGET, WEIGHT, Integers
from fixprop.network import Topology
from fixprop.reference import Reals, Reference


class Float64Descent:
    """One float64 network in training, with Descent's rules of momentum and batches.

    It computes what Ensemble does, for one network, in a quarter of the time. A sum that overflows
    ends in infinities, without a warning: its loss says so.
    """

    def __init__(
        self,
        topology: Topology,
        weights: Integers,
        rate: float,
        momentum: float = 0.0,
        batch: int = 1,
    ) -> None:
        self.topology = topology
        self.rate, self.momentum, self.batch = rate, momentum, batch
        self._network = Reference.from_fixed(topology, weights)
        self._functions = topology.functions()
        self._changes = [np.zeros_like(w) for w in self._network.weights]
        self._seen = [np.ones(1 + size) for size in topology.sizes]  # a bias weight sees the first
        self._learns_bias = [not topology.has_fixed_bias(n) for n in range(len(self._changes))]

    @property
    def weights(self) -> Reals:
        """[weight_count] in storage order; a copy."""
        return self._network.flat()

    @weights.setter
    def weights(self, flat: Reals) -> None:
        self._network.set_flat(flat)

    @property
    def quantised(self) -> Integers:
        """The nearest Q4.19, saturated."""
        return WEIGHT.from_float(np.nan_to_num(self.weights))

    def outputs(self, inputs: Integers) -> Reals:
        """[samples, outputs] for Q0.15."""
        with np.errstate(all="ignore"):
            return self._network.forward(ACTIVATION.to_float(inputs))[-1]

    def in_order(self, inputs: Integers, targets: Integers, order: Integers) -> None:
        """One step for each entry of `order`; inputs and targets Q0.15."""
        given = ACTIVATION.to_float(inputs)
        wanted = np.where(targets == NO_TARGET, np.nan, ACTIVATION.to_float(targets))
        some_missing = bool(np.isnan(wanted).any())
        with np.errstate(all="ignore"):
            for start in range(0, len(order), self.batch):
                for index in order[start : start + self.batch]:
                    error = wanted[index] - self._forward(given[index])
                    self._backward(np.nan_to_num(error) if some_missing else error)
                self._apply()

    def _forward(self, inputs: Reals) -> Reals:
        self._seen[0][1:] = inputs
        for layer, function in enumerate(self._functions):
            sums = self._network.weights[layer] @ self._seen[layer]
            self._seen[layer + 1][1:] = function.exact(sums)
        return self._seen[-1][1:]

    def _backward(self, error: Reals) -> None:
        for layer in range(len(self._functions) - 1, -1, -1):
            outputs = self._seen[layer + 1][1:]
            delta = error * self._functions[layer].exact_slope_of_output(outputs)
            error = delta @ self._network.weights[layer][:, 1:]
            step = np.outer(self.rate * delta, self._seen[layer])
            if not self._learns_bias[layer]:
                step[:, 0] = 0
            self._changes[layer] += step

    def _apply(self) -> None:
        for weights, changes in zip(self._network.weights, self._changes, strict=True):
            weights += changes
            changes *= self.momentum

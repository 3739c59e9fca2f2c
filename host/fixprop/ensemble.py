"""Float64 networks, many at once, with the mirror's shape: what fixed point is compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import WEIGHT, Integers
from fixprop.network import Topology

Reals = NDArray[np.float64]


class Ensemble:
    """N independent float64 networks of one topology, each with a learning rate of its own.

    `weights[l]`: [N, neurons, 1 + inputs], column 0 the bias weight.
    `changes[l]`: the latest change of each weight, of which `momentum` is carried on.
    `outputs[l]`: [N, size of l]; outputs[0] are the inputs of the latest forward pass.
    """

    def __init__(
        self, topology: Topology, flat: Reals, rates: Reals | float, momentum: float = 0.0
    ) -> None:
        self.topology = topology
        self.functions = topology.functions()
        rows = np.atleast_2d(np.asarray(flat, np.float64))
        self.rates = np.broadcast_to(np.asarray(rates, np.float64), (len(rows),))[:, None, None]
        self.momentum = momentum
        self.weights: list[Reals] = []
        start = 0
        for neurons, columns in topology.weight_shapes:
            end = start + neurons * columns
            self.weights.append(rows[:, start:end].reshape(-1, neurons, columns).copy())
            start = end
        self.changes = [np.zeros_like(w) for w in self.weights]
        self.outputs: list[Reals] = []

    @classmethod
    def from_fixed(
        cls, topology: Topology, flat: Integers, rates: Reals | float, momentum: float = 0.0
    ) -> Ensemble:
        """Networks whose weights are the integers `flat`, [N, weight_count] in Q4.19."""
        return cls(topology, WEIGHT.to_float(flat), rates, momentum)

    def flat_weights(self) -> Reals:
        """[N, weight_count] in storage order."""
        return np.concatenate([w.reshape(len(w), -1) for w in self.weights], axis=1)

    def forward(self, inputs: Reals) -> Reals:
        """Outputs [N, outputs] for `inputs` [N, inputs]."""
        self.outputs = [inputs]
        for weights, function in zip(self.weights, self.functions, strict=True):
            sums = np.einsum("nji,ni->nj", weights[:, :, 1:], self.outputs[-1])
            self.outputs.append(function.exact(sums + weights[:, :, 0]))
        return self.outputs[-1]

    def predict(self, inputs: Reals) -> Reals:
        """Outputs [N, samples, outputs] of every network for the same `inputs` [samples, inputs]."""
        values = np.broadcast_to(inputs, (len(self.weights[0]), *inputs.shape))
        for weights, function in zip(self.weights, self.functions, strict=True):
            sums = values @ weights[:, :, 1:].transpose(0, 2, 1) + weights[:, None, :, 0]
            values = function.exact(sums)
        return np.asarray(values)

    def train(self, inputs: Reals, targets: Reals) -> None:
        """One online step for each network on its own sample: `inputs` [N, inputs]."""
        self.forward(inputs)
        delta = (targets - self.outputs[-1]) * self._slope(-1)
        for layer in range(len(self.weights) - 1, -1, -1):
            below = delta
            if layer:
                back = np.einsum("nji,nj->ni", self.weights[layer][:, :, 1:], delta)
                below = back * self._slope(layer - 1)
            self._update(layer, delta)
            delta = below

    def _slope(self, layer: int) -> Reals:
        outputs = self.outputs[layer if layer < 0 else layer + 1]
        return self.functions[layer].exact_slope_of_output(outputs)

    def _update(self, layer: int, delta: Reals) -> None:
        changes, step = self.changes[layer], self.rates * delta[:, :, None]
        changes *= self.momentum
        if not self.topology.has_fixed_bias(layer):
            changes[:, :, :1] += step
        changes[:, :, 1:] += step * self.outputs[layer][:, None, :]
        self.weights[layer] += changes

"""The same network in float64: the mathematical truth that gradients and convergence are held to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import WEIGHT, Integers
from fixprop.network import Topology

Reals = NDArray[np.float64]


class Reference:
    """One float64 network. `weights[l]`: [neurons, 1 + inputs], column 0 the bias weight."""

    def __init__(self, topology: Topology, weights: list[Reals]):
        self.topology = topology
        self.weights = [np.array(w, np.float64) for w in weights]

    @classmethod
    def from_fixed(cls, topology: Topology, flat: Integers) -> Reference:
        """The network whose weights are the integers `flat` (Q4.19, storage order)."""
        weights, start = [], 0
        for shape in topology.weight_shapes:
            count = shape[0] * shape[1]
            weights.append(WEIGHT.to_float(flat[start : start + count]).reshape(shape))
            start += count
        return cls(topology, weights)

    def flat(self) -> Reals:
        """All weights, [weight_count], in storage order."""
        return np.concatenate([w.ravel() for w in self.weights])

    def set_flat(self, flat: Reals) -> None:
        """The inverse of `flat`."""
        start = 0
        for weights in self.weights:
            weights[:] = flat[start : start + weights.size].reshape(weights.shape)
            start += weights.size

    def forward(self, inputs: Reals) -> list[Reals]:
        """Values of every layer, inputs first, for `inputs` [samples, inputs]."""
        values = [np.atleast_2d(np.asarray(inputs, np.float64))]
        for weights, function in zip(self.weights, self.topology.functions(), strict=True):
            values.append(function.exact(values[-1] @ weights[:, 1:].T + weights[:, 0]))
        return values

    def loss(self, inputs: Reals, targets: Reals) -> float:
        """The output layer's loss, summed over outputs and samples; a NaN target counts nothing.

        Half the squared error, or the cross-entropy that belongs to the output function.
        """
        outputs = self.forward(inputs)[-1]
        cross_entropy = self.topology.functions()[-1].cross_entropy
        if cross_entropy is not None:
            return float(np.nansum(cross_entropy(targets, outputs)))
        return 0.5 * float(np.nansum((targets - outputs) ** 2))

    def gradients(self, inputs: Reals, targets: Reals) -> list[Reals]:
        """d loss / d weights, shaped like `weights`, summed over the samples, by backpropagation.

        With softmax a sample's targets must sum to 1 or all be NaN. Fixed bias weights have none.
        """
        values = self.forward(inputs)
        functions = self.topology.functions()
        error = np.nan_to_num(values[-1] - targets, nan=0.0)
        delta = error * functions[-1].exact_slope_of_output(values[-1])
        gradients: list[Reals] = []
        for layer in range(len(self.weights) - 1, -1, -1):
            seen = np.column_stack([np.ones(len(values[layer])), values[layer]])
            gradients.insert(0, delta.T @ seen)
            if self.topology.has_fixed_bias(layer):
                gradients[0][:, 0] = 0
            if layer:
                slope = functions[layer - 1].exact_slope_of_output(values[layer])
                delta = delta @ self.weights[layer][:, 1:] * slope
        return gradients

    def train(self, inputs: Reals, targets: Reals, rate: float) -> None:
        """One step down the gradient of the given samples."""
        for weights, gradient in zip(self.weights, self.gradients(inputs, targets), strict=True):
            weights -= rate * gradient

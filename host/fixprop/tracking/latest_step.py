"""One training step as it was: what went in, what came out, what was wanted, and the gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import ACTIVATION, DELTA, NO_TARGET, Integers
from fixprop.network import Topology

Reals = NDArray[np.float64]


def loss_of(outputs: Integers, targets: Integers) -> float:
    """Half the squared error of the outputs that have a target, as the step saw it; exact.

    Both int64 [outputs], Q0.15.
    """
    errors = ACTIVATION.saturate(targets - outputs)[targets != NO_TARGET]
    return int(errors @ errors) / float(2 << (2 * ACTIVATION.fraction))


@dataclass(frozen=True)
class LatestStep:
    """All of the latest training step, in the order of the layers."""

    topology: Topology
    values: Integers  # int64 [inputs, then each layer's outputs], Q0.15
    targets: Integers  # int64 [outputs], Q0.15
    deltas: Integers  # int64 [each layer's neurons], Q2.21: minus the loss by the neuron's sum

    @property
    def loss(self) -> float:
        """Before the step."""
        return loss_of(self.values[-len(self.targets) :], self.targets)

    def gradients(self) -> list[Reals]:
        """The loss by each weight, [neurons, 1 + inputs] of each layer; column 0 is the bias."""
        values = np.split(self.values, np.cumsum(self.topology.sizes)[:-1])
        deltas = np.split(self.deltas, np.cumsum(self.topology.sizes[1:])[:-1])
        gradients = []
        for layer, (seen, delta) in enumerate(zip(values, deltas, strict=False)):
            inputs = np.concatenate([[1.0], ACTIVATION.to_float(seen)])
            gradient = -np.outer(DELTA.to_float(delta), inputs)
            if self.topology.has_fixed_bias(layer):
                gradient[:, 0] = 0
            gradients.append(gradient)
        return gradients

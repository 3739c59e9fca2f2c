"""The network as it stands: weights, and what every neuron says to the latest reading."""

from __future__ import annotations

import numpy as np

from fixprop.formats import ACTIVATION, WEIGHT
from fixprop.network import Mirror
from fixprop.sim.gp2y0a21 import Floats
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.learner import View
from fixprop.tracking.twin import Twin

INPUTS = ("both", "left less right", "change of both", "change of difference")


def snapshot(twin: Twin, view: View | None) -> dict[str, Floats]:
    """Weights in storage order and activations, inputs first; call it in the reader's thread."""
    weights = twin.learner.weights()
    columns = {"weights": WEIGHT.to_float(weights)}
    if view is not None:
        network = Mirror(TOPOLOGY)
        network.set_flat_weights(weights)
        network.forward(view.inputs())
        columns["activations"] = np.concatenate(
            [ACTIVATION.to_float(o[0]) for o in network.outputs]
        )
    return columns

"""Two hidden layers, of 6 and 4 neurons: the same passes, once more a layer."""

from __future__ import annotations

import numpy as np

from fixprop.examples.training import Figure, Training, hits, mean_squared_error
from fixprop.network import Topology

_line = np.linspace(-0.8, 0.8, 5)
_points = np.stack(np.meshgrid(_line, _line), axis=-1).reshape(-1, 2)
_inside = np.sum(_points**2, axis=1, keepdims=True) < 0.5

DISC = Training(
    name="deep-2-6-4-1",
    title="which of 25 points lie in a disc, two hidden layers, 2-6-4-1 tanh, sigmoid output",
    source="R. Lippmann, IEEE ASSP Magazine 4 (1987): regions that layers can close off",
    topology=Topology((2, 6, 4, 1), ("tanh", "tanh", "sigmoid")),
    inputs=_points,
    targets=_inside.astype(np.float64),
    rate=0.5,
    steps=25 * 600,
    shuffled=True,
    figures=(
        Figure("points right", hits, "25 of 25", (25, 25), (25, 25)),
        Figure("mean squared error", mean_squared_error, "at most 0.01", (0, 0.01), (0, 0.01)),
    ),
    loss=mean_squared_error,
)

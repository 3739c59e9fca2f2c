"""More than one hidden layer: the same passes, once more a layer."""

from __future__ import annotations

import numpy as np

from fixprop.examples.training import Figure, Training, hits, mean_squared_error
from fixprop.network import Topology

_bits = (np.arange(16)[:, np.newaxis] >> np.arange(4)) & 1

PARITY = Training(
    name="deep-4-6-4-1",
    title="four-bit parity with two hidden layers, 4-6-4-1 tanh, sigmoid output",
    source="Rumelhart, Hinton & Williams (1986): parity, the hardest of the threshold functions",
    topology=Topology((4, 6, 4, 1), ("tanh", "tanh", "sigmoid")),
    inputs=(2 * _bits - 1).astype(np.float64),
    targets=(_bits.sum(axis=1, keepdims=True) % 2).astype(np.float64),
    rate=0.5,
    steps=16 * 1_500,
    shuffled=True,
    figures=(
        Figure("patterns right", hits, "16 of 16", (16, 16), (16, 16)),
        Figure("mean squared error", mean_squared_error, "at most 0.01", (0, 0.01), (0, 0.01)),
    ),
    loss=mean_squared_error,
)

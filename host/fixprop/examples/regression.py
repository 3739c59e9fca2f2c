"""Regression: a linear output above tanh neurons, whose values are not limited to (0, 1)."""

from __future__ import annotations

import numpy as np

from fixprop.examples.training import Figure, Training, mean_squared_error
from fixprop.network import Topology

_turns = np.linspace(-1.0, 1.0, 41)[:, np.newaxis]


def _below(limit: float) -> tuple[Figure, ...]:
    bounds = (0.0, limit)
    text = f"at most {limit}"
    return (Figure("mean squared error", mean_squared_error, text, bounds, bounds),)


SINE = Training(
    name="sine",
    title="sin(pi x) on [-1, 1], 1-8-1 tanh, linear output, targets 0.8 sin",
    source="K. Hornik, M. Stinchcombe & H. White, Neural Networks 2 (1989): universal approximation",
    topology=Topology((1, 8, 1), ("tanh", "linear")),
    inputs=_turns,
    targets=0.8 * np.sin(np.pi * _turns),
    rate=0.1,
    steps=41 * 1_000,
    shuffled=True,
    figures=_below(2e-4),
    loss=mean_squared_error,
)

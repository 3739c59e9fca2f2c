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


_corners = np.stack(np.meshgrid(*[[-0.8, 0.0, 0.8]] * 3), axis=-1).reshape(-1, 3)
_teacher = 0.5 * np.tanh(_corners @ [1.0, -0.5, 0.3]) - 0.3 * np.tanh(_corners @ [-0.4, 0.8, 1.0])

TANH = Training(
    name="tanh-3-2-1",
    title="two tanh units and a linear output without any bias, 3-2-1, learn a like network",
    source="C. M. Bishop, Pattern Recognition and Machine Learning (2006), 5.3.2",
    topology=Topology((3, 2, 1), ("tanh", "linear"), (True, True)),
    inputs=_corners,
    targets=_teacher[:, np.newaxis],
    rate=0.2,
    steps=27 * 500,
    shuffled=True,
    figures=_below(0.002),
    loss=mean_squared_error,
)
SINE = Training(
    name="sine",
    title="sin(pi x) on [-1, 1], 1-8-1 tanh, linear output, targets 0.5 sin",
    source="K. Hornik, M. Stinchcombe & H. White, Neural Networks 2 (1989): universal approximation",
    topology=Topology((1, 8, 1), ("tanh", "linear")),
    inputs=_turns,
    targets=0.5 * np.sin(np.pi * _turns),
    rate=0.1,
    steps=41 * 500,
    shuffled=True,
    figures=_below(0.0025),
    loss=mean_squared_error,
)

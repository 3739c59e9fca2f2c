"""The gradient from two evaluations a weight, beside the one that backpropagation gives."""

from __future__ import annotations

import numpy as np

from fixprop.ensemble import Ensemble
from fixprop.examples.training import Figure, Measure, Reals, Training, half_squared_error
from fixprop.network import Topology

TOPOLOGY = Topology((2, 3, 1), ("tanh", "sigmoid"))
INPUTS, TARGETS = np.array([[0.6, -0.4]]), np.array([[0.9]])
WEIGHTS = np.array([0.1, 0.5, -0.7, -0.2, 0.8, 0.3, 0.4, -0.6, 0.9, -0.3, 0.7, -0.8, 0.5])
RATE, SHIFT, RESOLUTION = 4.0, 1e-5, 1e-4


def numerical_gradient() -> Reals:
    """dE/dw of every weight by central differences, [weight_count]."""
    shifts = SHIFT * np.eye(len(WEIGHTS))
    network = Ensemble(TOPOLOGY, np.concatenate([WEIGHTS + shifts, WEIGHTS - shifts]), 0.0)
    errors = np.sum((TARGETS - network.predict(INPUTS)) ** 2, axis=(1, 2)) / 2
    up, down = np.split(errors, 2)
    return np.asarray((up - down) / (2 * SHIFT))


def _slope(index: int) -> Measure:
    return lambda _outputs, _targets, weights: float(WEIGHTS[index] - weights[index]) / RATE


def _figure(index: int, slope: float) -> Figure:
    exact, near = (slope - 1e-8, slope + 1e-8), (slope - RESOLUTION, slope + RESOLUTION)
    return Figure(f"dE/dw[{index}]", _slope(index), f"{slope:.9f}", exact, near)


GRADIENT = Training(
    name="gradient",
    title="numerical gradient beside backpropagation, 2-3-1: one step, divided by its rate",
    source=f"central differences of the error in float64, weights moved by {SHIFT:g}",
    topology=TOPOLOGY,
    inputs=INPUTS,
    targets=TARGETS,
    rate=RATE,
    steps=1,
    weights=WEIGHTS,
    figures=tuple(_figure(index, slope) for index, slope in enumerate(numerical_gradient())),
    loss=half_squared_error,
)

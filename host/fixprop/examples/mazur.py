"""M. Mazur's step by step example: the numbers that everybody who learns backpropagation checks."""

from __future__ import annotations

import numpy as np

from fixprop.examples.training import Figure, Measure, Training, half_squared_error, weight
from fixprop.network import Topology

W1, W5 = 1, 7  # in storage order: b1 w1 w2, b1 w3 w4, b2 w5 w6, b2 w7 w8


def _published(name: str, measure: Measure, digits: str, steps: int, relative: float) -> Figure:
    """float64 must round to the digits as published; fixed point may be off by `relative`."""
    value, last_digit = float(digits), 10.0 ** -len(digits.partition(".")[2])
    half, wide = 0.501 * last_digit, relative * value
    exact, near = (value - half, value + half), (value - wide, value + wide)
    return Figure(name, measure, digits, exact, near, steps)


MAZUR = Training(
    name="mazur",
    title="Mazur's 2-2-2 sigmoid, biases fixed, rate 0.5, one sample",
    source="M. Mazur, A Step by Step Backpropagation Example (2015)",
    topology=Topology((2, 2, 2), ("sigmoid", "sigmoid"), (True, True)),
    inputs=np.array([[0.05, 0.10]]),
    targets=np.array([[0.01, 0.99]]),
    rate=0.5,
    steps=10_000,
    learned=1e-3,
    weights=np.array([0.35, 0.15, 0.20, 0.35, 0.25, 0.30, 0.60, 0.40, 0.45, 0.60, 0.50, 0.55]),
    figures=(
        _published("error before", half_squared_error, "0.298371109", 0, 1e-3),
        _published("w5 after step 1", weight(W5), "0.35891648", 1, 1e-3),
        _published("w1 after step 1", weight(W1), "0.149780716", 1, 1e-3),
        _published("error after step 1", half_squared_error, "0.291027774", 1, 1e-3),
        _published("error after step 9,999", half_squared_error, "0.0000351085", 9_999, 0.02),
    ),
    loss=half_squared_error,
    notes=(
        "printed in the article for step 1 is 0.291027924: what follows if the hidden layer learns "
        "through output weights already changed; its own w1 and w5 give 0.291027774",
    ),
)

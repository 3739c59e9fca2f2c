"""Seven-segment digits to binary, 7-8-4: R. Heymsfeld's network, to his stopping rule."""

from __future__ import annotations

from functools import partial

import numpy as np

from fixprop.examples.training import Figure, Training, half_squared_error, hits
from fixprop.network import Topology

RULE = 0.0004
SEGMENTS = "1111110 0110000 1101101 1111001 0110011 1011011 0011111 1110000 1111111 1110011"
_lit = np.array([[float(s) for s in digit] for digit in SEGMENTS.split()])  # segments a to g
_binary = np.array([[float(b) for b in f"{digit:04b}"] for digit in range(10)])

_segments = partial(
    Training,
    source="R. Heymsfeld, A neural network for Arduino (2012): 7-8-4, his stop at error < 0.0004",
    targets=_binary,
    shuffled=True,
    stop=RULE,
    figures=(
        Figure("digits right", hits, "10 of 10", (10, 10), (10, 10)),
        Figure("error", half_squared_error, f"< {RULE}", (0, RULE), (0, RULE)),
    ),
    loss=half_squared_error,
)
BEST = _segments(
    name="segments-best",
    title="seven-segment digits 7-8-4, tanh, cross-entropy, inputs +-1, rate 0.5",
    topology=Topology((7, 8, 4), ("tanh", "sigmoid_cross_entropy")),
    inputs=2.0 * _lit - 1.0,
    rate=0.5,
    spread=1.0,
    steps=10 * 2_000,
    study_steps=10 * 100,
    notes=(
        "settings found by trying tanh and sigmoid hidden layers, rates 0.25 to 2 and spreads 0.5 "
        "and 1 on ten seeds each: the fastest whose slowest seed was still fast",
    ),
)
HEYMSFELD = _segments(
    name="segments",
    title="seven-segment digits 7-8-4, his rate 0.3, momentum 0.9, weights within 0.5",
    topology=Topology((7, 8, 4), ("sigmoid", "sigmoid")),
    inputs=_lit,
    rate=0.3,
    momentum=0.9,
    spread=0.5,
    steps=10 * 30_000,
)

"""Seven-segment digits to binary, 7-8-4: R. Heymsfeld's network for the Arduino, to his stopping rule."""

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

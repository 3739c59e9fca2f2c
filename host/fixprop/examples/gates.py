"""Logic gates: one neuron is enough for OR and AND, XOR needs a hidden layer (Minsky & Papert 1969)."""

from __future__ import annotations

from functools import partial

import numpy as np

from fixprop.examples.training import Figure, Training, hits, mean_squared_error
from fixprop.network import Topology

INPUTS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
ONE_NEURON = Topology((2, 1), ("sigmoid",))


def _figures(limit: float) -> tuple[Figure, ...]:
    low, all_right = (0.0, limit), (4.0, 4.0)
    return (
        Figure("rows right", hits, "4 of 4", all_right, all_right),
        Figure("mean squared error", mean_squared_error, f"at most {limit}", low, low),
    )


_gate = partial(
    Training,
    inputs=INPUTS,
    loss=mean_squared_error,
    rate=2.0,
    figures=_figures(0.01),
)

OR = _gate(
    name="or",
    title="OR with no hidden layer, 2-1 sigmoid",
    source="F. Rosenblatt, Psychological Review 65 (1958): linearly separable, so one neuron learns it",
    topology=ONE_NEURON,
    targets=np.array([[0.0], [1.0], [1.0], [1.0]]),
    steps=400,
)
AND = _gate(
    name="and",
    title="AND with no hidden layer, 2-1 sigmoid",
    source=OR.source,
    topology=ONE_NEURON,
    targets=np.array([[0.0], [0.0], [0.0], [1.0]]),
    steps=400,
)
_xor = partial(
    _gate,
    source="Rumelhart, Hinton & Williams, Learning internal representations (1986)",
    targets=np.array([[0.0], [1.0], [1.0], [0.0]]),
    steps=6_000,
)
XOR_2 = _xor(
    name="xor-2-2-1",
    title="XOR with two hidden neurons, 2-2-1 sigmoid",
    topology=Topology((2, 2, 1), ("sigmoid", "sigmoid")),
    notes=("two hidden neurons have local minima: some seeds end at 0.125 in float64 too",),
)
XOR_3 = _xor(
    name="xor-2-3-1",
    title="XOR with three hidden neurons, 2-3-1 sigmoid",
    topology=Topology((2, 3, 1), ("sigmoid", "sigmoid")),
)
XOR_MOMENTUM = _xor(
    name="xor-2-3-1-momentum",
    title="XOR with three hidden neurons and momentum 0.9, 2-3-1 sigmoid, rate 0.2",
    topology=XOR_3.topology,
    rate=0.2,
    momentum=0.9,
)
XOR_AND = _gate(
    name="xor-2-3-2",
    title="XOR and AND at once, 2-3-2 sigmoid",
    source=XOR_3.source,
    topology=Topology((2, 3, 2), ("sigmoid", "sigmoid")),
    targets=np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]),
    steps=6_000,
)
GATES = (OR, AND, XOR_2, XOR_3, XOR_MOMENTUM, XOR_AND)

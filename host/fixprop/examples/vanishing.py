"""The vanishing gradient: how little of a step reaches the first layer, sigmoid beside relu."""

from __future__ import annotations

import numpy as np

from fixprop.examples.report import Report
from fixprop.examples.run import run_training
from fixprop.examples.training import Figure, Measure, Reals, Training, mean_squared_error
from fixprop.formats import WEIGHT
from fixprop.generator import Generator
from fixprop.network import Mirror, Topology

SOURCE = "S. Hochreiter (1991); X. Glorot & Y. Bengio (2010), Xavier's weights; K. He (2015), relu"
DEPTHS = (1, 2, 3, 4)
WIDTH = 8
LOST_A_LAYER = 0.25
"""A sigmoid's slope is a quarter at most."""
KEPT = 0.1
_bits = (np.arange(16)[:, np.newaxis] >> np.arange(4)) & 1
INPUTS = _bits.astype(np.float64) - 0.5
TARGETS = 0.8 * (_bits.sum(axis=1, keepdims=True) % 2)


def run_vanishing(seed: int, with_chip: bool) -> Report:
    """One epoch for each depth and function; figures are first layer's change by last layer's."""
    report = Report(
        "vanishing",
        f"vanishing gradient, {min(DEPTHS)} to {max(DEPTHS)} hidden layers of {WIDTH}, one epoch",
        SOURCE,
    )
    for function in ("sigmoid", "relu"):
        for depth in DEPTHS:
            part = run_training(_training(function, depth, seed), seed, with_chip)
            report.rows += part.rows
            report.differences += [f"{part.name}: {text}" for text in part.differences]
    report.notes.append("each figure: mean change of the first layer's weights by the last one's")
    return report


def _training(function: str, depth: int, seed: int) -> Training:
    topology = Topology((4, *[WIDTH] * depth, 1), (*[function] * depth, "linear"))
    mirror = Mirror(topology)
    draw = mirror.initialise_xavier if function == "sigmoid" else mirror.initialise_he
    draw(Generator(seed))
    weights = WEIGHT.to_float(mirror.flat_weights()[0])
    most = LOST_A_LAYER**depth if function == "sigmoid" else np.inf
    least = 0.0 if function == "sigmoid" else KEPT
    bounds = (least, most)
    expected = f"at most {most:.4g}" if function == "sigmoid" else f"at least {least:.4g}"
    name = f"{function}, {depth} hidden"
    return Training(
        name=f"vanishing-{function}-{depth}",
        title=name,
        source=SOURCE,
        topology=topology,
        inputs=INPUTS,
        targets=TARGETS,
        rate=1 / 16,
        steps=len(INPUTS),
        weights=weights,
        figures=(Figure(name, _reaching(topology, weights), expected, bounds, bounds),),
        loss=mean_squared_error,
    )


def _reaching(topology: Topology, first: Reals) -> Measure:
    """Mean change of a weight of the first layer, by that of the last layer."""
    shapes = topology.weight_shapes
    begin, end = shapes[0][0] * shapes[0][1], shapes[-1][0] * shapes[-1][1]

    def measure(_outputs: Reals, _targets: Reals, weights: Reals) -> float:
        change = np.abs(weights - first)
        return float(change[:begin].mean() / change[-end:].mean())

    return measure

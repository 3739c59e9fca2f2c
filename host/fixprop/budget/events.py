"""What a pass does on the chip, counted on the mirror: everything that its cycles depend on.

Names and conditions are those of the loops in firmware/lib/fixprop/src/avr_*.S: how often a loop
turns, and which of two ways a neuron takes. Each count is an array [networks] for the mirror's
latest pass.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import ACTIVATION, Integers, is_coarse
from fixprop.network import Mirror

Counts = dict[str, NDArray[np.float64]]
BENT = ("relu", "leaky_relu", "tanh")
"""Functions whose kernels take another way for an output that is not positive."""

ROUNDING = 0.001  # of the binary logarithm of a sum


class _Tally:
    """Counts that grow."""

    def __init__(self, networks: int) -> None:
        self._networks = networks
        self.counts: Counts = defaultdict(lambda: np.zeros(networks))

    def add(self, name: str, count: NDArray[Any] | int) -> None:
        self.counts[name] = self.counts[name] + count


def _in_each(flags: Integers | NDArray[np.bool_]) -> Integers:
    return np.asarray(flags.sum(axis=1))


def forward_counts(mirror: Mirror) -> Counts:
    """Of the latest forward pass."""
    topology = mirror.topology
    tally = _Tally(len(mirror.outputs[0]))
    tally.add("pass", 1)
    for layer, name in enumerate(topology.activations):
        inputs, neurons = topology.sizes[layer : layer + 2]
        outputs = mirror.outputs[layer + 1]
        tally.add("layer", 1)
        tally.add("input", neurons * inputs)
        tally.add("odd row", neurons * (inputs % 2))
        tally.add(f"neuron {name}", neurons)
        if name in BENT:
            tally.add(f"neuron {name} bent", _in_each(outputs <= 0))
        if name == "softmax":
            tally.add("softmax", 1)
            halvings = _halvings(outputs)
            tally.add("softmax not halved", halvings == 0)
            tally.add("softmax halving", neurons * halvings)
        else:
            tally.add("saturated", _in_each(abs(outputs) >= ACTIVATION.high))
    return tally.counts


def _halvings(outputs: Integers) -> Integers:
    """How often softmax.c halves the sum of the powers, of which the largest is nearly one.

    The sum is one over the largest output. Each output is shifted as often.
    """
    highest = np.maximum(outputs.max(axis=1), 1)
    total = np.where(highest < ACTIVATION.high, (ACTIVATION.high + 1) / highest, 1)
    return np.asarray(np.ceil(np.log2(total) - ROUNDING).astype(np.int64))


def backward_counts(mirror: Mirror) -> Counts:
    """Of the latest backward pass and update."""
    topology = mirror.topology
    last = len(topology.activations) - 1
    tally = _Tally(len(mirror.outputs[0]))
    tally.add("step", 1)
    _count_slopes(tally, "output", topology.activations[last], mirror.outputs[last + 1])
    for layer in range(last, -1, -1):
        if layer:
            _count_hidden(tally, mirror, layer)
        _count_update(tally, mirror, layer)
    return tally.counts


def _count_slopes(tally: _Tally, where: str, name: str, outputs: Integers) -> None:
    tally.add(f"{where} delta {name}", outputs.shape[1])
    if name in BENT:
        tally.add(f"{where} delta {name} bent", _in_each(outputs <= 0))


def _count_hidden(tally: _Tally, mirror: Mirror, layer: int) -> None:
    """The deltas below `layer`; one coarse delta makes all of its factors coarse."""
    deltas, below = mirror.deltas[layer], mirror.outputs[layer]
    neurons, inputs = deltas.shape[1], below.shape[1]
    large = np.asarray(is_coarse(deltas))
    coarse = large.any(axis=1)
    tally.add("hidden layer", 1)
    tally.add("looked at", np.where(coarse, large.argmax(axis=1), neurons))
    tally.add("factor", neurons)
    tally.add("factor coarse", neurons * coarse)
    tally.add("product", neurons * inputs)
    tally.add("hidden delta coarse", inputs * coarse)
    _count_slopes(tally, "hidden", mirror.topology.activations[layer - 1], below)


def _count_update(tally: _Tally, mirror: Mirror, layer: int) -> None:
    """A neuron whose step is zero is passed over; a coarse step takes fewer cycles an input.

    That there is a layer, and in it a row for each neuron, counts with its deltas.
    """
    steps, inputs = mirror.steps[layer], mirror.topology.sizes[layer]
    zero, coarse = steps == 0, np.asarray(is_coarse(steps))
    moved = _in_each(~zero)
    tally.add("row zero", _in_each(zero))
    tally.add("row coarse", _in_each(coarse))
    tally.add("change", moved * inputs)
    tally.add("change coarse", _in_each(coarse) * inputs)
    tally.add("odd change", moved * (inputs % 2))
    if mirror.topology.has_fixed_bias(layer):
        tally.add("fixed bias", moved)

"""Between which numbers a layer's values lie, for inputs anywhere in their ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fixprop.activations import LEAK
from fixprop.formats import PASS_WEIGHT
from fixprop.importers.float_network import SCALABLE, FloatNetwork, Layer, Reals, activate

HEADROOM = 1.25
"""A hidden value may go so far beyond what it reached on the sample before it saturates."""

QUIET = 1 / 16
"""What a neuron that is quiet on the sample may do, as a share of what it could."""

SPARE = 1.002
"""For scales that are rounded later, those of columns."""

LARGEST_WEIGHT = PASS_WEIGHT.high * PASS_WEIGHT.unit


@dataclass(frozen=True)
class Reach:
    """Where a layer's values lie, in real units.

    `low`, `high` [neurons]. `size` [neurons]: what must be represented of their arguments.
    `low` and `high` end there, though for some inputs a value may be beyond.
    """

    low: Reals
    high: Reals
    size: Reals


def net_interval(layer: Layer, low: Reals, high: Reals) -> tuple[Reals, Reals]:
    """Of the weighted sums of values between `low` and `high`."""
    centre, radius = (low + high) / 2, (high - low) / 2
    middle = layer.weights @ centre + layer.biases
    spread = np.abs(layer.weights) @ radius
    return middle - spread, middle + spread


def reaches(
    network: FloatNetwork, low: Reals, high: Reals, unit: Reals, sample: list[Reals] | None
) -> list[Reach]:
    """Of every layer's values, for inputs from `low` to `high`, [inputs].

    `unit` [inputs]: how far apart 0 and 1 of the chip's inputs are, which their columns round up.
    `sample`: all layers' values on a sample, the inputs first.

    With a sample a scalable layer needs to reach HEADROOM times what the sample did, and no more.
    """
    found: list[Reach] = []
    centre = (low + high) / 2
    for index, layer in enumerate(network.layers):
        net_low, net_high = net_interval(layer, low, high)
        seen = None if sample is None else sample[index + 1]
        least = least_size(layer, centre, unit)
        reach = _reach(layer.activation, net_low, net_high, seen, least)
        found.append(reach)
        low, high = reach.low, reach.high
        centre, unit = np.zeros_like(reach.size), reach.size
    return found


def least_size(layer: Layer, centre: Reals, unit: Reals) -> Reals:
    """Of a scalable layer's values [neurons], so that no weight is too large for the format.

    `centre`, `unit` [inputs]: the real values that 0 and 1 stand for at the chip's scale.
    """
    largest = np.abs(layer.weights * unit).max(axis=1)
    bias = np.abs(layer.weights @ centre + layer.biases)
    return np.asarray(np.maximum(largest, bias) / LARGEST_WEIGHT * SPARE)


def _reach(
    activation: str, net_low: Reals, net_high: Reals, seen: Reals | None, least: Reals
) -> Reach:
    if activation == "softmax":
        return Reach(np.zeros_like(net_low), np.ones_like(net_low), np.ones_like(net_low))
    low, high = activate(activation, net_low), activate(activation, net_high)
    if activation not in SCALABLE:
        return Reach(low, high, np.ones_like(low))
    possible = largest_net(activation, low, high)
    size = possible
    if seen is not None:
        reached = largest_net(activation, seen.min(axis=0), seen.max(axis=0)) * HEADROOM
        size = np.minimum(possible, np.maximum(reached, possible * QUIET))
    size = np.maximum(np.where(size > 0, size, 1.0), least)
    return Reach(np.maximum(low, activate(activation, -size)), np.minimum(high, size), size)


def largest_net(activation: str, low: Reals, high: Reals) -> Reals:
    """What a scalable function's argument must reach for values from `low` to `high`, [neurons]."""
    below = low / LEAK if activation == "leaky_relu" else low
    return np.maximum(-below, high)

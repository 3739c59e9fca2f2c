"""A weight too large for the format, shared between copies of the neuron it comes from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fixprop.errors import UsageError
from fixprop.formats import MAX_NEURONS
from fixprop.importers.columns import output_to_real
from fixprop.importers.float_network import SCALABLE, FloatNetwork, Layer, Reals
from fixprop.importers.intervals import LARGEST_WEIGHT, Reach
from fixprop.model import Column


def grown(
    network: FloatNetwork, reaches: list[Reach], outputs: tuple[Column, ...]
) -> tuple[FloatNetwork, tuple[str, ...]]:
    """The same function with weights that fit, where copies help, and a line on each such layer.

    UsageError if a layer would be wider than the chip takes.
    """
    layers, notes = list(network.layers), []
    for index in range(len(layers) - 1):
        last = index + 1 == len(layers) - 1
        scale = _scale(layers[index + 1], reaches[index + 1], outputs if last else ())
        needed = _copies(layers[index + 1], reaches[index], scale)
        width, wanted = len(needed), int(needed.sum())
        if wanted == width:
            continue
        name = layers[index].name
        if wanted > MAX_NEURONS:
            raise UsageError(
                f"layer '{layers[index + 1].name}' has weights beyond {LARGEST_WEIGHT:g}; sharing "
                f"them would take {wanted} neurons in '{name}', the chip takes {MAX_NEURONS}: "
                "train with more regularisation (alpha, weight decay)"
            )
        notes.append(
            f"'{name}' has {wanted} neurons instead of {width}: {wanted - width} copies share "
            f"weights beyond {LARGEST_WEIGHT:g} above them; more regularisation would save them"
        )
        below, above = layers[index], layers[index + 1]
        layers[index] = replace(
            below,
            weights=np.repeat(below.weights, needed, axis=0),
            biases=np.repeat(below.biases, needed),
        )
        shared = np.repeat(above.weights / needed, needed, axis=1)
        layers[index + 1] = replace(above, weights=shared)
    return replace(network, layers=tuple(layers)), tuple(notes)


def _copies(above: Layer, reach: Reach, scale: Reals) -> NDArray[np.int64]:
    """How many of each neuron, int [neurons], so that no weight of the layer `above` is too large."""
    weights = above.weights
    if above.activation == "softmax":
        weights = weights - weights.mean(axis=0)
    at_scale = np.abs(weights) * reach.size / scale[:, np.newaxis]
    return np.asarray(np.maximum(1, np.ceil(at_scale.max(axis=0) / LARGEST_WEIGHT)), np.int64)


def _scale(above: Layer, reach: Reach, outputs: tuple[Column, ...]) -> Reals:
    if above.activation not in SCALABLE:
        return np.ones(len(above.biases))
    if not outputs:
        return reach.size
    return np.array([output_to_real(column)[0] for column in outputs])

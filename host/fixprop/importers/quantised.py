"""Real layers to the chip's weights: scales moved between layers, every weight rounded once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fixprop.activations import ACTIVATIONS, Activation
from fixprop.formats import ACTIVATION, PASS_WEIGHT, RESIDUAL_BITS, Integers
from fixprop.importers.columns import Span, finest, output_to_real, to_real
from fixprop.importers.float_network import SCALABLE, FloatNetwork, Layer, Reals, activate
from fixprop.importers.intervals import HEADROOM, LARGEST_WEIGHT, Reach, largest_net, least_size
from fixprop.model import Column, Model
from fixprop.model.model import Provenance
from fixprop.network import Topology


@dataclass(frozen=True)
class Scaling:
    """What may be chosen: `inputs`, the share of Q0.15 that the inputs fill, and how much smaller
    than its reach allows each layer's values are, `layers` (1: they fill Q0.15).

    `from_zero`: the inputs' ranges begin at 0 in Q0.15 and not as far below it as they end above.
    Small values mean large weights above them, which are the better known for it, and small weights
    below them.
    """

    inputs: float
    layers: tuple[float, ...]
    from_zero: bool = False


@dataclass(frozen=True)
class QuantisedLayer:
    """A layer as the chip has it, beside what it stands for.

    `ideal`, `seen` [neurons, 1 + inputs]: weights at the chip's scale before and after rounding,
    column 0 the bias. The real value of an output v of the chip is v * `factor` + `offset`,
    [neurons]. `low`, `high` [1 + ...]: between which the layer's outputs lie, at the chip's scale.
    """

    name: str
    function: Activation
    ideal: Reals
    seen: Reals
    factor: Reals
    offset: Reals
    low: Reals
    high: Reals

    @property
    def saturated(self) -> int:
        """How many weights, biases included, are beyond what the format holds."""
        return int(np.count_nonzero(np.abs(self.ideal) > LARGEST_WEIGHT + PASS_WEIGHT.unit))


@dataclass(frozen=True)
class Quantised:
    """All layers; the columns; `factor`, `offset` [inputs] as in QuantisedLayer, of the inputs."""

    network: FloatNetwork
    layers: tuple[QuantisedLayer, ...]
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    factor: Reals
    offset: Reals

    def weights(self) -> Integers:
        """Q4.19 in storage order; all residuals are zero, as in flash."""
        rows = [PASS_WEIGHT.from_float(layer.seen).reshape(-1) for layer in self.layers]
        return np.concatenate(rows) << RESIDUAL_BITS

    def model(self, provenance: Provenance) -> Model:
        """The network to save."""
        sizes = (len(self.inputs), *(len(layer.seen) for layer in self.layers))
        topology = Topology(sizes, tuple(layer.function.name for layer in self.layers))
        return Model(
            topology, self.weights(), self.inputs, self.outputs, self.network.classes, provenance
        )


def output_columns(
    network: FloatNetwork, below: Reals, reach: Reach, sample: Reals | None
) -> tuple[Column, ...]:
    """Plain for functions that end at 1; else from the sample's outputs, with headroom beyond.

    `below` [inputs]: sizes of the values that the last layer sees, so that its weights fit.
    """
    last = network.layers[-1]
    if last.activation not in SCALABLE:
        return tuple(Column.plain(name) for name in network.outputs)
    low = reach.low if sample is None else sample.min(axis=0)
    high = reach.high if sample is None else sample.max(axis=0)
    edge = int(ACTIVATION.high / (1.001 if sample is None else HEADROOM))
    middle, half = (high + low) / 2, (high - low) / 2
    if last.activation != "linear":  # zero must stay zero, and the scale the same on both sides
        middle, half = np.zeros_like(low), largest_net(last.activation, low, high)
    centred = replace(last, biases=last.biases - middle)
    least = least_size(centred, np.zeros_like(below), below) * edge / ACTIVATION.high
    half = np.maximum(np.where(half > 0, half, 1.0), least)
    return tuple(
        finest(name, centre - size, centre + size, -edge, edge)
        for name, centre, size in zip(network.outputs, middle, half, strict=True)
    )


def quantise(
    network: FloatNetwork,
    span: Span,
    reaches: list[Reach],
    outputs: tuple[Column, ...],
    scaling: Scaling,
) -> Quantised:
    """All layers rounded, at the scales chosen."""
    inputs = tuple(
        span.column(number, name, scaling.inputs, scaling.from_zero)
        for number, name in enumerate(network.inputs)
    )
    factor, offset = np.array([to_real(column) for column in inputs]).T
    edges = np.array([(c.q_low, c.q_high) for c in inputs]) * ACTIVATION.unit
    low, high = edges.T
    below = (factor, offset)
    layers = []
    for index, (layer, reach) in enumerate(zip(network.layers, reaches, strict=True)):
        last = index == len(network.layers) - 1
        own = _output_scale(layer, outputs) if last else _hidden_scale(reach, scaling.layers[index])
        if last or layer.activation not in SCALABLE:  # what its format holds
            scalable = layer.activation in SCALABLE
            least = activate(layer.activation, -own[0]) if scalable else -own[0]
            reach = replace(reach, low=own[1] + least, high=own[1] + own[0])
        quantised = _layer(layer, reach, below, own, (low, high))
        layers.append(quantised)
        below, low, high = own, quantised.low, quantised.high
    return Quantised(network, tuple(layers), inputs, outputs, factor, offset)


def _hidden_scale(reach: Reach, smaller: float) -> tuple[Reals, Reals]:
    return reach.size * smaller, np.zeros_like(reach.size)


def _output_scale(layer: Layer, outputs: tuple[Column, ...]) -> tuple[Reals, Reals]:
    if layer.activation not in SCALABLE:
        return np.ones(len(outputs)), np.zeros(len(outputs))
    factor, offset = np.array([output_to_real(column) for column in outputs]).T
    # a rectifier's column lies about zero: what its middle is off by is rounding
    return factor, offset if layer.activation == "linear" else np.zeros(len(outputs))


def _layer(
    layer: Layer,
    reach: Reach,
    below: tuple[Reals, Reals],
    own: tuple[Reals, Reals],
    edges: tuple[Reals, Reals],
) -> QuantisedLayer:
    """W' = W * factor below / own factor; the offsets go into the bias. `edges`: of what it sees."""
    factor, offset = own
    weights, biases = layer.weights, layer.biases
    if layer.activation == "softmax":  # what all neurons share does not matter to their shares
        weights, biases = weights - weights.mean(axis=0), biases - biases.mean()
    scalable = layer.activation in SCALABLE
    divisor = factor if scalable else np.ones(len(biases))
    ideal_weights = weights * below[0] / divisor[:, np.newaxis]
    ideal_bias = (weights @ below[1] + biases - (offset if scalable else 0)) / divisor
    seen_weights = _rounded(ideal_weights)
    centre = (
        edges[0] + edges[1]
    ) / 2  # what the weights' rounding makes there, the bias takes back
    seen_bias = _rounded(ideal_bias + (ideal_weights - seen_weights) @ centre)
    return QuantisedLayer(
        layer.name,
        ACTIVATIONS[layer.activation],
        np.column_stack([ideal_bias, ideal_weights]),
        np.column_stack([seen_bias, seen_weights]),
        factor,
        offset,
        (reach.low - offset) / factor,
        (reach.high - offset) / factor,
    )


def _rounded(weights: Reals) -> Reals:
    return PASS_WEIGHT.to_float(PASS_WEIGHT.from_float(weights))

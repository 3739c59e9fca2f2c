"""The network as it was trained: layers of real weights, in real units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.activations import ACTIVATIONS, HIDDEN, LEAK
from fixprop.errors import UsageError
from fixprop.formats import MAX_NEURONS

Reals = NDArray[np.float64]

SCALABLE = ("linear", "relu", "leaky_relu")
"""f(s z) = s f(z) for s > 0: such a layer may work at any scale if the next one undoes it."""


def activate(name: str, net: Reals) -> Reals:
    """The real function `name`, of unbounded range, over the last axis of `net`."""
    if name == "linear":
        return net
    if name == "relu":
        return np.maximum(net, 0)
    if name == "leaky_relu":
        return np.where(net > 0, net, net * LEAK)
    if name in ("sigmoid", "sigmoid_cross_entropy"):
        return np.asarray(0.5 + 0.5 * np.tanh(net / 2))  # without overflow
    return ACTIVATIONS[name].exact(net)


@dataclass(frozen=True)
class Layer:
    """`weights` [neurons, inputs], `biases` [neurons]; `activation` is one of fixprop's names."""

    name: str
    weights: Reals
    biases: Reals
    activation: str

    def nets(self, values: Reals) -> Reals:
        """Weighted sums [samples, neurons] of `values` [samples, inputs]."""
        return np.asarray(values @ self.weights.T + self.biases)


@dataclass(frozen=True)
class FloatNetwork:
    """Layers in order, names of the input and output columns, classes as in Model.

    UsageError if the layers do not fit one another, hold a number that is none, or are too wide.
    """

    layers: tuple[Layer, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.layers:
            raise UsageError("no dense layer was found: there is nothing to import")
        width = len(self.inputs)
        check_width("the inputs", width)
        for layer in self.layers:
            width = _checked(layer, width)
        if len(self.outputs) != width:
            raise UsageError(f"{len(self.outputs)} names for {width} outputs")
        for layer in self.layers[:-1]:
            if layer.activation not in HIDDEN:
                raise UsageError(
                    f"layer '{layer.name}' has {layer.activation}, which is for the last layer: "
                    f"below it choose one of {', '.join(HIDDEN)}"
                )

    def forward(self, values: ArrayLike) -> list[Reals]:
        """Every layer's values [samples, neurons] in real units, the inputs first."""
        passed = [np.asarray(values, np.float64)]
        for layer in self.layers:
            passed.append(activate(layer.activation, layer.nets(passed[-1])))
        return passed

    def predict(self, values: ArrayLike) -> Reals:
        """Outputs [samples, outputs] for real inputs [samples, inputs]."""
        return self.forward(values)[-1]


def _checked(layer: Layer, width: int) -> int:
    """The number of neurons of `layer`, which sees `width` values."""
    if layer.weights.ndim != 2 or layer.biases.shape != (layer.weights.shape[0],):
        raise UsageError(
            f"layer '{layer.name}': weights of shape {layer.weights.T.shape} and biases of shape "
            f"{layer.biases.shape} do not make a dense layer"
        )
    neurons, seen = layer.weights.shape
    if seen != width:
        raise UsageError(
            f"layer '{layer.name}' has weights for {seen} inputs, the layer below gives {width}"
        )
    check_width(f"layer '{layer.name}'", neurons)
    check_finite(layer.name, layer.weights)
    check_finite(layer.name, layer.biases)
    return int(neurons)


def check_width(what: str, width: int) -> None:
    """UsageError that says of `what` how wide it is, if the chip cannot hold it."""
    if not 1 <= width <= MAX_NEURONS:
        raise UsageError(f"{what}: {width} wide, the chip takes 1 to {MAX_NEURONS}")


def check_finite(layer: str, weights: Reals) -> None:
    """UsageError that names the layer, if one of its weights is NaN or infinite."""
    if not np.isfinite(weights).all():
        raise UsageError(
            f"layer '{layer}' holds a weight that is NaN or infinite: its training diverged"
        )

"""What each kind of Keras layer does to the chain of layers.

The layers: https://keras.io/api/layers/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.errors import UsageError
from fixprop.importers.chain import Chain, known_activation

SLOPE_OF_THE_NAME = 0.2
"""Of the activation "leaky_relu", keras.activations.leaky_relu."""

SLOPE_OF_THE_LAYER = 0.3
"""Of keras.layers.LeakyReLU, where the file does not say."""


@dataclass(frozen=True)
class KerasLayer:
    """A layer's description and its weights, in Keras' order."""

    name: str
    kind: str
    config: dict[str, Any]
    weights: list[NDArray[Any]]

    def input_shapes(self) -> list[list[Any]]:
        """What the file says of the input's shape, its batch left out."""
        found = [self.config.get(key) for key in ("batch_shape", "batch_input_shape")]
        return [list(shape)[1:] for shape in found if shape and len(shape) > 1]

    def need(self, count: int) -> list[NDArray[np.float64]]:
        """`count` weight arrays; UsageError if there are others."""
        if len(self.weights) != count:
            raise UsageError(
                f"layer '{self.name}' ({self.kind}) has {len(self.weights)} weight arrays in the "
                f"file, must have {count}"
            )
        return [np.asarray(array, np.float64) for array in self.weights]

    def refuse(self, what: str) -> UsageError:
        """An error about this layer."""
        return UsageError(f"layer '{self.name}' ({self.kind}): {what} is not supported")


def _input(_chain: Chain, layer: KerasLayer) -> None:
    for shape in layer.input_shapes():
        if len(shape) > 1 and not all(shape):
            raise layer.refuse(f"the shape {shape}")


def _pass(_chain: Chain, _layer: KerasLayer) -> None:
    """A layout or training matter: the values stay."""


def _dense(chain: Chain, layer: KerasLayer) -> None:
    has_bias = layer.config.get("use_bias", True)
    if layer.config.get("lora_rank"):
        raise layer.refuse("lora_rank")
    kernel, *bias = layer.need(1 + bool(has_bias))
    chain.dense(layer.name, kernel, bias[0] if bias else None)
    _activate(chain, layer, layer.config.get("activation", "linear"))


def _activation(chain: Chain, layer: KerasLayer) -> None:
    _activate(chain, layer, layer.config.get("activation"))


def _activate(chain: Chain, layer: KerasLayer, function: Any) -> None:
    if isinstance(function, dict):  # a serialised function or object
        inner = function.get("config")
        function = inner if isinstance(inner, str) else function.get("class_name")
    name = known_activation(str(function or "linear"), f"layer '{layer.name}' ({layer.kind})")
    chain.activation(name, SLOPE_OF_THE_NAME)


def _relu(chain: Chain, layer: KerasLayer) -> None:
    if layer.config.get("max_value") is not None or layer.config.get("threshold"):
        raise layer.refuse("a max_value or threshold")
    slope = layer.config.get("negative_slope") or 0.0
    if slope:
        chain.activation("leaky_relu", _number(slope))
    else:
        chain.activation("relu")


def _leaky_relu(chain: Chain, layer: KerasLayer) -> None:
    given = layer.config.get("negative_slope", layer.config.get("alpha", SLOPE_OF_THE_LAYER))
    chain.activation("leaky_relu", _number(given))


def _number(value: Any) -> float:
    """Keras 2 wraps some numbers up as arrays."""
    return float(value["config"]["value"] if isinstance(value, dict) else value)


def _softmax(chain: Chain, layer: KerasLayer) -> None:
    if layer.config.get("axis", -1) not in (-1, 1):
        raise layer.refuse(f"axis {layer.config['axis']}")
    chain.activation("softmax")


def _rescaling(chain: Chain, layer: KerasLayer) -> None:
    chain.affine(layer.name, layer.config["scale"], layer.config.get("offset", 0.0))


def _normalization(chain: Chain, layer: KerasLayer) -> None:
    """(x - mean) / max(sqrt(variance), 1e-7); given beforehand, or learned: then weights."""
    if layer.config.get("invert"):
        raise layer.refuse("invert")
    if layer.config.get("mean") is not None:
        mean, variance = layer.config["mean"], layer.config["variance"]
    elif len(layer.weights) in (2, 3):
        mean, variance = layer.weights[:2]
    else:
        raise layer.refuse("a mean that was not adapted to data")
    spread = np.maximum(np.sqrt(np.asarray(variance, np.float64).reshape(-1)), 1e-7)
    chain.affine(layer.name, 1 / spread, -np.asarray(mean, np.float64).reshape(-1) / spread)


def _batch_normalization(chain: Chain, layer: KerasLayer) -> None:
    scale, centre = layer.config.get("scale", True), layer.config.get("center", True)
    arrays = layer.need(2 + bool(scale) + bool(centre))
    gamma = arrays.pop(0) if scale else np.ones(chain.width)
    beta = arrays.pop(0) if centre else np.zeros(chain.width)
    mean, variance = arrays
    factor = gamma / np.sqrt(variance + layer.config.get("epsilon", 1e-3))
    chain.affine(layer.name, factor, beta - mean * factor)


LAYERS: dict[str, Callable[[Chain, KerasLayer], None]] = {
    "Dense": _dense,
    "Activation": _activation,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "Softmax": _softmax,
    "BatchNormalization": _batch_normalization,
    "Normalization": _normalization,
    "Rescaling": _rescaling,
    "InputLayer": _input,
    "Flatten": _pass,
    "Dropout": _pass,
    "GaussianNoise": _pass,
    "ActivityRegularization": _pass,
}

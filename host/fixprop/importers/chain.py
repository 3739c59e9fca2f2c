"""From a file's operations, one after the other, to dense layers with their activation functions.

Whatever is affine between two activation functions becomes one layer: a scaler before the first, a
batch normalisation, a division after the last. Two dense layers with nothing between stay two.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from fixprop.activations import LEAK
from fixprop.errors import UsageError
from fixprop.importers.float_network import (
    FloatNetwork,
    Layer,
    Reals,
    check_finite,
    check_width,
)

ACTIVATIONS = {
    "identity": "linear",
    "linear": "linear",
    "logistic": "sigmoid",
    "sigmoid": "sigmoid",
    "sigmoid_cross_entropy": "sigmoid_cross_entropy",
    "tanh": "tanh",
    "relu": "relu",
    "leaky_relu": "leaky_relu",
    "softmax": "softmax",
}
"""What scikit-learn, Keras and fixprop call a function: fixprop's name."""


def known_activation(name: str, where: str) -> str:
    """Fixprop's name of an activation function; UsageError names those that there are."""
    if name not in ACTIVATIONS:
        raise UsageError(
            f"{where}: activation '{name}' is not supported; choose one of {', '.join(ACTIVATIONS)}"
        )
    return ACTIVATIONS[name]


def numbers(layer: str, values: ArrayLike) -> Reals:
    """`values` in float64; UsageError that names the layer, if they are text or a ragged list."""
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"layer '{layer}' holds what is not an array of numbers") from None


class Chain:
    """Collects operations on `width` values; UsageError if the chip has no room for so many."""

    def __init__(self, width: int):
        check_width("the inputs", width)
        self.inputs = width
        self._layers: list[Layer] = []
        self._begin(width)

    def _begin(self, width: int) -> None:
        self._matrix: Reals = np.eye(width)
        self._offset: Reals = np.zeros(width)
        self._name: str | None = None
        self._touched = False

    @property
    def width(self) -> int:
        """How many values there are at this point."""
        return len(self._offset)

    def dense(self, name: str, weights: ArrayLike, biases: ArrayLike | None) -> None:
        """values @ weights [inputs, neurons] + biases."""
        matrix = numbers(name, weights)
        if matrix.ndim != 2 or matrix.shape[0] != self.width:
            raise UsageError(
                f"layer '{name}' has weights of shape {matrix.shape}, "
                f"the layer below gives {self.width} values"
            )
        check_width(f"layer '{name}'", matrix.shape[1])
        check_finite(name, matrix)
        if self._name is not None:
            self._end("linear")
        self._matrix = matrix.T @ self._matrix
        self._offset = matrix.T @ self._offset
        self._name, self._touched = name, True
        if biases is not None:
            self.affine(name, 1.0, biases)

    def affine(self, name: str, factor: ArrayLike, shift: ArrayLike) -> None:
        """values * factor + shift, each one number or one a value."""
        factors, shifts = numbers(name, factor), numbers(name, shift)
        try:
            factors = np.broadcast_to(factors, (self.width,))
            shifts = np.broadcast_to(shifts, (self.width,))
        except ValueError:
            shape = f"{factors.shape} and {shifts.shape}"
            raise UsageError(
                f"layer '{name}': factors and shifts of shape {shape} do not fit {self.width} values"
            ) from None
        self._matrix = self._matrix * factors[:, np.newaxis]
        self._offset = self._offset * factors + shifts
        self._touched = True

    def activation(self, name: str, slope: float = LEAK) -> None:
        """The function of fixprop's `name`; `slope` is leaky_relu's below zero.

        Another slope than the chip's is two rectifiers: relu(z) - slope * relu(-z).
        """
        if name == "linear":
            return
        if name == "leaky_relu" and abs(slope - LEAK) > LEAK * 1e-5:
            width = self.width
            self._matrix = np.concatenate([self._matrix, -self._matrix])
            self._offset = np.concatenate([self._offset, -self._offset])
            self._end("relu")
            self._matrix = np.concatenate([np.eye(width), -slope * np.eye(width)], axis=1)
            self._offset, self._touched = np.zeros(width), True
            return
        self._end(name)

    def _end(self, activation: str) -> None:
        name = self._name or f"{activation} {len(self._layers) + 1}"
        self._layers.append(Layer(name, self._matrix, self._offset, activation))
        self._begin(len(self._offset))

    def network(
        self,
        inputs: tuple[str, ...] = (),
        outputs: tuple[str, ...] = (),
        classes: tuple[str, ...] = (),
        *,
        probabilities: bool = False,
    ) -> FloatNetwork:
        """All of it; columns without a name are numbered. The operations so far are used up.

        `probabilities`: sigmoids at the end are shares, learned by their cross-entropy.
        """
        if inputs and len(inputs) != self.inputs:
            raise UsageError(
                f"{len(inputs)} columns ({', '.join(inputs):.60}), the network has {self.inputs} "
                "inputs: choose as many (--columns)"
            )
        if self._touched:
            self._end("linear")
        if probabilities and self._layers and self._layers[-1].activation == "sigmoid":
            self._layers[-1] = replace(self._layers[-1], activation="sigmoid_cross_entropy")
        return FloatNetwork(
            tuple(self._layers),
            inputs or tuple(f"input_{n}" for n in range(self.inputs)),
            outputs or output_names(self.width, classes),
            classes,
        )


def output_names(width: int, classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes' names if there are any; a single output is the share of the second class."""
    if len(classes) == width:
        return classes
    if len(classes) == 2 and width == 1:
        return (classes[1],)
    return tuple(f"output_{n}" for n in range(width))

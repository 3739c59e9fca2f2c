"""A trained network: topology, weights as integers, the scale of each column, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import UsageError
from fixprop.files import write_whole
from fixprop.formats import WEIGHT, Integers
from fixprop.model.column import Column, Reals
from fixprop.network import Mirror, Topology

if TYPE_CHECKING:
    from fixprop.native import Native

Provenance = dict[str, str | int | float | bool | None]


@dataclass(frozen=True)
class Model:
    """A network and what its use needs; immutable.

    `weights`: int64 [weight_count], Q4.19, in storage order: layer, neuron, bias then inputs.
    `inputs`, `outputs`: the columns, one for each neuron of the first and last layer.
    `classes`: names of the classes, one an output, or two for a single output; empty: a regression.
    `provenance`: what made it: data, seed, date, losses; anything that JSON can say.
    UsageError if counts or ranges do not fit one another.
    """

    topology: Topology
    weights: Integers
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    classes: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=dict)

    def __post_init__(self) -> None:
        weights = np.array(self.weights, np.int64).reshape(-1)
        if len(weights) != self.topology.weight_count:
            raise UsageError(
                f"{len(weights)} weights: {self.topology} has {self.topology.weight_count}"
            )
        outside = weights[(weights < WEIGHT.low) | (weights > WEIGHT.high)]
        if len(outside):
            raise UsageError(f"weight {outside[0]}: {WEIGHT.q} holds {WEIGHT.low} to {WEIGHT.high}")
        weights.flags.writeable = False
        object.__setattr__(self, "weights", weights)
        for what, columns, size in (
            ("input", self.inputs, self.topology.sizes[0]),
            ("output", self.outputs, self.topology.sizes[-1]),
        ):
            if len(columns) != size:
                raise UsageError(f"{len(columns)} {what} columns: {self.topology} has {size}")
        if self.classes and len(self.classes) != max(2, len(self.outputs)):
            raise UsageError(
                f"{len(self.classes)} classes: {self.topology} tells {max(2, len(self.outputs))} apart"
            )

    @classmethod
    def of_network(
        cls, topology: Topology, weights: Integers, provenance: Provenance | None = None
    ) -> Model:
        """A network whose inputs and outputs are Q0.15 as they are."""
        inputs = tuple(Column.plain(f"input_{n}") for n in range(topology.sizes[0]))
        outputs = tuple(Column.plain(f"output_{n}") for n in range(topology.sizes[-1]))
        return cls(topology, weights, inputs, outputs, (), provenance or {})

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Model)
            and self._facts() == other._facts()
            and np.array_equal(self.weights, other.weights)
        )

    def _facts(self) -> tuple[object, ...]:
        return self.topology, self.inputs, self.outputs, self.classes, self.provenance

    # files

    @classmethod
    def read(cls, path: Path) -> Model:
        """The model in the JSON file or C header `path`; FixpropError if it holds none."""
        from fixprop.model import file, header

        return header.read(path) if path.suffix in (".h", ".hpp") else file.read(path)

    def write(self, path: Path) -> None:
        """Write the model file, whole or not at all."""
        from fixprop.model import file

        write_whole(path, file.text(self))

    # what it computes

    def mirror(self) -> Mirror:
        """The network in numpy."""
        network = Mirror(self.topology)
        network.set_flat_weights(self.weights)
        return network

    def native(self) -> Native:
        """The network in the firmware's C; needs a C compiler."""
        from fixprop.native import Native

        network = Native(self.topology)
        network.set_flat_weights(self.weights)
        return network

    def scaled_inputs(self, values: ArrayLike) -> Integers:
        """Q0.15 [samples, inputs] for real values of the same shape."""
        rows = np.asarray(values, np.float64)
        scaled = [c.inputs(rows[:, n]) for n, c in enumerate(self.inputs)]
        return np.stack(scaled, axis=1)

    def scaled_targets(self, values: ArrayLike) -> Integers:
        """Q0.15 [samples, outputs] for real values; NaN where nothing is known."""
        rows = np.asarray(values, np.float64)
        scaled = [c.targets(rows[:, n]) for n, c in enumerate(self.outputs)]
        return np.stack(scaled, axis=1)

    def outputs_q(self, values: ArrayLike) -> Integers:
        """The network's outputs, Q0.15 [samples, outputs], for real inputs."""
        return self.mirror().forward(self.scaled_inputs(values))

    def predict(self, values: ArrayLike) -> Reals:
        """Real outputs [samples, outputs]: quantities, or the share of each class."""
        q = self.outputs_q(values)
        return np.stack([c.reals(q[:, n]) for n, c in enumerate(self.outputs)], axis=1)

    def predict_class(self, values: ArrayLike) -> Integers:
        """Index into `classes`, int64 [samples]; UsageError for a regression."""
        if not self.classes:
            raise UsageError("this model predicts quantities, not classes")
        shares = self.predict(values)
        if shares.shape[1] == 1:
            return np.asarray(shares[:, 0] > 0.5, np.int64)
        return np.asarray(np.argmax(shares, axis=1), np.int64)

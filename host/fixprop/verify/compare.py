"""Trains in all places at once, step by step, and tells the first difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fixprop.formats import Integers
from fixprop.network import Topology
from fixprop.session import Session
from fixprop.verify.places import BoardPlace, MirrorPlace, NativePlace, Place, Told
from fixprop.verify.workload import Round, rounds


@dataclass(frozen=True)
class Difference:
    """Where a place first differs from the mirror."""

    place: str
    step: int  # from 1, over all rounds
    what: str  # "output" before the step, or "weight" after it
    layer: int  # 1 is the first after the inputs
    index: int  # of the output, or of the weight in storage order
    neuron: int  # in the layer, from 0
    input: int | None  # that the weight multiplies; None: it is a bias, or an output
    value: int
    mirror: int
    others: int  # more of the same kind that differ

    def __str__(self) -> str:
        where = f"layer {self.layer}, neuron {self.neuron}"
        if self.what == "weight":
            where += ", bias" if self.input is None else f", input {self.input}"
        more = f"; {self.others} more {self.what}s differ" if self.others else ""
        return (
            f"step {self.step}: {self.what} {self.index} ({where}) is {self.value} on {self.place}, "
            f"{self.mirror} in the mirror{more}"
        )


@dataclass
class Comparison:
    """What was compared with the mirror, over all other places, until the end or a difference.

    Of the weights, `weights` were compared one by one; `checksums` are over all of them.
    """

    places: tuple[str, ...]
    steps: int = 0
    outputs: int = 0
    checksums: int = 0
    weights: int = 0
    differences: tuple[Difference, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether every bit was the same."""
        return not self.differences

    def facts(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self) | {"identical": self.identical}


def verify_board(
    session: Session, steps: int, seed: int, on_step: Callable[[], None] = lambda: None
) -> Comparison:
    """Mirror, native and the board behind `session`; its weights, rate and learning are put back."""
    topology = session.topology
    with session.paused() as before:
        board = BoardPlace(session, session.port.url)
        weights = board.weights()
        try:
            places = (MirrorPlace(topology), NativePlace(topology), board)
            return compare(topology, places, rounds(topology, steps, seed), on_step)
        finally:
            board.begin(weights, before.rate)


def compare(
    topology: Topology,
    places: Sequence[Place],
    work: Iterable[Round],
    on_step: Callable[[], None] = lambda: None,
) -> Comparison:
    """Train all `places` alike, the mirror first, until the first step with a difference."""
    comparison = Comparison(tuple(place.name for place in places))
    for each in work:
        _compare_round(_Comparer(topology, places, comparison), each, on_step)
        if comparison.differences:
            break
    return comparison


def _compare_round(comparer: _Comparer, each: Round, on_step: Callable[[], None]) -> None:
    for place in comparer.places:
        place.begin(each.weights, each.rate)
    for inputs, targets in zip(each.inputs, each.targets, strict=True):
        comparer.step(inputs, targets)
        if comparer.comparison.differences:
            return
        on_step()
    comparer.weights()


class _Comparer:
    def __init__(self, topology: Topology, places: Sequence[Place], comparison: Comparison) -> None:
        self.topology, self.places, self.comparison = topology, places, comparison

    def step(self, inputs: Integers, targets: Integers) -> None:
        told = [place.train(inputs, targets) for place in self.places]
        done = self.comparison
        done.steps += 1
        done.outputs += len(told[0].outputs) * (len(told) - 1)
        done.checksums += len(told) - 1
        for place, theirs in zip(self.places[1:], told[1:], strict=True):
            if not _equal(theirs, told[0]):
                self._output_difference(place, theirs.outputs, told[0].outputs)
                self._weight_difference(place)

    def weights(self) -> None:
        for place in self.places[1:]:
            self._weight_difference(place)
            self.comparison.weights += self.topology.weight_count

    def _output_difference(self, place: Place, theirs: Integers, ours: Integers) -> None:
        different = np.flatnonzero(theirs != ours)
        if len(different):
            neuron = int(different[0])
            where = (len(self.topology.activations), neuron, neuron, None)
            self._add(place, "output", where, (theirs, ours), len(different) - 1)

    def _weight_difference(self, place: Place) -> None:
        """The weight that differs most: where the outputs differed before, all do by a little."""
        theirs, ours = place.weights(), self.places[0].weights()
        distance = np.abs(theirs - ours)
        if distance.any():
            where = place_of(self.topology, int(np.argmax(distance)))
            self._add(place, "weight", where, (theirs, ours), int(np.count_nonzero(distance)) - 1)

    def _add(
        self,
        place: Place,
        what: str,
        where: tuple[int, int, int, int | None],
        values: tuple[Integers, Integers],
        others: int,
    ) -> None:
        layer, index, neuron, given = where
        theirs, ours = (int(v[index]) for v in values)
        self.comparison.differences += (
            Difference(
                place.name,
                self.comparison.steps,
                what,
                layer,
                index,
                neuron,
                given,
                theirs,
                ours,
                others,
            ),
        )


def _equal(one: Told, other: Told) -> bool:
    return one.weights_crc == other.weights_crc and bool(np.array_equal(one.outputs, other.outputs))


def place_of(topology: Topology, index: int) -> tuple[int, int, int, int | None]:
    """Layer (1 the first after the inputs), index, neuron and input (None: bias) of a weight."""
    rest = index
    for layer, (neurons, columns) in enumerate(topology.weight_shapes, 1):
        if rest < neurons * columns:
            neuron, column = divmod(rest, columns)
            return layer, index, neuron, column - 1 if column else None
        rest -= neurons * columns
    raise IndexError(f"weight {index}: {topology} has {topology.weight_count}")

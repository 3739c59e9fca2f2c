"""How often the arithmetic reached an end of a format, by kind: docs/arithmetic.md says what each means.

The chip counts nothing. The mirror counts if it is given a counter; the firmware's C counts when it
is compiled for this computer with FIXPROP_COUNT_SATURATION. Both give the same figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from fixprop.formats import Format, Integers


@dataclass(frozen=True)
class Saturations:
    """Values that were cut off at an end of their format; in the order of fixprop_saturations."""

    inputs: int = 0  # of the network, as a program scales what it reads
    targets: int = 0  # as a program makes them
    nets: int = 0  # weighted sums beyond the range of their activation function
    errors: int = 0  # target - output
    deltas: int = 0  # of hidden neurons
    steps: int = 0  # learning rate times delta
    weights: int = 0  # updates that went beyond the format
    changes: int = 0  # the same of what gathers beside the weights: momentum, mini-batches

    @property
    def total(self) -> int:
        """Of all kinds."""
        return sum(self.as_dict().values())

    def as_dict(self) -> dict[str, int]:
        """Each kind and its count, for JSON."""
        return asdict(self)

    def __add__(self, other: Saturations) -> Saturations:
        return Saturations(
            **{name: count + getattr(other, name) for name, count in self.as_dict().items()}
        )


KINDS = tuple(field.name for field in fields(Saturations))
MEANINGS = {
    "inputs": "a reading beyond the scale: the network sees the end of it",
    "targets": "a target beyond the scale: the network is taught the end of it",
    "nets": "a weighted sum beyond its function's range: the output stands at its end",
    "errors": "an error beyond ±1: its direction is right, its size is 1",
    "deltas": "a hidden neuron's error beyond ±4: the same",
    "steps": "rate times delta beyond ±8: the weights move by less",
    "weights": "an update beyond ±16: the weight stands until the gradient turns",
    "changes": "a gathered change beyond ±16: what is beyond is lost",
}
"""What it means that a kind saturated, in a line for people."""

REMEDY = (
    "Nothing wraps: what is too large stays at the end of its format. If inputs saturate often, "
    "scale them to lie within ±1; if deltas, steps or weights do, take a smaller learning rate."
)
COUNTING = "-DFIXPROP_COUNT_SATURATION"
"""The compiler's flag."""


class SaturationCounter:
    """Counts by kind until it is cleared; one may serve many networks."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(KINDS, 0)

    def add(self, kind: str, exact: ArrayLike, limited: ArrayLike) -> None:
        """One of `kind` for each number of which `limited` is not `exact`."""
        self._counts[kind] += int(np.count_nonzero(np.not_equal(exact, limited)))

    def add_all(self, counts: Iterable[int]) -> None:
        """As many of each of KINDS."""
        for kind, count in zip(KINDS, counts, strict=True):
            self._counts[kind] += count

    def clear(self) -> None:
        """Back to none."""
        self._counts = dict.fromkeys(KINDS, 0)

    @property
    def saturations(self) -> Saturations:
        """What was counted so far."""
        return Saturations(**self._counts)


def saturate(
    number: Format, exact: Integers, counter: SaturationCounter | None, kind: str
) -> Integers:
    """`exact` limited to what `number` holds; what is cut off is counted, if anybody counts."""
    limited = number.saturate(exact)
    if counter is not None:
        counter.add(kind, exact, limited)
    return limited

"""Backends that need no processes, and figures that need no simulation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fixprop.sweep.backends import Outcome
from fixprop.sweep.identity import Identity, identity
from fixprop.sweep.point import Point


def figures_of(point: Point) -> dict[str, Any]:
    """Like `run`'s, but a simple function of the point."""
    error = point.baseline_cm + point.toe_in_deg / 10 + point.seed / 1000
    return {
        "rmse_deg": error - 0.5,
        "rmse_everywhere_deg": error,
        "seen": 1.0,
        "zone_accuracy_45cm": 0.9,
    }


class Fake:
    """Computes at once; remembers what it was asked for."""

    def __init__(self, theirs: Identity | None = None, interrupt_after: int | None = None) -> None:
        self.asked: list[Point] = []
        self._identity, self._interrupt_after = theirs, interrupt_after

    def outcomes(self, points: Sequence[Point]) -> Iterator[Outcome]:
        for index, point in enumerate(points):
            if index == self._interrupt_after:
                raise KeyboardInterrupt
            self.asked.append(point)
            yield point, figures_of(point), self._identity or identity()


def no_progress(_done: int, _total: int) -> None:
    """Nobody watches."""

"""Predictions beside the simulated chip, for random topologies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fixprop.budget.estimate import estimate
from fixprop.budget.measure import random_topologies
from fixprop.budget.mode import Mode
from fixprop.budget.program import measure
from fixprop.network import Topology

LIMIT = 0.03


@dataclass(frozen=True)
class Pair:
    """One figure, told beforehand and measured."""

    predicted: float
    measured: float

    @property
    def deviation(self) -> float:
        """Of the prediction, as a part of the measured."""
        return self.predicted / self.measured - 1


@dataclass(frozen=True)
class Row:
    """One network; `pairs` by figure: flash, sram, stack, infer, train."""

    topology: Topology
    pairs: dict[str, Pair]

    @property
    def worst(self) -> float:
        """The largest absolute deviation of any figure."""
        return max(abs(pair.deviation) for pair in self.pairs.values())

    @property
    def holds(self) -> bool:
        """Whether all figures are near enough."""
        return self.worst <= LIMIT

    def as_json(self) -> dict[str, Any]:
        """Predicted and measured by figure."""
        return {
            "topology": str(self.topology),
            "activations": list(self.topology.activations),
            **{
                name: {"predicted": round(pair.predicted, 1), "measured": round(pair.measured, 1)}
                for name, pair in self.pairs.items()
            },
            "worst_deviation": round(self.worst, 5),
        }


def compare(topology: Topology, mode: Mode) -> Row:
    """Predict, then build and run."""
    told, found = estimate(topology, mode), measure(topology, mode)
    pairs = {
        "flash": Pair(told.memory.flash_bytes, found.flash_bytes),
        "sram": Pair(told.memory.sram_bytes, found.sram_bytes),
        "stack": Pair(told.memory.stack_bytes, found.stack_bytes),
        "infer": Pair(told.infer.mean, float(np.mean(found.infer_cycles))),
    }
    if told.train is not None:
        pairs["train"] = Pair(told.train.mean, float(np.mean(found.train_cycles)))
    return Row(topology, pairs)


def check(count: int, mode: Mode, seed: int, step: Callable[[], None] = lambda: None) -> list[Row]:
    """`count` random networks that fit the chip; `step` is called after each."""
    rows = []
    for topology in random_topologies(count, mode, seed):
        rows.append(compare(topology, mode))
        step()
    return rows


def worst(rows: list[Row]) -> dict[str, float]:
    """The largest absolute deviation of each figure."""
    return {name: max(abs(row.pairs[name].deviation) for row in rows) for name in rows[0].pairs}


def as_json(rows: list[Row], mode: Mode) -> dict[str, Any]:
    """All rows and the verdict."""
    return {
        "mode": mode.value,
        "limit": LIMIT,
        "worst_deviation": {name: round(part, 5) for name, part in worst(rows).items()},
        "verdict": "pass" if all(row.holds for row in rows) else "fail",
        "networks": [row.as_json() for row in rows],
    }

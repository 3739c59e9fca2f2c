"""A network's budget on the Uno: bytes, cycles, training steps between two readings, does it fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fixprop.budget.figures import BACKWARD, Figures, forward_kind, measured
from fixprop.budget.memory import flash_parts, sram_parts, stack_bytes
from fixprop.budget.mode import Mode
from fixprop.budget.workload import passes
from fixprop.formats import MAX_NEURONS
from fixprop.network import Topology
from fixprop.sim.uno import CLOCK_HZ, SRAM_END, SRAM_START
from fixprop.tracking.definition import READING_PERIOD_S

FLASH_ROOM = 32_768 - 512  # bytes below the Uno's boot loader
SRAM_ROOM = SRAM_END - SRAM_START
STARTS = 8  # of the workload: the first is the chip's, the others show the spread


@dataclass(frozen=True)
class Memory:
    """Bytes of a bare program, by purpose, and whether they fit the Uno."""

    flash_parts: dict[str, int]
    sram_parts: dict[str, int]
    stack_bytes: int

    @property
    def flash_bytes(self) -> int:
        """Code, tables, samples, and the first values of variables."""
        return sum(self.flash_parts.values())

    @property
    def sram_bytes(self) -> int:
        """Static variables."""
        return sum(self.sram_parts.values())

    @property
    def flash_left(self) -> int:
        """Bytes below the boot loader that stay free; negative: so many are missing."""
        return FLASH_ROOM - self.flash_bytes

    @property
    def sram_left(self) -> int:
        """Bytes between the variables and the deepest stack; negative: so many are missing."""
        return SRAM_ROOM - self.sram_bytes - self.stack_bytes

    @property
    def fits(self) -> bool:
        """Whether the Uno holds it."""
        return min(self.flash_left, self.sram_left) >= 0


@dataclass(frozen=True)
class Cycles:
    """Of one pass: the mean of the bare program's, the lowest and highest of any start."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """The whole budget; `train` is None where nothing is learned."""

    topology: Topology
    mode: Mode
    memory: Memory
    infer: Cycles
    train: Cycles | None

    @property
    def steps_per_reading(self) -> float | None:
        """Training steps in the tracker's reading period."""
        return None if self.train is None else CLOCK_HZ * READING_PERIOD_S / self.train.mean

    def as_json(self) -> dict[str, Any]:
        """Figures by name, with the unit in the name."""
        memory, larger = self.memory, largest(self.topology, self.mode)
        return {
            "topology": str(self.topology),
            "activations": list(self.topology.activations),
            "mode": self.mode.value,
            "weights": self.topology.weight_count,
            "flash_bytes": memory.flash_bytes,
            "flash_parts": memory.flash_parts,
            "flash_left_bytes": memory.flash_left,
            "sram_bytes": memory.sram_bytes,
            "sram_parts": memory.sram_parts,
            "stack_bytes": memory.stack_bytes,
            "sram_left_bytes": memory.sram_left,
            "fits": memory.fits,
            "largest": None if larger is None else str(larger),
            **_as_json("infer", self.infer),
            **_as_json("train", self.train),
            "train_steps_per_reading": self.steps_per_reading and round(self.steps_per_reading, 1),
            "reading_period_ms": round(1000 * READING_PERIOD_S),
        }


def _as_json(name: str, of: Cycles | None) -> dict[str, int | None]:
    mean, low, high = (None, None, None) if of is None else (of.mean, of.low, of.high)
    figures = {"cycles": mean, "cycles_min": low, "cycles_max": high}
    return {f"{name}_{key}": None if v is None else round(v) for key, v in figures.items()}


def estimate(topology: Topology, mode: Mode, figures: Figures | None = None) -> Estimate:
    """The budget of the bare program that does `mode` with `topology`."""
    figures = figures or measured()
    forward, backward = passes(topology, mode, STARTS)
    kind = forward_kind(mode)
    infer = np.array([figures.cycles_of(kind, counts) for counts in forward])
    train = None
    if mode.learns:
        train = infer + np.array([figures.cycles_of(BACKWARD, counts) for counts in backward])
    return Estimate(
        topology,
        mode,
        memory(topology, mode, figures),
        _cycles(infer),
        None if train is None else _cycles(train),
    )


def _cycles(taken: np.ndarray[Any, np.dtype[np.float64]]) -> Cycles:
    """From cycles [passes, starts]."""
    return Cycles(float(taken[:, 0].mean()), float(taken.min()), float(taken.max()))


def memory(topology: Topology, mode: Mode, figures: Figures | None = None) -> Memory:
    """Bytes alone."""
    figures = figures or measured()
    return Memory(
        flash_parts(topology, mode, figures),
        sram_parts(topology, mode),
        stack_bytes(topology, mode, figures),
    )


def largest(topology: Topology, mode: Mode) -> Topology | None:
    """`topology` with hidden layers as wide as fits, all alike; None: without any, or none fits."""
    if len(topology.sizes) == 2:
        return None
    low, high = 0, MAX_NEURONS + 1  # widths that fit and do not: bytes grow with the width
    while high - low > 1:
        middle = (low + high) // 2
        if memory(with_hidden(topology, middle), mode).fits:
            low = middle
        else:
            high = middle
    return with_hidden(topology, low) if low else None


def with_hidden(topology: Topology, width: int) -> Topology:
    """`topology` with all hidden layers `width` wide."""
    inputs, *hidden, outputs = topology.sizes
    return replace(topology, sizes=(inputs, *[width] * len(hidden), outputs))

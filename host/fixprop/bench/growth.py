"""How cost grows with the network: a line through many topologies, and the largest that fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fixprop.bench.bare import run_bare
from fixprop.bench.tasks import any_task
from fixprop.errors import FixpropError
from fixprop.sim.uno import SRAM_END, SRAM_START

TOPOLOGIES: tuple[tuple[int, ...], ...] = (
    *((2, 2, 1), (2, 8, 1), (2, 40, 1), (3, 8, 3), (4, 8, 3), (6, 10, 4)),
    *((8, 12, 4), (10, 16, 5), (4, 8, 8, 2), (12, 20, 6)),
)
EPOCHS = 5
BYTES_A_HIDDEN_NEURON = 18  # of 2-H-1: 4 weights of 3 bytes, an output of 2, a delta of 4


@dataclass(frozen=True)
class Line:
    """value = fixed + each * weights, by least squares."""

    fixed: float
    each: float
    rms_residual: float
    worst_residual: float  # the largest absolute one


@dataclass(frozen=True)
class Growth:
    """Lines over `weights`, the number of weights of each topology, bias weights included."""

    weights: list[int]
    lines: dict[str, Line]


def line(weights: Sequence[int], values: Sequence[float]) -> Line:
    """The least squares line; at least three points on two places."""
    each, fixed = np.polyfit(weights, values, 1)
    residuals = np.asarray(values) - (fixed + each * np.asarray(weights))
    rms = float(np.sqrt(np.mean(residuals**2)))
    return Line(float(fixed), float(each), rms, float(np.abs(residuals).max()))


def measure_growth(step: Callable[[], None] = lambda: None) -> Growth:
    """Build and run every topology; `step` is called after each."""
    weights: list[int] = []
    values: dict[str, list[float]] = {
        name: [] for name in ("train_cycles", "infer_cycles", "flash_bytes", "sram_bytes")
    }
    for sizes in TOPOLOGIES:
        bare = run_bare(any_task(*sizes), EPOCHS)
        weights.append(bare.task.topology.weight_count)
        values["train_cycles"].append(float(np.mean([s.cycles for s in bare.steps])))
        values["infer_cycles"].append(float(np.mean([s.cycles for s in bare.inferences])))
        values["flash_bytes"].append(bare.uno.flash_bytes)
        values["sram_bytes"].append(bare.uno.static_sram_bytes)
        step()
    return Growth(weights, {name: line(weights, of) for name, of in values.items()})


def fits(hidden: int) -> bool:
    """Whether 2-`hidden`-1 builds, learns the right weights and leaves a byte above its data."""
    try:
        return run_bare(any_task(2, hidden, 1), EPOCHS).untouched_sram_bytes > 0
    except FixpropError:
        return False  # it does not link, crashes, or its stack has run into its weights


def largest_2_h_1(step: Callable[[], None] = lambda: None) -> int:
    """The largest H for which a bare 2-H-1 learns in the chip's SRAM; by bisection."""
    if not fits(1):
        raise FixpropError("a bare 2-1-1 does not run on the simulated chip: is avr-gcc complete?")
    low, high = 1, (SRAM_END - SRAM_START) // BYTES_A_HIDDEN_NEURON + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
        step()
    return low

"""How cost grows with the network: a line through many topologies, and the largest that fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fixprop.bench.bare import BareRun, run_bare
from fixprop.bench.tasks import any_task
from fixprop.errors import FixpropError, MissingTool
from fixprop.sim.uno import SRAM_END, SRAM_START

TOPOLOGIES: tuple[tuple[int, ...], ...] = (
    *((2, 2, 1), (2, 8, 1), (2, 40, 1), (3, 8, 3), (4, 8, 3), (6, 10, 4)),
    *((8, 12, 4), (10, 16, 5), (4, 8, 8, 2), (12, 20, 6)),
)
EPOCHS = 5
BYTES_A_HIDDEN_NEURON = 18  # of 2-H-1: 4 weights of 3 bytes, an output of 2, a delta of 4


@dataclass(frozen=True)
class Line:
    """value = fixed + each_weight * weights + each_neuron * neurons, by least squares."""

    fixed: float
    each_weight: float
    each_neuron: float  # 0 for a line over the weights alone
    rms_residual: float
    worst_residual: float  # the largest absolute one


@dataclass(frozen=True)
class Growth:
    """Lines over the size of TOPOLOGIES; bias weights count, inputs are no neurons."""

    by_weights: dict[str, Line]
    by_weights_and_neurons: dict[str, Line]

    def as_json(self) -> dict[str, Any]:
        """The lines by name, to a hundredth."""
        return {
            "topologies": len(TOPOLOGIES),
            "by_weights": _rounded(self.by_weights),
            "by_weights_and_neurons": _rounded(self.by_weights_and_neurons),
        }


def _rounded(lines: dict[str, Line]) -> dict[str, dict[str, float]]:
    return {name: {k: round(v, 2) for k, v in asdict(of).items()} for name, of in lines.items()}


def line(values: Sequence[float], weights: Sequence[int], neurons: Sequence[int] = ()) -> Line:
    """The least squares line; `values`, `weights` and `neurons`, if given, are equally long."""
    columns = [np.ones(len(weights)), np.asarray(weights, float)]
    columns += [np.asarray(neurons, float)] if neurons else []
    matrix = np.stack(columns, axis=1)
    factors = np.linalg.lstsq(matrix, np.asarray(values, float), rcond=None)[0]
    residuals = np.asarray(values, float) - matrix @ factors
    fixed, each_weight, each_neuron = [*factors.tolist(), 0.0][:3]
    rms = float(np.sqrt(np.mean(residuals**2)))
    return Line(fixed, each_weight, each_neuron, rms, float(np.abs(residuals).max()))


def measure_growth(step: Callable[[], None] = lambda: None) -> Growth:
    """Build and run every topology; `step` is called after each."""
    values: dict[str, list[float]] = {}
    for sizes in TOPOLOGIES:
        for name, value in _figures(run_bare(any_task(*sizes), EPOCHS)).items():
            values.setdefault(name, []).append(value)
        step()
    weights = [any_task(*sizes).topology.weight_count for sizes in TOPOLOGIES]
    neurons = [sum(sizes[1:]) for sizes in TOPOLOGIES]
    return Growth(
        {name: line(of, weights) for name, of in values.items()},
        {name: line(of, weights, neurons) for name, of in values.items()},
    )


def _figures(bare: BareRun) -> dict[str, float]:
    return {
        "train_cycles": float(np.mean([step.cycles for step in bare.steps])),
        "infer_cycles": float(np.mean([pass_.cycles for pass_ in bare.inferences])),
        "flash_bytes": bare.uno.flash_bytes,
        "sram_bytes": bare.uno.static_sram_bytes,
    }


def fits(hidden: int) -> bool:
    """Whether 2-`hidden`-1 builds, learns the right weights and leaves a byte above its data."""
    try:
        return run_bare(any_task(2, hidden, 1), EPOCHS).untouched_sram_bytes > 0
    except MissingTool:
        raise
    except FixpropError:
        return False  # it does not link, crashes, or its stack has run into its weights


def largest_2_h_1(step: Callable[[], None] = lambda: None) -> int:
    """The largest H for which a bare 2-H-1 learns in the chip's SRAM; by bisection."""
    low, high = 1, (SRAM_END - SRAM_START) // BYTES_A_HIDDEN_NEURON + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
        step()
    run_bare(any_task(2, low, 1), EPOCHS)  # says what is wrong if nothing at all fits
    return low

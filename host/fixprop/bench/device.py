"""All figures of `fixprop bench device`, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fixprop.bench import floor, peers
from fixprop.bench.bare import BareRun, Span, build_bare, run_bare
from fixprop.bench.growth import TOPOLOGIES, Growth, largest_2_h_1, measure_growth
from fixprop.bench.kernels import cycles_by_part
from fixprop.bench.second_simulator import first_difference, install, marks_on_avr8js
from fixprop.bench.tasks import Task, networks
from fixprop.sim.program import DONE_MARK, build_program
from fixprop.sim.uno import Mark, SimulatedUno

EPOCHS = 50  # passes over the patterns: steps of the early, coarse kind and of the later, fine one
EMPTY_MAIN = "int main(void) { return 0; }\n"
BISECTION_STEPS = 7  # at most, for the largest H


@dataclass(frozen=True)
class Cycles:
    """Of one operation over all passes over the task's patterns."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True)
class NetworkFigures:
    """One network of peers.NETWORKS on the chip."""

    task: Task
    train: Cycles
    infer: Cycles
    parts: dict[str, float]  # cycles of a training step by part
    flash_bytes: int  # of the whole program
    flash_empty_bytes: int  # of a program with an empty main
    sram_bytes: int
    stack_bytes: int  # at its deepest
    marks: list[Mark]  # all that it wrote to GPIOR0

    @property
    def sizes(self) -> tuple[int, ...]:
        """Layer sizes, inputs first."""
        return self.task.topology.sizes

    @property
    def holds(self) -> bool:
        """Whether both bars are met."""
        trains = self.train.mean <= peers.training_bar(self.sizes)
        return trains and self.infer.mean <= peers.inference_bar(self.sizes)

    def as_json(self) -> dict[str, Any]:
        """The figures by name, with the unit in the name."""
        best_train, best_infer = peers.best_training(self.sizes), peers.best_inference(self.sizes)
        return {
            "weights": self.task.topology.weight_count,
            "train_cycles": round(self.train.mean, 2),
            "train_cycles_min": self.train.low,
            "train_cycles_max": self.train.high,
            "infer_cycles": round(self.infer.mean, 2),
            "infer_cycles_min": self.infer.low,
            "infer_cycles_max": self.infer.high,
            "floor_train_cycles": floor.training_floor(self.sizes),
            "floor_infer_cycles": floor.inference_floor(self.sizes),
            "best_peer_train_cycles": best_train,
            "best_peer_infer_cycles": best_infer,
            "train_bar_cycles": peers.training_bar(self.sizes),
            "infer_bar_cycles": peers.inference_bar(self.sizes),
            "train_cycles_by_part": {part: round(c, 2) for part, c in self.parts.items()},
            "flash_bytes": self.flash_bytes - self.flash_empty_bytes,
            "flash_whole_bytes": self.flash_bytes,
            "sram_bytes": self.sram_bytes,
            "stack_bytes": self.stack_bytes,
            "bars_hold": self.holds,
        }


@dataclass(frozen=True)
class DeviceFigures:
    """Everything; `differences` is None unless the second simulator was asked."""

    networks: list[NetworkFigures]
    growth: Growth
    largest_2_h_1: int
    differences: dict[str, str] | None

    @property
    def holds(self) -> bool:
        """Whether every bar is met, and the second simulator agrees if it was asked."""
        memory = self.largest_2_h_1 >= peers.LARGEST_H_GOAL
        return memory and not self.differences and all(n.holds for n in self.networks)

    def as_json(self) -> dict[str, Any]:
        """JSON with networks, growth and largest_2_h_1."""
        return {
            "source_of_peers": peers.SOURCE,
            "networks": {str(n.task.topology): n.as_json() for n in self.networks},
            "growth": self.growth.as_json(),
            "largest_2_h_1": self.largest_2_h_1,
            "second_simulator_differences": self.differences,
            "verdict": "pass" if self.holds else "fail",
        }


def measure_network(task: Task, epochs: int = EPOCHS) -> NetworkFigures:
    """Build, run and single-step one network."""
    bare = run_bare(task, epochs)
    empty = SimulatedUno(build_program("empty", EMPTY_MAIN))
    return NetworkFigures(
        task=task,
        train=_cycles(bare.steps),
        infer=_cycles(bare.inferences),
        parts=cycles_by_part(bare, epochs),
        flash_bytes=bare.uno.flash_bytes,
        flash_empty_bytes=empty.flash_bytes,
        sram_bytes=bare.uno.static_sram_bytes,
        stack_bytes=bare.uno.stack_peak_bytes,
        marks=_all_marks(bare),
    )


def _cycles(spans: list[Span]) -> Cycles:
    counts = [span.cycles for span in spans]
    return Cycles(float(np.mean(counts)), min(counts), max(counts))


def _all_marks(bare: BareRun) -> list[Mark]:
    assert bare.run.done_cycle is not None
    return [*bare.run.marks, Mark(DONE_MARK, bare.run.done_cycle)]


def differences(figures: list[NetworkFigures], epochs: int = EPOCHS) -> dict[str, str]:
    """Network and first difference, for those that avr8js counts otherwise; empty: all agree."""
    elfs = [build_bare(of.task, epochs) for of in figures]
    pairs = zip(figures, marks_on_avr8js(elfs), strict=True)
    found = {str(of.task.topology): first_difference(of.marks, marks) for of, marks in pairs}
    return {name: text for name, text in found.items() if text}


def stages(cross_check: bool) -> int:
    """How many times `measure` calls `step`."""
    return len(peers.NETWORKS) + len(TOPOLOGIES) + BISECTION_STEPS + int(cross_check)


def measure(cross_check: bool, step: Callable[[], None] = lambda: None) -> DeviceFigures:
    """Measure everything; `step` is called as the work goes on."""
    if cross_check:
        install()  # what is missing shows before the work, not after it
    figures = []
    for task in networks():
        figures.append(measure_network(task))
        step()
    apart = differences(figures) if cross_check else None
    return DeviceFigures(figures, measure_growth(step), largest_2_h_1(step), apart)

"""Measures bare programs on the simulated chip and writes what one of everything takes.

    python -m fixprop.budget.measure

Cycles: every single pass of every program is an equation, its counts (events.py) times unknown
cycles; least squares of the relative deviation. Flash: the same with pieces of code. Stack: what is
left when the part that grows with the network is taken away.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import click
import numpy as np

from fixprop.activations import ACTIVATIONS, HIDDEN
from fixprop.budget.events import Counts
from fixprop.budget.figures import (
    BACKWARD,
    COMMAND,
    FORWARD,
    FORWARD_FLASH,
    PATH,
    Figures,
    forward_kind,
    text,
)
from fixprop.budget.memory import depth_of, flash_data, pieces, sram_parts, stack_places
from fixprop.budget.mode import Mode
from fixprop.budget.program import Measured, measure
from fixprop.budget.workload import passes
from fixprop.cli import run
from fixprop.errors import FixpropError
from fixprop.files import write_whole
from fixprop.network import Topology

RANDOM = {Mode.TRAIN: 35, Mode.MOMENTUM: 5, Mode.INFERENCE: 5, Mode.FLASH: 10}
SEED = 7
WIDEST, MOST_HIDDEN = 24, 3
LARGEST_SRAM = 1850  # static, so that every program has room for its stack


@dataclass(frozen=True)
class Program:
    """One bare program as it was measured."""

    topology: Topology
    mode: Mode
    measured: Measured


def random_topology(rng: np.random.Generator, output: str, mode: Mode) -> Topology:
    """A network that fits the chip: up to `MOST_HIDDEN` hidden layers, at most `WIDEST` wide."""
    while True:
        hidden = int(rng.integers(0, MOST_HIDDEN + 1))
        sizes = tuple(rng.integers(1, WIDEST + 1, hidden + 2).tolist())
        names = rng.choice(list(HIDDEN), hidden).tolist()
        topology = Topology(sizes, (*names, output))
        if sum(sram_parts(topology, mode).values()) <= LARGEST_SRAM:
            return topology


def random_topologies(count: int, mode: Mode, seed: int) -> list[Topology]:
    """Every activation function comes to be the output's in turn."""
    rng = np.random.default_rng([seed, *mode.value.encode()])
    names = list(ACTIVATIONS)
    return [random_topology(rng, names[n % len(names)], mode) for n in range(count)]


def design(mode: Mode) -> list[Topology]:
    """What is measured: what tells the stack's places and shared code apart, then random ones."""
    apart = [
        Topology((2, 2), ("sigmoid",)),
        Topology((2, 1), ("softmax",)),
        Topology((2, 12), ("softmax",)),
        Topology((2, 2, 12), ("sigmoid", "sigmoid")),
        Topology((2, 2, 12), ("sigmoid", "softmax")),
        Topology((2, 2, 2), ("sigmoid", "sigmoid_cross_entropy")),
    ]
    fixed = [Topology((5, 6, 4), ("tanh", "sigmoid"), (True, True))] if mode.learns else []
    return [*apart, *fixed, *random_topologies(RANDOM[mode], mode, SEED)]


def measure_all(step: Callable[[], None] = lambda: None) -> list[Program]:
    """Build and run the whole design, as many at a time as there are processors."""

    def one(job: tuple[Mode, Topology]) -> Program:
        mode, topology = job
        program = Program(topology, mode, measure(topology, mode))
        step()
        return program

    jobs = [(mode, topology) for mode in Mode for topology in design(mode)]
    first = one(jobs[0])  # alone: it loads the libraries that the threads share
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return [first, *workers.map(one, jobs[1:])]


def fit(programs: Sequence[Program]) -> Figures:
    """What one of everything takes."""
    deviation: dict[str, float] = {}
    cycles: dict[str, dict[str, float]] = {}
    equations: dict[str, tuple[list[dict[str, float]], list[float]]]
    equations = {kind: ([], []) for kind in (FORWARD, FORWARD_FLASH, BACKWARD)}
    for program in programs:
        for kind, counts, taken in _passes(program):
            equations[kind][0].append({name: float(count[0]) for name, count in counts.items()})
            equations[kind][1].append(taken)
    for kind, (rows, taken_cycles) in equations.items():
        cycles[kind], deviation[kind] = least_squares(rows, taken_cycles)
    flash, deviation["flash"] = _fit_flash(programs)
    return Figures(
        cycles, flash, {mode.value: _fit_stack(programs, mode) for mode in Mode}, deviation
    )


def _passes(program: Program) -> Iterator[tuple[str, Counts, float]]:
    """Counts and cycles; a training step begins with an inference that takes what it took before."""
    taken = program.measured
    forward, backward = passes(program.topology, program.mode)
    for counts, cycles in zip(forward, taken.infer_cycles, strict=True):
        yield forward_kind(program.mode), counts, cycles
    steps = zip(backward, taken.train_cycles, taken.infer_cycles, strict=False)
    for counts, cycles, inference in steps:
        yield BACKWARD, counts, cycles - inference


def least_squares(
    rows: Sequence[dict[str, float]], values: Sequence[float]
) -> tuple[dict[str, float], float]:
    """Each name's share by the least relative deviation, to a hundredth; the worst deviation."""
    names = sorted({name for row in rows for name in row})
    wanted = np.array(values, np.float64)
    matrix = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    shares = np.linalg.lstsq(matrix / wanted[:, None], np.ones(len(rows)), rcond=None)[0].round(2)
    deviations = matrix @ shares / wanted - 1
    return dict(zip(names, shares.tolist(), strict=True)), round(float(abs(deviations).max()), 4)


def _fit_flash(programs: Sequence[Program]) -> tuple[dict[str, float], float]:
    rows, taken = [], []
    for program in programs:
        rows.append(dict.fromkeys(pieces(program.topology, program.mode), 1.0))
        data = sum(flash_data(program.topology, program.mode).values())
        taken.append(float(program.measured.flash_bytes - data))
    return least_squares(rows, taken)


def _fit_stack(programs: Sequence[Program], mode: Mode) -> dict[str, list[int]]:
    """Bytes by place, fixed and for each neuron: the plain one, then those that go deeper."""
    own = [program for program in programs if program.mode is mode]
    depths: dict[str, list[int]] = {}
    for place in ("plain", "softmax", "hidden"):
        points = []
        for program in own:
            places = stack_places(program.topology, mode)
            deepest, known = program.measured.stack_bytes, depth_of(places, depths)
            if places.keys() == {"plain", place} and deepest > known:
                points.append((places[place], deepest))
        depths[place] = _line(points) if points else depths["plain"]
    return depths


def _line(points: Sequence[tuple[int, int]]) -> list[int]:
    """Whole bytes, fixed and for each neuron, that all (neurons, bytes) are at most."""
    (low, least), (high, most) = min(points), max(points)
    each = round((most - least) / (high - low)) if high > low else 0
    return [max(deepest - each * neurons for neurons, deepest in points), each]


def check_sram(programs: Sequence[Program]) -> None:
    """FixpropError if a program's variables take other than what memory.py says."""
    for program in programs:
        told = sum(sram_parts(program.topology, program.mode).values())
        if told != program.measured.sram_bytes:
            raise FixpropError(
                f"{program.topology} ({program.mode.value}) takes {program.measured.sram_bytes} bytes "
                f"of static SRAM, not {told}: mend host/fixprop/budget/memory.py"
            )


@click.command()
def main() -> None:
    """Measure some 80 programs on the simulated chip and write measured.json; some minutes.

    \b
    Example:  python -m fixprop.budget.measure
    """
    programs = measure_all()
    check_sram(programs)
    figures = fit(programs)
    write_whole(PATH, text(figures))
    worst = ", ".join(f"{name} {part:.2%}" for name, part in figures.deviation.items())
    print(f"{PATH.name}: {len(programs)} programs; worst deviation of one: {worst}")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, COMMAND))

"""Which part of a training step the cycles go to: single steps, each booked where its pc was."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from fixprop.bench.bare import BareRun, Span, build_bare
from fixprop.bench.tasks import Task
from fixprop.errors import FixpropError
from fixprop.sim.uno import SimulatedUno

FORWARD, OUTPUT, HIDDEN, UPDATE = "forward", "output deltas", "hidden deltas", "update"
REST = "the rest"  # calls, saved registers, the walk over the layers
PARTS = (FORWARD, OUTPUT, HIDDEN, UPDATE, REST)
PART_OF_FUNCTION = {
    "main": REST,
    "fixprop_train": REST,
    "fixprop_accumulate": REST,  # and the output deltas, which are written out in it
    "fixprop_avr_forward": FORWARD,
    "fixprop_avr_sigmoid_layer": FORWARD,
    "fixprop_avr_sigmoid_slope": None,  # its caller's
    "fixprop_avr_hidden_deltas": HIDDEN,
    "fixprop_avr_update": UPDATE,
}


class _Functions:
    """Finds the function around a pc, by where each begins."""

    def __init__(self, uno: SimulatedUno) -> None:
        symbols = uno.firmware.symbols
        names = {name for name in symbols if name.startswith("fixprop_avr_")}
        places = sorted((symbols[name], name) for name in names | set(PART_OF_FUNCTION))
        self._starts = [start for start, _ in places]
        self._names = [name for _, name in places]

    def at(self, pc: int) -> str:
        name = self._names[bisect_right(self._starts, pc) - 1]
        if name not in PART_OF_FUNCTION:
            raise FixpropError(f"a training step calls {name}: give it a part in bench/kernels.py")
        return name


def cycles_by_part(bare: BareRun, epochs: int) -> dict[str, float]:
    """Mean cycles of a training step by part, over the first pass of `bare` over its patterns.

    A second chip runs the same ELF, so that the steps begin at the same cycles.
    """
    return _mean_parts(bare.task, epochs, bare.steps[: len(bare.task.inputs)])


def _mean_parts(task: Task, epochs: int, steps: list[Span]) -> dict[str, float]:
    uno = SimulatedUno(build_bare(task, epochs))
    functions = _Functions(uno)
    total: Counter[str] = Counter()
    for step in steps:
        uno.run(step.start_cycle - uno.cycle)
        total += _parts(uno, functions, step.cycles)
    return {part: total[part] / len(steps) for part in PARTS}


def _parts(uno: SimulatedUno, functions: _Functions, cycles: int) -> Counter[str]:
    spent: Counter[str] = Counter()
    end = uno.cycle + cycles
    part = REST
    while (before := uno.cycle) < end:
        name = functions.at(uno.pc)
        part = _next_part(name, part)
        uno.run(1)
        spent[part] += uno.cycle - before
    return spent


def _next_part(name: str, part: str) -> str:
    """Part of the next instruction, which lies in `name`, when the last one was of `part`."""
    if name == "fixprop_accumulate" and part in (FORWARD, OUTPUT):
        return OUTPUT  # between the forward pass and the first layer from above
    return PART_OF_FUNCTION[name] or part

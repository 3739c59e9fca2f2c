"""A worked example on the simulated chip: drives the program that trains it (chip_program.py).

The program waits in the chip's own loop until the host raises `steps_wanted`, trains that far, and
puts out what it answers to every sample; so one run stops at any step to be compared.
"""

from __future__ import annotations

import numpy as np

from fixprop.errors import FixpropError
from fixprop.examples.chip_program import training_program
from fixprop.examples.places import State, fixed_state
from fixprop.examples.training import Training
from fixprop.formats import RESIDUAL_BITS, Integers
from fixprop.sim.program import ProgramRun, build_program
from fixprop.sim.uno import CLOCK_HZ, SimulatedUno

SLICE_CYCLES = 40_000
STALLED_CYCLES = 10 * CLOCK_HZ
READY_MARK = 3  # the program waits; 1 and 2 stand around the training steps


class OnChip:
    """The example on a simulated ATmega328P, with the library's assembly kernels."""

    def __init__(self, example: Training, seed: int) -> None:
        self._shape = example.targets.shape
        self._count = example.topology.weight_count
        elf = build_program(f"example-{example.name}", training_program(example, seed))
        self._uno = SimulatedUno(elf)
        self._steps = self.cycles = 0
        self._outputs = self._answers(self._run_until_ready(0))

    def train(self, order: Integers) -> None:
        """As many steps as `order` is long; the chip draws the same order itself."""
        if not len(order):
            return
        self._steps += len(order)
        address = self._uno.symbol("steps_wanted")
        self._uno.write_sram(address, self._steps.to_bytes(4, "little"))
        run = self._run_until_ready(len(order))
        begin, end, _ = (mark.cycle for mark in run.marks)
        self.cycles += end - begin
        self._outputs = self._answers(run)

    def _answers(self, run: ProgramRun) -> Integers:
        return np.frombuffer(bytes(run.output), "<i2").reshape(self._shape).astype(np.int64)

    def _run_until_ready(self, steps: int) -> ProgramRun:
        run, last_sign = ProgramRun(self._uno), self._uno.cycle
        limit = STALLED_CYCLES + self._count * 400 * steps
        while not run.marks or run.marks[-1].value != READY_MARK:
            if self._uno.cycle > last_sign + limit:
                raise FixpropError(f"the program on the chip stalled before step {self._steps}")
            self._uno.run(SLICE_CYCLES)
            for event in self._uno.marks():
                run.take(event)
        return run

    @property
    def seconds(self) -> float:
        """Time in training steps so far, at 16 MHz."""
        return self.cycles / CLOCK_HZ

    def state(self) -> State:
        """Outputs after the latest `train`, weights as they lie in the chip's SRAM."""
        upper = self._uno.read_sram(self._uno.symbol("weights"), 2 * self._count)
        lower = self._uno.read_sram(self._uno.symbol("residuals"), self._count)
        weights = np.frombuffer(upper, "<i2").astype(np.int64) << RESIDUAL_BITS
        return fixed_state(self._outputs, weights + np.frombuffer(lower, np.uint8))

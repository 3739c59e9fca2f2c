"""The bare program: a network, its patterns in flash, and nothing but learning; built, run, checked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from fixprop.bench.tasks import RATE_HALF, Task
from fixprop.errors import FixpropError
from fixprop.formats import RESIDUAL_BITS, Integers
from fixprop.header import model_h
from fixprop.native import Native
from fixprop.sim.program import ProgramRun, build_program, run_program
from fixprop.sim.uno import SRAM_END, SRAM_START, Mark, SimulatedUno

SEED = 1
SPREAD = 1 << 11  # initial weights between -1 and 1, Q4.11
INFERENCE, INFERRED, STEP, STEPPED = 1, 2, 3, 4
MARK_CYCLES = 2  # from the OUT of one mark to the OUT of the next one when nothing is between them


@dataclass(frozen=True)
class Span:
    """What lies between two marks: from the end of one's OUT to the start of the other's LDI."""

    start_cycle: int
    cycles: int


@dataclass(frozen=True)
class BareRun:
    """A bare program that ran to its end with the right weights."""

    task: Task
    run: ProgramRun
    inferences: list[Span]
    steps: list[Span]

    @property
    def uno(self) -> SimulatedUno:
        """The chip, as the program left it."""
        return self.run.uno

    @property
    def untouched_sram_bytes(self) -> int:
        """Bytes between the variables and the deepest the stack has been."""
        room = SRAM_END - SRAM_START - self.uno.static_sram_bytes
        return room - self.uno.stack_peak_bytes


def build_bare(task: Task, epochs: int) -> Path:
    """The ELF that goes `epochs` times over the patterns, with an inference and a step for each."""
    return build_program(f"bare-{task.topology}", bare_source(task, epochs))


def bare_source(task: Task, epochs: int) -> str:
    """C11. The sample is loaded before the marks, so that loading is outside every count."""
    samples = np.concatenate([task.inputs, task.targets], axis=1)
    rows = ",\n    ".join("{" + ", ".join(map(str, row)) + "}" for row in samples.tolist())
    count, width = samples.shape
    inputs, outputs = task.topology.sizes[0], task.topology.sizes[-1]
    return f"""{model_h(task.topology, SEED)}
#include <avr/pgmspace.h>
#include "program.h"

static const int16_t samples[{count}][{width}] PROGMEM = {{
    {rows}}};
static int16_t targets[{outputs}];

int main(void) {{
  fixprop_generator generator;
  fixprop_seed(&generator, MODEL_SEED);
  fixprop_initialise(&model, &generator, {SPREAD});
  model.rate = {RATE_HALF};
  for (uint16_t epoch = 0; epoch < {epochs}; epoch++)
    for (uint8_t i = 0; i < {count}; i++) {{
      memcpy_P(model_values, samples[i], {2 * inputs});
      memcpy_P(targets, samples[i] + {inputs}, {2 * outputs});
      MARK({INFERENCE});
      fixprop_forward(&model);
      MARK({INFERRED});
      MARK({STEP});
      fixprop_train(&model, targets);
      MARK({STEPPED});
    }}
  DONE();
}}
"""


def run_bare(task: Task, epochs: int) -> BareRun:
    """Build and run; FixpropError unless the chip ends with the weights that the PC gets."""
    run = run_program(build_bare(task, epochs))
    patterns = len(task.inputs)
    bare = BareRun(task, run, _spans(run.marks, INFERENCE), _spans(run.marks, STEP))
    if len(bare.steps) != epochs * patterns:
        raise FixpropError(f"{task.topology}: {len(bare.steps)} steps for {epochs * patterns}")
    if not np.array_equal(_weights(bare), expected_weights(task, epochs)):
        raise FixpropError(f"{task.topology}: the chip's weights differ from this computer's")
    return bare


def _spans(marks: list[Mark], kind: int) -> list[Span]:
    return [
        Span(begin.cycle + 1, end.cycle - begin.cycle - MARK_CYCLES)
        for begin, end in pairwise(marks)
        if (begin.value, end.value) == (kind, kind + 1)
    ]


def _weights(bare: BareRun) -> Integers:
    count = bare.task.topology.weight_count
    uno = bare.uno
    upper = np.frombuffer(uno.read_sram(uno.symbol("model_weights"), 2 * count), "<i2")
    lower = np.frombuffer(uno.read_sram(uno.symbol("model_residuals"), count), "u1")
    return np.asarray((upper.astype(np.int64) << RESIDUAL_BITS) + lower)


def expected_weights(task: Task, epochs: int) -> Integers:
    """What the same C gives on this computer."""
    native = Native(task.topology, RATE_HALF)
    native.initialise(SEED, SPREAD)
    order = np.tile(np.arange(len(task.inputs)), epochs)
    native.train(task.inputs, task.targets, order)
    return native.flat_weights()

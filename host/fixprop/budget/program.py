"""The bare programs that a budget is about, run on the simulated chip.

One that learns is the program of `fixprop bench device`; workload.py says what all of them work on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fixprop.bench.bare import INFERENCE, INFERRED, SEED, SPREAD, STEP, STEPPED, bare_source
from fixprop.bench.bare import MARK_CYCLES as BETWEEN_MARKS
from fixprop.bench.tasks import RATE_HALF, Task
from fixprop.budget.mode import Mode
from fixprop.budget.workload import EPOCHS, MOMENTUM, PATTERNS, first_weights, workload
from fixprop.errors import FixpropError
from fixprop.flash import NativeFlash, flash_network_h, value_counts
from fixprop.formats import RESIDUAL_BITS, Integers
from fixprop.header import layer
from fixprop.native import Native
from fixprop.network import Topology
from fixprop.sim.program import ProgramRun, build_program, run_program

CHANGES = """
static int16_t change_upper[{weights}];
static uint8_t change_lower[{weights}];
static const fixprop_changes changes = {{change_upper, change_lower, {momentum}u}};

int main(void) {{"""

IN_SRAM = """
#include "fixprop.h"

static const fixprop_layer model_layers[] = {{{layers}}};
static int16_t model_weights[] = {{{weights}}};
static int16_t model_values[{values}];
static fixprop_network model = {{model_layers, {layer_count}, model_weights, 0, model_values, 0, 0}};
"""

INFER = """{network}
#include <avr/pgmspace.h>
#include "program.h"

static const int16_t samples[{count}][{inputs}] PROGMEM = {{
    {rows}}};

int main(void) {{
  {kind} *network = &model;
  __asm__("" : "+r"(network)); /* as if from elsewhere: or one layer would be compiled into a loop */
  for (uint8_t i = 0; i < {count}; i++) {{
    memcpy_P({place}, samples[i], {bytes});
    MARK({begin});
    {call}(network);
    MARK({end});
  }}
  DONE();
}}
"""


@dataclass(frozen=True)
class Measured:
    """One bare program on the simulated chip; cycles one by one, [] where it does not learn."""

    flash_bytes: int
    sram_bytes: int
    stack_bytes: int
    infer_cycles: list[int]
    train_cycles: list[int]


def source(task: Task, mode: Mode) -> str:
    """The C11 program."""
    if mode is Mode.TRAIN:
        return bare_source(task, EPOCHS)
    if mode is Mode.MOMENTUM:
        return _momentum(task)
    return _inference(task, mode)


def _momentum(task: Task) -> str:
    plain = bare_source(task, EPOCHS)
    begin, step = "\nint main(void) {", "fixprop_train(&model, targets);"
    assert begin in plain and step in plain
    changes = CHANGES.format(weights=task.topology.weight_count, momentum=MOMENTUM)
    with_changes = step.replace("train", "train_momentum").replace(")", ", &changes)")
    return plain.replace(begin, changes).replace(step, with_changes)


def _inference(task: Task, mode: Mode) -> str:
    count, inputs = task.inputs.shape
    in_flash = mode is Mode.FLASH
    return INFER.format(
        network=_network(task.topology, mode),
        count=count,
        inputs=inputs,
        rows=",\n    ".join("{" + ", ".join(map(str, row)) + "}" for row in task.inputs.tolist()),
        kind="const fixprop_flash_network" if in_flash else "fixprop_network",
        place="network->values[0]" if in_flash else "network->values",
        call="fixprop_forward_flash" if in_flash else "fixprop_forward",
        bytes=2 * inputs,
        begin=INFERENCE,
        end=INFERRED,
    )


def _network(topology: Topology, mode: Mode) -> str:
    weights = _pass_weights(topology)
    if mode is Mode.FLASH:
        return flash_network_h(topology, weights, "model", "host/fixprop/flash.py")
    return IN_SRAM.format(
        layers=", ".join(layer(topology, n) for n in range(len(topology.activations))),
        layer_count=len(topology.activations),
        weights=", ".join(map(str, weights.tolist())),
        values=sum(topology.sizes),
    )


def _pass_weights(topology: Topology) -> Integers:
    return first_weights(topology) >> RESIDUAL_BITS


def measure(topology: Topology, mode: Mode) -> Measured:
    """Build and run; FixpropError unless the chip ends with the numbers that this computer gets."""
    task = workload(topology)
    run = run_program(build_program(f"budget-{mode.value}-{topology}", source(task, mode)))
    uno = run.uno
    _check(task, mode, run)
    return Measured(
        uno.flash_bytes,
        uno.static_sram_bytes,
        uno.stack_peak_bytes,
        _cycles(run, INFERENCE, INFERRED),
        _cycles(run, STEP, STEPPED),
    )


def _cycles(run: ProgramRun, begin: int, end: int) -> list[int]:
    starts = [mark.cycle for mark in run.marks if mark.value == begin]
    ends = [mark.cycle for mark in run.marks if mark.value == end]
    return [b - a - BETWEEN_MARKS for a, b in zip(starts, ends, strict=True)]


def _check(task: Task, mode: Mode, run: ProgramRun) -> None:
    found = _weights(task, run) if mode.learns else _outputs(task, mode, run)
    if not np.array_equal(found, _expected(task, mode)):
        raise FixpropError(f"{task.topology}: the chip's numbers differ from this computer's")


def _weights(task: Task, run: ProgramRun) -> Integers:
    count, uno = task.topology.weight_count, run.uno
    upper = np.frombuffer(uno.read_sram(uno.symbol("model_weights"), 2 * count), "<i2")
    lower = np.frombuffer(uno.read_sram(uno.symbol("model_residuals"), count), "u1")
    return np.asarray((upper.astype(np.int64) << RESIDUAL_BITS) + lower)


def _outputs(task: Task, mode: Mode, run: ProgramRun) -> Integers:
    """Those of the last sample; they lie behind what the last layer saw."""
    sizes, uno = task.topology.sizes, run.uno
    if mode is Mode.FLASH:
        before = value_counts(Topology((1, 1), ("linear",)))[1] - 1  # values in front of outputs
        start = uno.symbol("model_even" if len(sizes) % 2 else "model_odd") + 2 * before
    else:
        start = uno.symbol("model_values") + 2 * sum(sizes[:-1])
    return np.frombuffer(uno.read_sram(start, 2 * sizes[-1]), "<i2").astype(np.int64)


def _expected(task: Task, mode: Mode) -> Integers:
    topology, last = task.topology, task.inputs[-1:]
    if mode is Mode.FLASH:
        return NativeFlash(topology, _pass_weights(topology)).forward(last).ravel()
    native = Native(topology, RATE_HALF)
    native.initialise(SEED, SPREAD)
    order = np.tile(np.arange(PATTERNS), EPOCHS)
    if mode is Mode.TRAIN:
        native.train(task.inputs, task.targets, order)
    elif mode is Mode.MOMENTUM:
        native.train_momentum(task.inputs, task.targets, native.changes(MOMENTUM), order)
    else:
        native.set_flat_weights(_pass_weights(topology) << RESIDUAL_BITS)
        return native.forward(last).ravel()
    return native.flat_weights()

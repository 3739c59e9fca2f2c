"""A worked example on the simulated chip: the C program that trains it, written and driven from here.

The program waits in the chip's own loop until the host raises `steps_wanted`, trains that far, and
puts out what it answers to every sample; so one run stops at any step to be compared.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fixprop.errors import FixpropError
from fixprop.examples.places import State, fixed_state
from fixprop.examples.training import Training
from fixprop.formats import RESIDUAL_BITS, Integers
from fixprop.sim.program import ProgramRun, build_program
from fixprop.sim.uno import CLOCK_HZ, SimulatedUno

SLICE_CYCLES = 40_000
STALLED_CYCLES = 10 * CLOCK_HZ
READY_MARK = 3  # the program waits; 1 and 2 stand around the training steps

PROGRAM = """
#include <avr/pgmspace.h>
#include <fixprop.h>
#include "program.h"

enum {{ INPUTS = {inputs}, OUTPUTS = {outputs}, SAMPLES = {samples}, WEIGHTS = {weights} }};
static const int16_t inputs[SAMPLES][INPUTS] PROGMEM = {{{input_rows}}};
static const int16_t targets[SAMPLES][OUTPUTS] PROGMEM = {{{target_rows}}};
static const int16_t first_weights[WEIGHTS] PROGMEM = {{{first_weights}}};
static const uint8_t first_residuals[WEIGHTS] PROGMEM = {{{first_residuals}}};
static const fixprop_layer layers[] = {{{layers}}};
__attribute__((used)) int16_t weights[WEIGHTS];
__attribute__((used)) uint8_t residuals[WEIGHTS];
__attribute__((used)) volatile uint32_t steps_wanted;
static int16_t values[{values}];
static int32_t deltas[{neurons}];
static fixprop_network network = {{layers, {layer_count}, weights, residuals, values, deltas, {rate}}};

static void load(uint16_t sample) {{ memcpy_P(values, inputs[sample], sizeof *inputs); }}

static uint16_t next_sample(void) {{
  static uint16_t at = SAMPLES;
{draw}
}}

static void train(void) {{
  int16_t target[OUTPUTS];
  const uint16_t sample = next_sample();
  load(sample);
  memcpy_P(target, targets[sample], sizeof target);
  {train}
}}

static void answer(void) {{
  for (uint16_t sample = 0; sample < SAMPLES; sample++) {{
    load(sample);
    const int16_t *outputs = fixprop_forward(&network);
    for (uint8_t j = 0; j < OUTPUTS; j++) {{
      put_byte((uint8_t)outputs[j]);
      put_byte((uint8_t)((uint16_t)outputs[j] >> 8));
    }}
  }}
}}

int main(void) {{
  memcpy_P(weights, first_weights, sizeof weights);
  memcpy_P(residuals, first_residuals, sizeof residuals);
  MARK(3);
  for (uint32_t done = 0;;) {{
    while (done == steps_wanted)
      ;
    MARK(1);
    for (const uint32_t end = steps_wanted; done != end; done++)
      train();
    MARK(2);
    answer();
    MARK(3);
  }}
}}
"""

IN_TURN = """  at = at < SAMPLES ? at : 0;
  return at++;"""
SHUFFLED = """  static fixprop_generator generator;
  static uint8_t order[SAMPLES]; /* Heymsfeld's shuffle, as fixprop.examples.training.Order */
  if (!generator.state) {
    fixprop_seed(&generator, SEED);
    for (uint16_t i = 0; i < SAMPLES; i++)
      order[i] = (uint8_t)i;
  }
  if (at == SAMPLES) {
    for (uint16_t i = 0; i < SAMPLES; i++) {
      const uint16_t other = fixprop_below(&generator, SAMPLES);
      const uint8_t held = order[i];
      order[i] = order[other];
      order[other] = held;
    }
    at = 0;
  }
  return order[at++];"""


class OnChip:
    """The example on a simulated ATmega328P, with the library's assembly kernels."""

    def __init__(self, example: Training, seed: int) -> None:
        self._shape = example.targets.shape
        self._count = example.topology.weight_count
        elf = build_program(f"example-{example.name}", program_text(example, seed))
        self._uno = SimulatedUno(elf)
        self._steps = self.cycles = 0
        self._outputs = np.zeros(self._shape, np.int64)
        self._run_until_ready(0)

    def train(self, order: Integers) -> None:
        """As many steps as `order` is long; the chip draws the same order itself."""
        self._steps += len(order)
        address = self._uno.symbol("steps_wanted")
        self._uno.write_sram(address, self._steps.to_bytes(4, "little"))
        run = self._run_until_ready(len(order))
        begin, end, _ = (mark.cycle for mark in run.marks)
        self.cycles += end - begin
        answered = np.frombuffer(bytes(run.output), "<i2")
        self._outputs = answered.reshape(self._shape).astype(np.int64)

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


def program_text(example: Training, seed: int) -> str:
    """The C program that trains `example`."""
    topology, first = example.topology, example.initial_weights(seed)
    sizes = topology.sizes
    return PROGRAM.format(
        inputs=sizes[0],
        outputs=sizes[-1],
        samples=len(example.inputs),
        weights=topology.weight_count,
        input_rows=rows(example.fixed_inputs),
        target_rows=rows(example.fixed_targets),
        first_weights=numbers(first >> RESIDUAL_BITS),
        first_residuals=numbers(first & ((1 << RESIDUAL_BITS) - 1)),
        layers=layers(topology.sizes, topology.activations),
        values=sum(sizes),
        neurons=sum(sizes[1:]),
        layer_count=len(sizes) - 1,
        rate=example.fixed_rate,
        draw=SHUFFLED.replace("SEED", f"UINT32_C({seed})") if example.shuffled else IN_TURN,
        train="fixprop_train(&network, target);",
    )


def numbers(values: Iterable[int]) -> str:
    """C initialisers."""
    return ", ".join(map(str, values))


def rows(table: Integers) -> str:
    """C initialisers of an array of rows."""
    return ",\n".join(f"{{{numbers(row)}}}" for row in table)


def layers(sizes: tuple[int, ...], activations: tuple[str, ...]) -> str:
    """C initialisers of a network's layers."""
    parts = zip(sizes, sizes[1:], activations, strict=False)
    return ", ".join(f"{{{n}, {m}, &fixprop_{name}}}" for n, m, name in parts)

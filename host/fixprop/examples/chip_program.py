"""The C programs that run a worked example on the chip: its samples, and work on the host's word."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fixprop.examples.training import PIXEL_SHIFT, Reals, Training
from fixprop.flash import flash_network_h
from fixprop.formats import ACTIVATION, RESIDUAL_BITS, Integers
from fixprop.header import layer
from fixprop.network import Topology

TRAINING = """
#include <avr/pgmspace.h>
#include <fixprop.h>
#include <string.h>
#include "program.h"

{samples}
enum {{ WEIGHTS = {weights} }};
enum {{ KEPT = {momentum}u }}; /* momentum, UQ0.16 */
static const int16_t first_weights[WEIGHTS] PROGMEM = {{{first_weights}}};
static const uint8_t first_residuals[WEIGHTS] PROGMEM = {{{first_residuals}}};
static const fixprop_layer layers[] = {{{layers}}};
__attribute__((used)) int16_t weights[WEIGHTS];
__attribute__((used)) uint8_t residuals[WEIGHTS];
__attribute__((used)) volatile uint32_t steps_wanted;
static int16_t values[{values}];
static int32_t deltas[{neurons}];
static fixprop_network network = {{layers, {layer_count}, weights, residuals, values, deltas, {rate}}};

static uint16_t next_sample(void) {{
  static uint16_t at = SAMPLES;
{draw}
}}

static void train(void) {{
  int16_t copy[OUTPUTS];
  const uint16_t sample = next_sample();
  load(values, sample);
  const int16_t *target = target_of(sample, copy);
  {train}
}}

static void answer(void) {{
  for (uint16_t sample = 0; sample < SAMPLES; sample++) {{
    load(values, sample);
    put_outputs(fixprop_forward(&network));
  }}
}}

int main(void) {{
  memcpy_P(weights, first_weights, sizeof weights);
  memcpy_P(residuals, first_residuals, sizeof residuals);
  answer();
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
INFERENCE = """
#include <avr/pgmspace.h>
#include <fixprop.h>
#include "program.h"

{network}
{samples}
int main(void) {{
  for (uint16_t sample = 0; sample < SAMPLES; sample++) {{
    load(network.values[0], sample);
    MARK(1);
    const int16_t *outputs = fixprop_forward_flash(&network);
    MARK(2);
    put_outputs(outputs);
  }}
  DONE();
}}
"""
SMALL = 128
"""Numbers in all samples; so few lie in SRAM, as in the sketches they come from."""
SIZES = """enum {{ INPUTS = {inputs}, OUTPUTS = {outputs}, SAMPLES = {samples} }};
"""
IN_SRAM = """static const int16_t inputs[SAMPLES][INPUTS] = {{{inputs}}};
static const int16_t targets[SAMPLES][OUTPUTS] = {{{targets}}};

static inline void load(int16_t *to, uint16_t sample) {{
  memcpy(to, inputs[sample], sizeof *inputs);
}}

static inline const int16_t *target_of(uint16_t sample, int16_t *copy) {{
  (void)copy;
  return targets[sample];
}}
"""
IN_FLASH = """static const int16_t inputs[SAMPLES][INPUTS] PROGMEM = {{{inputs}}};
static const int16_t targets[SAMPLES][OUTPUTS] PROGMEM = {{{targets}}};

static inline void load(int16_t *to, uint16_t sample) {{
  memcpy_P(to, inputs[sample], sizeof *inputs);
}}

static inline const int16_t *target_of(uint16_t sample, int16_t *copy) {{
  return memcpy_P(copy, targets[sample], sizeof *targets);
}}
"""
PACKED = """static const uint8_t inputs[SAMPLES][INPUTS / 2] PROGMEM = {{{inputs}}}; /* 4 bits each */
static const uint8_t labels[SAMPLES] PROGMEM = {{{labels}}};

static inline void load(int16_t *to, uint16_t sample) {{
  for (uint8_t i = 0; i < INPUTS / 2; i++) {{
    const uint8_t two = pgm_read_byte(&inputs[sample][i]);
    *to++ = (int16_t)((two & 15) << {shift});
    *to++ = (int16_t)((two >> 4) << {shift});
  }}
}}

static inline const int16_t *target_of(uint16_t sample, int16_t *copy) {{
  const uint8_t label = pgm_read_byte(&labels[sample]);
  for (uint8_t j = 0; j < OUTPUTS; j++)
    copy[j] = j == label ? INT16_MAX : 0;
  return copy;
}}
"""
PUT_OUTPUTS = """
static void put_outputs(const int16_t *outputs) {
  for (uint8_t j = 0; j < OUTPUTS; j++) {
    put_byte((uint8_t)outputs[j]);
    put_byte((uint8_t)((uint16_t)outputs[j] >> 8));
  }
}
"""
MOMENTUM = """static int16_t upper[WEIGHTS];
  static uint8_t lower[WEIGHTS];
  const fixprop_changes changes = {upper, lower, KEPT};
  fixprop_train_momentum(&network, target, &changes);"""
IN_TURN = """  at = at < SAMPLES ? at : 0;
  return at++;"""
SHUFFLED = """  static fixprop_generator generator;
  static uint8_t order[SAMPLES]; /* the shuffle of fixprop.examples.training.Order */
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


def training_program(example: Training, seed: int) -> str:
    """Trains `example` as far as the host writes into `steps_wanted`, answers, and waits again."""
    topology, first = example.topology, example.initial_weights(seed)
    return TRAINING.format(
        samples=_samples(example),
        weights=topology.weight_count,
        momentum=example.fixed_momentum,
        first_weights=_numbers(first >> RESIDUAL_BITS),
        first_residuals=_numbers(first & ((1 << RESIDUAL_BITS) - 1)),
        layers=", ".join(layer(topology, n) for n in range(len(topology.activations))),
        values=sum(topology.sizes),
        neurons=sum(topology.sizes[1:]),
        layer_count=len(topology.activations),
        rate=example.fixed_rate,
        draw=SHUFFLED.replace("SEED", f"UINT32_C({seed})") if example.shuffled else IN_TURN,
        train=MOMENTUM if example.momentum else "fixprop_train(&network, target);",
    )


def inference_program(topology: Topology, flat: Integers, inputs: Reals) -> str:
    """Answers to `inputs` with the weights `flat` (Q4.11) in flash; MARK 1 and 2 around each."""
    samples = _sizes(topology, len(inputs)) + _packed(inputs, np.zeros(len(inputs), np.int64))
    network = flash_network_h(topology, flat, "network", "examples/digits.py")
    return INFERENCE.format(network=network, samples=samples + PUT_OUTPUTS)


def _samples(example: Training) -> str:
    sizes = _sizes(example.topology, len(example.inputs))
    if example.packed:
        return sizes + _packed(example.inputs, example.targets.argmax(axis=1)) + PUT_OUTPUTS
    inputs, targets = _rows(example.fixed_inputs), _rows(example.fixed_targets)
    small = example.inputs.size + example.targets.size <= SMALL
    return (
        sizes
        + (IN_SRAM if small else IN_FLASH).format(inputs=inputs, targets=targets)
        + PUT_OUTPUTS
    )


def _sizes(topology: Topology, samples: int) -> str:
    return SIZES.format(inputs=topology.sizes[0], outputs=topology.sizes[-1], samples=samples)


def _packed(inputs: Reals, labels: Integers) -> str:
    pixels = ACTIVATION.from_float(inputs) >> PIXEL_SHIFT
    pairs = pixels[:, 0::2] | pixels[:, 1::2] << 4
    return PACKED.format(inputs=_rows(pairs), labels=_numbers(labels), shift=PIXEL_SHIFT)


def _numbers(values: Iterable[int]) -> str:
    return ", ".join(map(str, values))


def _rows(table: Integers) -> str:
    return ",\n".join(f"{{{_numbers(row)}}}" for row in table)

/* Loops around firmware/lib/fixprop, so that Python calls once for many steps. */
#include <string.h>

#include "fixprop.h"
#include "fixprop_flash.h"
#include "fixprop_saturation.h"

typedef struct {
  const int16_t *inputs, *targets; /* [samples][...] */
  const uint32_t *order;           /* [steps], an index into the samples */
  uint32_t steps;
} native_samples;

const fixprop_activation *native_activation(uint8_t code) {
  const fixprop_activation *const table[] = {&fixprop_sigmoid,    &fixprop_tanh,
                                             &fixprop_linear,     &fixprop_relu,
                                             &fixprop_leaky_relu, &fixprop_sigmoid_cross_entropy,
                                             &fixprop_softmax};
  return code < sizeof table / sizeof *table ? table[code] : 0;
}

static uint8_t outputs_of(const fixprop_network *n) {
  return n->layers[n->layer_count - 1].neurons;
}

/* inputs [samples][n inputs] -> outputs [samples][n outputs] */
void native_forward_many(fixprop_network *n, const int16_t *inputs, int16_t *outputs,
                         uint32_t samples) {
  const size_t in = n->layers[0].inputs, out = outputs_of(n);
  for (uint32_t s = 0; s < samples; s++) {
    memcpy(n->values, inputs + s * in, in * sizeof *inputs);
    memcpy(outputs + s * out, fixprop_forward(n), out * sizeof *outputs);
  }
}

/* inputs [samples][n inputs] -> outputs [samples][n outputs] */
void native_forward_flash_many(fixprop_flash_network *n, const int16_t *inputs, int16_t *outputs,
                               uint32_t samples) {
  const size_t in = n->layers[0].inputs, out = n->layers[n->layer_count - 1].neurons;
  for (uint32_t s = 0; s < samples; s++) {
    memcpy(n->values[0], inputs + s * in, in * sizeof *inputs);
    memcpy(outputs + s * out, fixprop_forward_flash(n), out * sizeof *outputs);
  }
}

typedef void a_step(fixprop_network *, const int16_t *, const fixprop_changes *);

/* One step for each entry of order, an index into the samples. */
static void step_many(a_step *step, fixprop_network *n, const fixprop_changes *changes,
                      const native_samples *s) {
  const size_t in = n->layers[0].inputs, out = outputs_of(n);
  for (uint32_t k = 0; k < s->steps; k++) {
    memcpy(n->values, s->inputs + s->order[k] * in, in * sizeof *s->inputs);
    step(n, s->targets + s->order[k] * out, changes);
  }
}

static void train_plainly(fixprop_network *n, const int16_t *targets,
                          const fixprop_changes *changes) {
  (void)changes;
  fixprop_train(n, targets);
}

void native_train_many(fixprop_network *n, const native_samples *samples) {
  step_many(train_plainly, n, NULL, samples);
}

void native_accumulate_many(fixprop_network *n, const fixprop_changes *changes,
                            const native_samples *samples) {
  step_many(fixprop_accumulate, n, changes, samples);
}

void native_train_momentum_many(fixprop_network *n, const fixprop_changes *changes,
                                const native_samples *samples) {
  step_many(fixprop_train_momentum, n, changes, samples);
}

#ifdef FIXPROP_COUNT_SATURATION
/* What this thread's networks cut off since the last call; counts: as fixprop_saturations. */
void native_take_saturations(uint64_t *counts) {
  memcpy(counts, &fixprop_saturated, sizeof fixprop_saturated);
  fixprop_saturated = (fixprop_saturations){0};
}
#endif

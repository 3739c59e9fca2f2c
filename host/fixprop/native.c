/* Loops around firmware/lib/fixprop, so that Python calls once for many steps. */
#include <string.h>

#include "fixprop.h"

const fixprop_activation *native_activation(uint8_t code) {
  const fixprop_activation *const table[] = {&fixprop_sigmoid, &fixprop_tanh, &fixprop_linear};
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

/* One training step for each entry of order, an index into the samples. */
void native_train_many(fixprop_network *n, const int16_t *inputs, const int16_t *targets,
                       const uint32_t *order, uint32_t steps) {
  const size_t in = n->layers[0].inputs, out = outputs_of(n);
  for (uint32_t k = 0; k < steps; k++) {
    memcpy(n->values, inputs + order[k] * in, in * sizeof *inputs);
    fixprop_train(n, targets + order[k] * out);
  }
}

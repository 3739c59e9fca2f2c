/* Reaches firmware/lib/tracker/src/learner.c from Python, with the sketch's own model.h. */
#include "learner.h"
#include "model.h"

#include <stdlib.h>
#include <string.h>

enum { WEIGHTS = sizeof model_weights / sizeof *model_weights };

/* model.h declares one network; each learner here gets arrays of its own. */
typedef struct {
  learner learner;
  fixprop_network network;
  int16_t weights[WEIGHTS];
  uint8_t residuals[WEIGHTS];
  int16_t values[sizeof model_values / sizeof *model_values];
  int32_t deltas[sizeof model_deltas / sizeof *model_deltas];
} native_learner;

native_learner *native_learner_create(void) {
  native_learner *n = calloc(1, sizeof *n);
  if (!n)
    return NULL;
  n->network = model;
  n->network.weights = n->weights;
  n->network.residuals = n->residuals;
  n->network.values = n->values;
  n->network.deltas = n->deltas;
  return n;
}

void native_learner_destroy(native_learner *n) { free(n); }

void native_learner_reset(native_learner *n, uint32_t seed) {
  learner_reset(&n->learner, &n->network, seed);
}

void native_learner_read(native_learner *n, uint16_t left, uint16_t right, int16_t outputs[3]) {
  memcpy(outputs, learner_read(&n->learner, left, right), 3 * sizeof *outputs);
}

void native_learner_label_lesson(native_learner *n, int8_t bearing) {
  learner_label_lesson(&n->learner, bearing);
}

void native_learner_label_none(native_learner *n) { learner_label_none(&n->learner); }

void native_learner_mark(native_learner *n, int8_t bearing) { learner_mark(&n->learner, bearing); }

void native_learner_train(native_learner *n, uint32_t steps) {
  while (steps-- && learner_train(&n->learner))
    continue;
}

void native_learner_set_rate(native_learner *n, uint16_t rate) { n->network.rate = rate; }

void native_learner_set_weight(native_learner *n, uint16_t index, int32_t weight) {
  fixprop_set_weight(&n->network, index, weight);
}

int32_t native_learner_weight(const native_learner *n, uint16_t index) {
  return fixprop_weight(&n->network, index);
}

uint32_t native_learner_step(const native_learner *n) { return n->learner.step; }

uint32_t native_learner_order(const native_learner *n) { return n->learner.order.state; }

uint8_t native_learner_memory_count(const native_learner *n) { return n->learner.memory_count; }

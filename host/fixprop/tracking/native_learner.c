/* Reaches firmware/lib/tracker/src/learner.c from Python, with the sketch's own model.h, and
 * looks on at every training step and at what saturates in it. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fixprop_saturation.h"
#include "learner.h"
#include "model.h"

static void watched_train(fixprop_network *network, const int16_t *targets);
#define fixprop_train watched_train
#include "learner.c"
#undef fixprop_train

enum {
  WEIGHTS = sizeof model_weights / sizeof *model_weights,
  VALUES = sizeof model_values / sizeof *model_values,
  DELTAS = sizeof model_deltas / sizeof *model_deltas,
  OUTPUTS = 3,
};

/* model.h declares one network; each learner here gets arrays of its own. */
typedef struct {
  learner learner;
  fixprop_network network;
  int16_t weights[WEIGHTS];
  uint8_t residuals[WEIGHTS];
  int16_t values[VALUES];
  int32_t deltas[DELTAS];
  int16_t step_values[VALUES], step_targets[OUTPUTS]; /* of the latest step, as the deltas are */
  fixprop_saturations saturations;
} native_learner;

/* The thread's counts are the learner's own while it computes, as others compute in between. */
static void begin(const native_learner *n) { fixprop_saturated = n->saturations; }
static void end(native_learner *n) { n->saturations = fixprop_saturated; }

static void watched_train(fixprop_network *network, const int16_t *targets) {
  void *owner = (char *)network - offsetof(native_learner, network);
  native_learner *n = owner;
  fixprop_train(network, targets);
  memcpy(n->step_values, n->values, sizeof n->values);
  memcpy(n->step_targets, targets, sizeof n->step_targets);
}

/* Half the squared error, as the step saw it; exact. */
static double loss_of(const native_learner *n) {
  int64_t squares = 0;
  for (uint8_t j = 0; j < OUTPUTS; j++) {
    if (n->step_targets[j] == FIXPROP_NO_TARGET)
      continue;
    const int32_t error = saturate16(n->step_targets[j] - n->step_values[VALUES - OUTPUTS + j]);
    squares += (int64_t)error * error;
  }
  return (double)squares / (double)(INT64_C(2) << (2 * FIXPROP_ACTIVATION_FRACTION));
}

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

/* counts: as fixprop_saturations. */
void native_learner_saturations(const native_learner *n, uint64_t *counts) {
  memcpy(counts, &n->saturations, sizeof n->saturations);
}

void native_learner_clear_saturations(native_learner *n) {
  n->saturations = (fixprop_saturations){0};
}

void native_learner_reset(native_learner *n, uint32_t seed) {
  learner_reset(&n->learner, &n->network, seed);
  native_learner_clear_saturations(n);
}

void native_learner_read(native_learner *n, uint16_t left, uint16_t right, int16_t outputs[3]) {
  begin(n);
  memcpy(outputs, learner_read(&n->learner, left, right), OUTPUTS * sizeof *outputs);
  end(n);
}

void native_learner_label_lesson(native_learner *n, int8_t bearing) {
  learner_label_lesson(&n->learner, bearing);
}

void native_learner_label_none(native_learner *n) { learner_label_none(&n->learner); }

void native_learner_mark(native_learner *n, int8_t bearing) { learner_mark(&n->learner, bearing); }

/* The loss before each of the steps; how many there were. */
uint32_t native_learner_train(native_learner *n, uint32_t steps, double *losses) {
  uint32_t done = 0;
  begin(n);
  for (; done < steps && learner_train(&n->learner); done++)
    losses[done] = loss_of(n);
  end(n);
  return done;
}

void native_learner_latest(const native_learner *n, int16_t *values, int16_t *targets,
                           int32_t *deltas) {
  memcpy(values, n->step_values, sizeof n->step_values);
  memcpy(targets, n->step_targets, sizeof n->step_targets);
  memcpy(deltas, n->deltas, sizeof n->deltas);
}

void native_learner_train_on(native_learner *n, const int16_t inputs[4], const int16_t targets[3],
                             int16_t outputs[3]) {
  begin(n);
  learner_train_on(&n->learner, inputs, targets);
  end(n);
  memcpy(outputs, n->step_values + VALUES - OUTPUTS, OUTPUTS * sizeof *outputs);
}

void native_learner_set_step(native_learner *n, uint32_t step) { n->learner.step = step; }

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

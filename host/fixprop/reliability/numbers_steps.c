/* Training steps from any weights, on any samples, at any rate: what each of them leaves. A program
 * of its own, so that sanitizers can watch it.
 *
 * stdin, int32 and little endian as this computer is: steps_case; sizes [layers + 1]; activations
 * [layers]; rates [steps]; and for each network weights [count], Q4.19, then for each step inputs
 * and targets, Q0.15. stdout, int32, after each step: values, deltas, weights, changes, and what
 * inference from flash makes of the values of the step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixprop.h"
#include "fixprop_flash.h"

enum { APPLY_EACH = 4, MOST_LAYERS = 8, EXIT_BAD_INPUT = 3 };

typedef enum { ONLINE, MOMENTUM, MINI_BATCH } steps_optimiser;

typedef struct {
  int32_t layers, optimiser, momentum, networks, steps;
} steps_case;

/* Each array is a piece of memory of its own: an access beside it is seen. */
typedef struct {
  fixprop_layer layers[MOST_LAYERS];
  fixprop_network network;
  fixprop_changes changes;
  fixprop_flash_network flash;
  int16_t *inputs, *targets;
  uint16_t *rates;
  uint16_t values, deltas, weights, outputs; /* how many */
} steps_world;

const fixprop_activation *native_activation(uint8_t code);

static void *zeros(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (!memory)
    exit(EXIT_BAD_INPUT);
  return memory;
}

static int32_t take(void) {
  int32_t value;
  if (fread(&value, sizeof value, 1, stdin) != 1)
    exit(EXIT_BAD_INPUT);
  return value;
}

static void give(int32_t value) {
  if (fwrite(&value, sizeof value, 1, stdout) != 1)
    exit(EXIT_BAD_INPUT);
}

static steps_case take_case(void) {
  steps_case c;
  if (fread(&c, sizeof c, 1, stdin) != 1 || c.layers < 1 || c.layers > MOST_LAYERS)
    exit(EXIT_BAD_INPUT);
  return c;
}

static void take_layers(steps_world *w, uint8_t count) {
  uint8_t sizes[MOST_LAYERS + 1];
  size_t most[2] = {0, 0}; /* values of every other layer, as fixprop_flash.h asks for */
  for (uint8_t l = 0; l <= count; l++) {
    sizes[l] = (uint8_t)take();
    const size_t room = sizes[l] + (l ? 2u : 0u);
    most[l % 2] = room > most[l % 2] ? room : most[l % 2];
    w->values = (uint16_t)(w->values + sizes[l]);
  }
  for (uint8_t l = 0; l < count; l++)
    w->layers[l] = (fixprop_layer){sizes[l], sizes[l + 1], native_activation((uint8_t)take()), 0};
  w->network.layers = w->flash.layers = w->layers;
  w->network.layer_count = w->flash.layer_count = count;
  w->deltas = (uint16_t)(w->values - sizes[0]);
  w->weights = fixprop_weight_count(&w->network);
  w->outputs = sizes[count];
  for (uint8_t side = 0; side < 2; side++)
    w->flash.values[side] = zeros(most[side], sizeof(int16_t));
}

static void make_arrays(steps_world *w, const steps_case *c) {
  w->network.weights = zeros(w->weights, sizeof(int16_t));
  w->network.residuals = zeros(w->weights, 1);
  w->network.values = zeros(w->values, sizeof(int16_t));
  w->network.deltas = zeros(w->deltas, sizeof(int32_t));
  w->changes.upper = zeros(w->weights, sizeof(int16_t));
  w->changes.lower = zeros(w->weights, 1);
  w->changes.momentum = (uint16_t)c->momentum;
  w->flash.weights = w->network.weights;
  w->inputs = zeros(w->layers[0].inputs, sizeof(int16_t));
  w->targets = zeros(w->outputs, sizeof(int16_t));
  w->rates = zeros((size_t)c->steps, sizeof(uint16_t));
}

static void begin_network(steps_world *w) {
  memset(w->changes.upper, 0, w->weights * sizeof(int16_t));
  memset(w->changes.lower, 0, w->weights);
  for (uint16_t i = 0; i < w->weights; i++)
    fixprop_set_weight(&w->network, i, take());
}

static void step(steps_world *w, const steps_case *c, int32_t number) {
  for (uint8_t i = 0; i < w->layers[0].inputs; i++)
    w->network.values[i] = w->inputs[i] = (int16_t)take();
  for (uint16_t j = 0; j < w->outputs; j++)
    w->targets[j] = (int16_t)take();
  w->network.rate = w->rates[number];
  if (c->optimiser == ONLINE)
    fixprop_train(&w->network, w->targets);
  else if (c->optimiser == MOMENTUM)
    fixprop_train_momentum(&w->network, w->targets, &w->changes);
  else
    fixprop_accumulate(&w->network, w->targets, &w->changes);
  if (c->optimiser == MINI_BATCH && number % APPLY_EACH == APPLY_EACH - 1)
    fixprop_apply(&w->network, &w->changes);
}

static void tell(steps_world *w) {
  for (uint16_t i = 0; i < w->values; i++)
    give(w->network.values[i]);
  for (uint16_t i = 0; i < w->deltas; i++)
    give(w->network.deltas[i]);
  for (uint16_t i = 0; i < w->weights; i++)
    give(fixprop_weight(&w->network, i));
  for (uint16_t i = 0; i < w->weights; i++)
    give(w->changes.upper[i] * INT32_C(256) + w->changes.lower[i]);
  memcpy(w->flash.values[0], w->inputs, w->layers[0].inputs * sizeof(int16_t));
  const int16_t *outputs = fixprop_forward_flash(&w->flash);
  for (uint16_t j = 0; j < w->outputs; j++)
    give(outputs[j]);
}

int main(void) {
  static steps_world w;
  const steps_case c = take_case();
  take_layers(&w, (uint8_t)c.layers);
  make_arrays(&w, &c);
  for (int32_t s = 0; s < c.steps; s++)
    w.rates[s] = (uint16_t)take();
  for (int32_t n = 0; n < c.networks; n++) {
    begin_network(&w);
    for (int32_t s = 0; s < c.steps; s++) {
      step(&w, &c, s);
      tell(&w);
    }
  }
  return 0;
}

#include "kernels.h"
#include "rounding.h"

static uint16_t weights_of(const fixprop_layer *layer) {
  return (uint16_t)(layer->neurons * (layer->inputs + 1));
}

#ifndef FIXPROP_AVR
/* A walk over the layers: where one layer's part of each array begins. */
typedef struct {
  const fixprop_layer *layer;
  const int16_t *weights;
  int16_t *inputs;
  int32_t *deltas;
  int16_t *upper; /* what the update moves: the weights or the changes */
  uint8_t *lower;
} place;

static place first_layer(const fixprop_network *n, int16_t *upper, uint8_t *lower) {
  return (place){n->layers, n->weights, n->values, n->deltas, upper, lower};
}

static void go_up(place *p) {
  const uint16_t weights = weights_of(p->layer);
  p->weights += weights;
  p->upper += weights;
  p->lower += weights;
  p->inputs += p->layer->inputs;
  p->deltas += p->layer->neurons;
  p->layer++;
}

static void go_down(place *p) {
  p->layer--;
  const uint16_t weights = weights_of(p->layer);
  p->weights -= weights;
  p->upper -= weights;
  p->lower -= weights;
  p->inputs -= p->layer->inputs;
  p->deltas -= p->layer->neurons;
}

static void forward_layer(const place *p) {
  const fixprop_layer *layer = p->layer;
  const int16_t *weights = p->weights;
  int16_t *output = p->inputs + layer->inputs;
  for (uint8_t j = layer->neurons; j; j--, weights += layer->inputs + 1) {
    const fixprop_sum sum = fixprop_dot_row(weights, p->inputs, layer->inputs);
    *output++ = layer->activation->of_sum(&sum);
  }
  if (layer->activation->finish)
    layer->activation->finish(p->inputs + layer->inputs, layer->neurons);
}

const int16_t *fixprop_forward(fixprop_network *network) {
  place p = first_layer(network, network->weights, network->residuals);
  for (uint8_t l = network->layer_count; l; l--, go_up(&p))
    forward_layer(&p);
  return p.inputs;
}

/* error times slope: Q0.15 times UQ0.16 is Q.31, rounded to Q2.21. */
static int32_t output_delta(const fixprop_activation *activation, int16_t output, int16_t target) {
  if (target == FIXPROP_NO_TARGET)
    return 0;
  const int32_t exact = (int32_t)target - output;
  const int16_t error = (int16_t)FIXPROP_COUNTED(errors, exact, fixprop_saturate16(exact));
  if (!activation->slope)
    return error * (INT32_C(1) << (FIXPROP_DELTA_FRACTION - FIXPROP_ACTIVATION_FRACTION));
  const int32_t slope = (int32_t)activation->slope(output);
  return fixprop_round_shift(error * slope, FIXPROP_OUTPUT_DELTA_SHIFT);
}

static void output_deltas(const place *p, const int16_t *targets) {
  const int16_t *outputs = p->inputs + p->layer->inputs;
  for (uint8_t j = 0; j < p->layer->neurons; j++)
    p->deltas[j] = output_delta(p->layer->activation, outputs[j], targets[j]);
}

/* A layer's deltas as int16 factors of one common unit; true if that unit is the coarse one. */
static bool factors_of(const place *p, int16_t *factors) {
  bool coarse = false;
  for (uint8_t j = 0; j < p->layer->neurons; j++)
    coarse |= fixprop_is_coarse(p->deltas[j]);
  for (uint8_t j = 0; j < p->layer->neurons; j++)
    factors[j] = fixprop_significant(p->deltas[j], coarse);
  return coarse;
}

static int32_t hidden_delta(const fixprop_activation *activation, const fixprop_sum *sum,
                            int16_t output, bool coarse) {
  int32_t error = sum->upper * INT32_C(256) + (int32_t)((sum->lower + 128) >> 8);
  if (activation->slope)
    error = fixprop_scale(error, activation->slope(output));
  const int32_t limit = INT32_C(1) << (23 - FIXPROP_DELTA_WIDENING);
  if (coarse)
    return FIXPROP_COUNTED(deltas, error, fixprop_clamp(error, -limit, limit - 1)) *
           (INT32_C(1) << FIXPROP_DELTA_WIDENING);
  error = fixprop_round_shift(error, FIXPROP_SIGNIFICANT_SHIFT - FIXPROP_DELTA_WIDENING);
  return FIXPROP_COUNTED(deltas, error, fixprop_saturate24(error));
}

/* Deltas of the layer below p, from p's weights and deltas. */
static void hidden_deltas(const place *p) {
  const fixprop_layer *layer = p->layer, *below = layer - 1;
  int32_t *deltas = p->deltas - below->neurons;
  int16_t factors[layer->neurons];
  const bool coarse = factors_of(p, factors);
  for (uint8_t i = 0; i < layer->inputs; i++) {
    const fixprop_sum sum = fixprop_dot_column(p->weights + 1 + i, (uint8_t)(layer->inputs + 1),
                                               factors, layer->neurons);
    deltas[i] = hidden_delta(below->activation, &sum, p->inputs[i], coarse);
  }
}

/* rate times delta, saturated to Q3.20. The product has 39 bits: its upper part keeps the sign. */
static int32_t step_of(int32_t delta, uint16_t rate) {
  const int32_t upper = (delta >> 16) * (int32_t)rate;
  const uint32_t lower = (uint16_t)delta * (uint32_t)rate;
  const int32_t whole = upper + (int32_t)(lower >> 16); /* the product / 2**16, rounded down */
  const uint32_t rest = (lower & 0xFFFF) + (UINT32_C(1) << (FIXPROP_STEP_SHIFT - 1));
  const int32_t step =
      whole * (INT32_C(1) << (16 - FIXPROP_STEP_SHIFT)) + (int32_t)(rest >> FIXPROP_STEP_SHIFT);
  return FIXPROP_COUNTED(steps, step, fixprop_saturate24(step));
}

static void update_layer(const place *p, uint16_t rate) {
  const uint8_t inputs = p->layer->inputs;
  const bool fixed = p->layer->flags & FIXPROP_FIXED_BIAS;
  int16_t *upper = p->upper;
  uint8_t *lower = p->lower;
  for (uint8_t j = 0; j < p->layer->neurons; j++) {
    const int32_t step = step_of(p->deltas[j], rate);
    if (!fixed)
      fixprop_update_bias(upper, lower, step);
    fixprop_update_row(upper + 1, lower + 1, p->inputs, inputs, step);
    upper += inputs + 1;
    lower += inputs + 1;
  }
}

static void step(fixprop_network *network, const int16_t *targets, int16_t *upper, uint8_t *lower) {
  fixprop_forward(network);
  place p = first_layer(network, upper, lower);
  for (uint8_t l = 1; l < network->layer_count; l++)
    go_up(&p);
  output_deltas(&p, targets);
  for (uint8_t l = network->layer_count; l > 1; l--, go_down(&p)) {
    hidden_deltas(&p); /* before this layer's weights move */
    update_layer(&p, network->rate);
  }
  update_layer(&p, network->rate);
}

void fixprop_train(fixprop_network *network, const int16_t *targets) {
  step(network, targets, network->weights, network->residuals);
}

void fixprop_accumulate(fixprop_network *network, const int16_t *targets,
                        const fixprop_changes *changes) {
  FIXPROP_ON_CHANGES(step(network, targets, changes->upper, changes->lower));
}
#endif

uint16_t fixprop_weight_count(const fixprop_network *network) {
  uint16_t count = 0;
  for (uint8_t l = 0; l < network->layer_count; l++)
    count = (uint16_t)(count + weights_of(&network->layers[l]));
  return count;
}

int32_t fixprop_weight(const fixprop_network *network, uint16_t index) {
  return network->weights[index] * INT32_C(256) + network->residuals[index];
}

void fixprop_set_weight(fixprop_network *network, uint16_t index, int32_t weight) {
  network->weights[index] = (int16_t)(weight >> FIXPROP_RESIDUAL_BITS);
  network->residuals[index] = (uint8_t)weight;
}

/* 2**23 - 1 and -2**23, told by the bytes as they are kept. */
static bool at_an_end(int16_t weight, uint8_t residual) {
  return (weight == INT16_MAX && residual == UINT8_MAX) || (weight == INT16_MIN && !residual);
}

uint16_t fixprop_saturated_weights(const fixprop_network *network) {
  uint16_t at_ends = 0;
  for (uint16_t i = fixprop_weight_count(network); i-- > 0;)
    at_ends = (uint16_t)(at_ends + at_an_end(network->weights[i], network->residuals[i]));
  return at_ends;
}

/* fixprop: a feedforward network that learns in fixed point. C11; no heap, no float, no Arduino.
 *
 * host/fixprop/network.py is the readable definition of the arithmetic; this is the same thing for
 * the chip, equal to it in every bit. fixprop_formats.h names the number formats. */
#ifndef FIXPROP_H
#define FIXPROP_H

#include <stdbool.h>
#include <stdint.h>

#include "fixprop_formats.h"
#include "fixprop_generator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A function next to its derivative. What a network does not name is not linked. */
typedef struct fixprop_activation fixprop_activation;
extern const fixprop_activation fixprop_sigmoid, fixprop_tanh, fixprop_linear, fixprop_relu,
    fixprop_leaky_relu; /* slope 2**-7 below zero */
/* For output layers: the loss is the cross-entropy instead of half the squared error. Softmax's
 * targets sum to 1, or all are FIXPROP_NO_TARGET. */
extern const fixprop_activation fixprop_sigmoid_cross_entropy, fixprop_softmax;

#define FIXPROP_FIXED_BIAS 1 /* the bias weights do not learn; at zero they are no bias at all */

typedef struct {
  uint8_t inputs;
  uint8_t neurons;
  const fixprop_activation *activation;
  uint8_t flags; /* FIXPROP_FIXED_BIAS or 0 */
} fixprop_layer;

/* All memory is the caller's; arrays lie in the order of the layers. */
typedef struct {
  const fixprop_layer *layers;
  uint8_t layer_count;
  int16_t *weights;   /* [layer][neuron][bias, inputs...], Q4.11: what the passes see */
  uint8_t *residuals; /* the same order: 8 bits below, which make the weight Q4.19 */
  int16_t *values;    /* [inputs, then each layer's outputs], Q0.15 */
  int32_t *deltas;    /* [each layer's neurons], Q2.21 */
  uint16_t rate;      /* learning rate, UQ3.13 */
} fixprop_network;

/* Put the inputs at network->values, then call this. Returns the outputs. */
const int16_t *fixprop_forward(fixprop_network *network);

/* One online step: forward, then gradient descent on half the squared error or the cross-entropy.
 * A target of FIXPROP_NO_TARGET says that nothing is known of that output. */
void fixprop_train(fixprop_network *network, const int16_t *targets);

/* Changes that gather beside the weights, for momentum and mini-batches; zero at first. */
typedef struct {
  int16_t *upper;    /* like weights: the upper 16 bits of Q4.19 */
  uint8_t *lower;    /* like residuals: the lower 8 */
  uint16_t momentum; /* what a change keeps of the one before, UQ0.16; 0: plain mini-batch */
} fixprop_changes;

/* A step like fixprop_train's, added to the changes; the weights stand. */
void fixprop_accumulate(fixprop_network *network, const int16_t *targets,
                        const fixprop_changes *changes);

/* The weights take the changes over, which keep their momentum. */
void fixprop_apply(fixprop_network *network, const fixprop_changes *changes);

/* One online step with momentum: both together. */
void fixprop_train_momentum(fixprop_network *network, const int16_t *targets,
                            const fixprop_changes *changes);

/* Initial weights, drawn in storage order; fixed bias weights stay as they are.
 * Uniform in [-spread, spread), spread in Q4.11; the other two choose each layer's spread by its
 * size (Glorot and Bengio for sigmoid and tanh, He for relu) and begin with bias weights of zero.
 */
void fixprop_initialise(fixprop_network *network, fixprop_generator *generator, int16_t spread);
void fixprop_initialise_xavier(fixprop_network *network, fixprop_generator *generator);
void fixprop_initialise_he(fixprop_network *network, fixprop_generator *generator);

uint16_t fixprop_weight_count(const fixprop_network *network);
int32_t fixprop_weight(const fixprop_network *network, uint16_t index); /* Q4.19 */
void fixprop_set_weight(fixprop_network *network, uint16_t index, int32_t weight);
uint16_t fixprop_saturated_weights(const fixprop_network *network); /* at an end of their format */

#ifdef __cplusplus
}
#endif
#endif

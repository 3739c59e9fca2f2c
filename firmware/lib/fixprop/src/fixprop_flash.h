/* Inference with weights in flash, for networks that are too large to learn on the chip. */
#ifndef FIXPROP_FLASH_H
#define FIXPROP_FLASH_H

#include "fixprop.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __AVR__
#include <avr/pgmspace.h>
#define FIXPROP_FLASH PROGMEM
#else
#define FIXPROP_FLASH
#endif

/* Only two layers' values are kept: layer l's outputs lie behind values[l % 2][1], the inputs are
 * layer 0 and begin at values[0][0]. A call takes 6 bytes of stack a neuron of the widest layer. */
typedef struct {
  const fixprop_layer *layers;
  uint8_t layer_count;
  const int16_t *weights; /* FIXPROP_FLASH: [layer][neuron][bias, inputs...], Q4.11 */
  int16_t *values[2];     /* Q0.15 */
} fixprop_flash_network;

/* Put the inputs at network->values[0], then call this. Returns the outputs: those of
 * fixprop_forward with the same weights and residuals of zero. */
const int16_t *fixprop_forward_flash(const fixprop_flash_network *network);

#ifdef __cplusplus
}
#endif
#endif

/* The loops that take the time. Private to the library.
 * kernels.c is their definition; an assembly version must equal it in every bit. */
#ifndef FIXPROP_KERNELS_H
#define FIXPROP_KERNELS_H

#include "activation.h"

/* weights[0] + sum of weights[1 + i] * values[i]: Q4.11 times Q0.15 is Q.26. */
fixprop_sum fixprop_dot_row(const int16_t *weights, const int16_t *values, uint8_t count);

/* sum over j of weights[j * stride] * factors[j]: one column against a layer's deltas. */
fixprop_sum fixprop_dot_column(const int16_t *weights, uint8_t stride, const int16_t *factors,
                               uint8_t count);

/* Products are split at bit 16: neither part can overflow over 256 of them. */
static inline void fixprop_accumulate_product(fixprop_sum *sum, int32_t product) {
  sum->upper += product >> 16;
  sum->lower += (uint16_t)product;
}

/* weight += change, saturated; Q4.19. */
void fixprop_change_weight(int16_t *weight, uint8_t *residual, int32_t change);

/* One neuron's bias weight changed by step, Q3.20. */
void fixprop_update_bias(int16_t *weight, uint8_t *residual, int32_t step);

/* The neuron's other weights, each changed by step times what it saw. */
void fixprop_update_row(int16_t *weights, uint8_t *residuals, const int16_t *values, uint8_t count,
                        int32_t step);

/* One neuron's exact sum, weights in flash, as a bias weight and weights on -1 and 2**-15. */
void fixprop_flash_row(const int16_t *weights, const int16_t *values, uint8_t count, int16_t *row);

/* weights += changes, and changes scaled by their momentum. */
void fixprop_apply_many(int16_t *weights, uint8_t *residuals, const fixprop_changes *changes,
                        uint16_t count);

#endif

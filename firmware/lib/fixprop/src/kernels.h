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

/* One neuron's weights, bias first, each changed by step (Q3.20) times what it saw. */
void fixprop_update_row(int16_t *weights, uint8_t *residuals, const int16_t *values, uint8_t count,
                        int32_t step);

#endif

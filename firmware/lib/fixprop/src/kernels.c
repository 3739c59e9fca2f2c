#include "kernels.h"

#include "rounding.h"

#ifndef FIXPROP_AVR

/* Products are split at bit 16: neither part can overflow over 256 of them. */
static void accumulate(fixprop_sum *sum, int32_t product) {
  sum->upper += product >> 16;
  sum->lower += (uint16_t)product;
}

fixprop_sum fixprop_dot_row(const int16_t *weights, const int16_t *values, uint8_t count) {
  fixprop_sum sum = {0, 0};
  accumulate(&sum, *weights++ * (INT32_C(1) << FIXPROP_ACTIVATION_FRACTION));
  for (; count; count--)
    accumulate(&sum, (int32_t)*weights++ * *values++);
  return sum;
}

fixprop_sum fixprop_dot_column(const int16_t *weights, uint8_t stride, const int16_t *factors,
                               uint8_t count) {
  fixprop_sum sum = {0, 0};
  for (; count; count--, weights += stride)
    accumulate(&sum, (int32_t)*weights * *factors++);
  return sum;
}

static void change(int16_t *weight, uint8_t *residual, int32_t change) {
  const int32_t sum = *weight * INT32_C(256) + *residual + change;
  const int32_t saturated = fixprop_saturate24(sum);
  *weight = (int16_t)(saturated >> FIXPROP_RESIDUAL_BITS);
  *residual = (uint8_t)saturated;
}

void fixprop_update_row(int16_t *weights, uint8_t *residuals, const int16_t *values, uint8_t count,
                        int32_t step) {
  const bool coarse = fixprop_is_coarse(step);
  const uint8_t shift = coarse ? 16 - FIXPROP_SIGNIFICANT_SHIFT : 16;
  const int32_t factor = fixprop_significant(step, coarse);
  const int32_t one = INT32_C(1) << FIXPROP_ACTIVATION_FRACTION;
  change(weights++, residuals++, fixprop_round_shift(factor * one, shift));
  for (; count; count--)
    change(weights++, residuals++, fixprop_round_shift(factor * *values++, shift));
}
#endif

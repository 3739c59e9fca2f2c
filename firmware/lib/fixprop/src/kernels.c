#include "kernels.h"

#include "rounding.h"

#ifndef FIXPROP_AVR

fixprop_sum fixprop_dot_row(const int16_t *weights, const int16_t *values, uint8_t count) {
  fixprop_sum sum = {0, 0};
  fixprop_accumulate_product(&sum, *weights++ * (INT32_C(1) << FIXPROP_ACTIVATION_FRACTION));
  for (; count; count--)
    fixprop_accumulate_product(&sum, (int32_t)*weights++ * *values++);
  return sum;
}

fixprop_sum fixprop_dot_column(const int16_t *weights, uint8_t stride, const int16_t *factors,
                               uint8_t count) {
  fixprop_sum sum = {0, 0};
  for (; count; count--, weights += stride)
    fixprop_accumulate_product(&sum, (int32_t)*weights * *factors++);
  return sum;
}

void fixprop_change_weight(int16_t *weight, uint8_t *residual, int32_t change) {
  const int32_t sum = *weight * INT32_C(256) + *residual + change;
  const int32_t saturated = FIXPROP_COUNTED(weights, sum, fixprop_saturate24(sum));
  *weight = (int16_t)(saturated >> FIXPROP_RESIDUAL_BITS);
  *residual = (uint8_t)saturated;
}

/* A bias sees exactly one: 2**15, which no value is. */
void fixprop_update_bias(int16_t *weight, uint8_t *residual, int32_t step) {
  const bool coarse = fixprop_is_coarse(step);
  const uint8_t shift = coarse ? 16 - FIXPROP_SIGNIFICANT_SHIFT : 16;
  const int32_t product =
      fixprop_significant(step, coarse) * (INT32_C(1) << FIXPROP_ACTIVATION_FRACTION);
  fixprop_change_weight(weight, residual, fixprop_round_shift(product, shift));
}

void fixprop_update_row(int16_t *weights, uint8_t *residuals, const int16_t *values, uint8_t count,
                        int32_t step) {
  const bool coarse = fixprop_is_coarse(step);
  const uint8_t shift = coarse ? 16 - FIXPROP_SIGNIFICANT_SHIFT : 16;
  const int32_t factor = fixprop_significant(step, coarse);
  for (; count; count--)
    fixprop_change_weight(weights++, residuals++, fixprop_round_shift(factor * *values++, shift));
}
#endif

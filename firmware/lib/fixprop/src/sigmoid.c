#include "activation.h"
#include "sigmoid_table.h"

#ifdef FIXPROP_AVR
void fixprop_avr_sigmoid_layer(void), fixprop_avr_sigmoid_slope(void);
void fixprop_avr_linear_slope(void);
const fixprop_activation fixprop_sigmoid = {fixprop_avr_sigmoid_layer,
                                            sigmoid_table + FIXPROP_TABLE_INTERVALS / 2,
                                            fixprop_avr_sigmoid_slope};
const fixprop_activation fixprop_sigmoid_cross_entropy = {
    fixprop_avr_sigmoid_layer, sigmoid_table + FIXPROP_TABLE_INTERVALS / 2,
    fixprop_avr_linear_slope};
#else
static int16_t of_sum(const fixprop_sum *sum) {
  return fixprop_interpolate(sigmoid_table, fixprop_net(sum, FIXPROP_SIGMOID_SUM_SHIFT));
}

/* o (1 - o). Twice the output is UQ0.16, so the product's upper 16 bits are the slope. */
static uint32_t slope(int16_t output) {
  const uint16_t twice = (uint16_t)((uint16_t)output * 2u);
  const uint32_t product = (uint32_t)twice * (uint16_t)-twice;
  return (product + 0x8000) >> 16;
}

const fixprop_activation fixprop_sigmoid = {of_sum, slope, 0};
const fixprop_activation fixprop_sigmoid_cross_entropy = {of_sum, 0, 0};
#endif

#include "activation.h"
#include "tanh_table.h"

#ifdef FIXPROP_AVR
void fixprop_avr_tanh_layer(void), fixprop_avr_tanh_slope(void);
const fixprop_activation fixprop_tanh = {
    fixprop_avr_tanh_layer, tanh_table + FIXPROP_TABLE_INTERVALS / 2, fixprop_avr_tanh_slope};
#else
static int16_t of_sum(const fixprop_sum *sum) {
  return fixprop_interpolate(tanh_table, fixprop_net(sum, FIXPROP_TANH_SUM_SHIFT));
}

/* 1 - o**2, one unit low at most, and never zero. */
static uint32_t slope(int16_t output) {
  const uint16_t twice = (uint16_t)((uint16_t)(output < 0 ? -output : output) * 2u);
  return (uint16_t) ~(((uint32_t)twice * twice) >> 16);
}

const fixprop_activation fixprop_tanh = {of_sum, slope, 0};
#endif

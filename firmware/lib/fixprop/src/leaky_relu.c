#include "activation.h"

#ifdef FIXPROP_AVR
void fixprop_avr_leaky_relu_layer(void), fixprop_avr_leaky_relu_slope(void);
const fixprop_activation fixprop_leaky_relu = {fixprop_avr_leaky_relu_layer, 0,
                                               fixprop_avr_leaky_relu_slope};
#else
static int16_t of_sum(const fixprop_sum *sum) {
  const int16_t net = fixprop_net(sum, FIXPROP_LEAKY_RELU_SUM_SHIFT);
  return net < 0 ? (int16_t)fixprop_round_shift(net, FIXPROP_LEAK_SHIFT) : net;
}

static uint32_t slope(int16_t output) {
  return output > 0 ? FIXPROP_SLOPE_ONE : FIXPROP_SLOPE_ONE >> FIXPROP_LEAK_SHIFT;
}

const fixprop_activation fixprop_leaky_relu = {of_sum, slope, 0};
#endif

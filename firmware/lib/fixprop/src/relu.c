#include "activation.h"

#ifdef FIXPROP_AVR
void fixprop_avr_relu_layer(void), fixprop_avr_relu_slope(void);
const fixprop_activation fixprop_relu = {fixprop_avr_relu_layer, 0, fixprop_avr_relu_slope};
#else
static int16_t of_sum(const fixprop_sum *sum) {
  const int16_t net = fixprop_net(sum, FIXPROP_RELU_SUM_SHIFT);
  return net < 0 ? 0 : net;
}

static uint32_t slope(int16_t output) { return output > 0 ? FIXPROP_SLOPE_ONE : 0; }

const fixprop_activation fixprop_relu = {of_sum, slope, 0};
#endif

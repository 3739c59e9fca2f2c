#include "activation.h"

#ifdef FIXPROP_AVR
void fixprop_avr_linear_layer(void), fixprop_avr_linear_slope(void);
const fixprop_activation fixprop_linear = {fixprop_avr_linear_layer, 0, fixprop_avr_linear_slope};
#else
static int16_t of_sum(const fixprop_sum *sum) { return fixprop_net(sum, FIXPROP_LINEAR_SUM_SHIFT); }

const fixprop_activation fixprop_linear = {of_sum, 0, 0};
#endif

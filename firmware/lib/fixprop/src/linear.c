#include "activation.h"

static int16_t of_sum(const fixprop_sum *sum) {
  return fixprop_net(sum, FIXPROP_LINEAR_SUM_SHIFT);
}

const fixprop_activation fixprop_linear = {of_sum, 0};

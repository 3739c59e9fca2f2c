#include "kernels.h"

#ifndef FIXPROP_AVR
void fixprop_apply_many(int16_t *weights, uint8_t *residuals, const fixprop_changes *changes,
                        uint16_t count) {
  for (uint16_t i = 0; i < count; i++) {
    const int32_t change = changes->upper[i] * INT32_C(256) + changes->lower[i];
    fixprop_change_weight(weights + i, residuals + i, change);
    const int32_t kept = fixprop_scale(change, changes->momentum);
    changes->upper[i] = (int16_t)(kept >> FIXPROP_RESIDUAL_BITS);
    changes->lower[i] = (uint8_t)kept;
  }
}
#endif

void fixprop_apply(fixprop_network *network, const fixprop_changes *changes) {
  fixprop_apply_many(network->weights, network->residuals, changes, fixprop_weight_count(network));
}

void fixprop_train_momentum(fixprop_network *network, const int16_t *targets,
                            const fixprop_changes *changes) {
  fixprop_accumulate(network, targets, changes);
  fixprop_apply(network, changes);
}

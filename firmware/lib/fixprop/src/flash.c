/* Inference with weights in flash. A layer's sums are exact; each is split into a bias weight and
 * two weights, on inputs of -1 and 2**-15, which give fixprop_forward the same sum in SRAM. */
#include "fixprop_flash.h"

#include "kernels.h"

enum { INPUTS = 2, ROW = 1 + INPUTS }; /* bias weight, weights */

#ifndef FIXPROP_AVR
/* Every function has its last value at 2**31 = 32, Q.26: more need not be told apart. */
static int32_t limited(const fixprop_sum *sum) {
  const int32_t upper = sum->upper + (int32_t)(sum->lower >> 16);
  if (upper < INT16_MIN)
    return INT32_MIN;
  if (upper > INT16_MAX)
    return INT32_MAX;
  return upper * INT32_C(65536) + (int32_t)(sum->lower & 0xFFFF);
}

void fixprop_flash_row(const int16_t *weights, const int16_t *values, uint8_t count, int16_t *row) {
  fixprop_sum sum = {0, 0};
  fixprop_accumulate_product(&sum, fixprop_table_entry(weights++) *
                                       (INT32_C(1) << FIXPROP_ACTIVATION_FRACTION));
  for (; count; count--)
    fixprop_accumulate_product(&sum, (int32_t)fixprop_table_entry(weights++) * *values++);
  const int32_t total = limited(&sum);
  /* total = upper * 2**15 + (-1 - upper) * -2**15 + lower, less 2**15 */
  row[0] = (int16_t)(total >> 16);
  row[1] = (int16_t)~row[0];
  row[2] = (int16_t)((total & 0xFFFF) - 32768);
}
#endif

/* values become -1, 2**-15 and the outputs. */
static const int16_t *forward_layer(const fixprop_layer *layer, const int16_t *weights,
                                    const int16_t *inputs, int16_t *values) {
  int16_t rows[ROW * layer->neurons];
  for (int16_t *row = rows; row < rows + ROW * layer->neurons; row += ROW) {
    fixprop_flash_row(weights, inputs, layer->inputs, row);
    weights += layer->inputs + 1;
  }
  const fixprop_layer split = {INPUTS, layer->neurons, layer->activation, 0};
  fixprop_network network = {&split, 1, rows, 0, values, 0, 0};
  values[0] = INT16_MIN;
  values[1] = 1;
  return fixprop_forward(&network);
}

const int16_t *fixprop_forward_flash(const fixprop_flash_network *network) {
  const int16_t *weights = network->weights;
  const int16_t *values = network->values[0];
  for (uint8_t l = 0; l < network->layer_count; l++) {
    const fixprop_layer *layer = &network->layers[l];
    values = forward_layer(layer, weights, values, network->values[(l + 1) % 2]);
    weights += (uint16_t)layer->neurons * (layer->inputs + 1u);
  }
  return values;
}

/* Softmax, for output layers: host/fixprop/softmax.py explains it. */
#include "activation.h"
#include "exp_table.h"

enum { LAST = sizeof exp_table / sizeof *exp_table - 1 };

/* exp(-u), UQ0.16, for u in UQ6.10: table times 1 - f + f**2 / 2. The last entry is zero. */
static uint16_t exponential(uint16_t u) {
  const uint8_t rest = (uint8_t)(u << 2); /* in units of 2**-12 */
  uint16_t index = u >> 6;
  if (index > LAST)
    index = LAST;
  const uint16_t parabola =
      (uint16_t)(UINT16_MAX - (uint16_t)(rest << 4) + ((uint16_t)((uint16_t)rest * rest) >> 9));
  const uint16_t entry = (uint16_t)fixprop_table_entry((const int16_t *)&exp_table[index]);
  return (uint16_t)(((uint32_t)entry * parabola + 0x8000) >> 16);
}

static int16_t highest(const int16_t *nets, uint8_t count) {
  int16_t high = *nets;
  while (--count)
    if (*++nets > high)
      high = *nets;
  return high;
}

/* Nets, Q5.10, become outputs, Q0.15. An exponential is kept in its output's place. */
void fixprop_softmax_finish(int16_t *outputs, uint8_t count) {
  const int16_t high = highest(outputs, count);
  uint32_t total = 0;
  for (uint8_t j = 0; j < count; j++) {
    const uint16_t power = exponential((uint16_t)((uint16_t)high - (uint16_t)outputs[j]));
    outputs[j] = (int16_t)power;
    total += power;
  }
  uint8_t shift = 0;
  for (; total > UINT16_MAX; total >>= 1)
    shift++;
  const uint16_t reciprocal = (uint16_t)(UINT32_C(0x7FFFFFFF) / total);
  for (uint8_t j = 0; j < count; j++) {
    const uint32_t share = ((uint32_t)(uint16_t)outputs[j] * reciprocal) >> 16;
    outputs[j] = (int16_t)((share + ((UINT32_C(1) << shift) >> 1)) >> shift);
  }
}

#ifdef FIXPROP_AVR
void fixprop_avr_softmax_layer(void), fixprop_avr_linear_slope(void);
const fixprop_activation fixprop_softmax = {fixprop_avr_softmax_layer, 0, fixprop_avr_linear_slope};
#else
static int16_t of_sum(const fixprop_sum *sum) {
  return fixprop_net(sum, FIXPROP_SOFTMAX_SUM_SHIFT);
}

const fixprop_activation fixprop_softmax = {of_sum, 0, fixprop_softmax_finish};
#endif

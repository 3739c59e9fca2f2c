#include "fixprop_scaling.h"

#include "rounding.h"

#ifdef __AVR__
static fixprop_column from_flash(const fixprop_column *column) {
  fixprop_column copy;
  memcpy_P(&copy, column, sizeof copy);
  return copy;
}
#else
static fixprop_column from_flash(const fixprop_column *column) { return *column; }
#endif

/* (65,535 * 2**16 + 65,535 / 2) + 2**15 is 2**32 - 1: the product of the widest column fits. */
int16_t fixprop_q_of_raw(const fixprop_column *column, int32_t raw) {
  const fixprop_column c = from_flash(column);
  uint32_t distance = raw <= c.low ? 0 : (uint32_t)raw - (uint32_t)c.low;
  if (distance > c.span)
    distance = c.span;
  return (int16_t)(c.q_low + (int32_t)((distance * c.to_q + 0x8000) >> 16));
}

/* 65,535 * 2**14 < 2**30. */
int32_t fixprop_raw_of_q(const fixprop_column *column, int16_t q) {
  const fixprop_column c = from_flash(column);
  const int32_t product = ((int32_t)q - c.q_low) * (int32_t)c.to_raw;
  return c.low + ((product + (INT32_C(1) << (c.to_raw_shift - 1))) >> c.to_raw_shift);
}

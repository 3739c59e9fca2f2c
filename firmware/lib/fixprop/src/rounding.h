/* Rounding and saturation, as host/fixprop/formats.py defines them. Private to the library. */
#ifndef FIXPROP_ROUNDING_H
#define FIXPROP_ROUNDING_H

#include <stdbool.h>
#include <stdint.h>

#include "fixprop_formats.h"

/* Right shifts of negative numbers must keep the sign, as gcc and clang do on every target. */
_Static_assert((-1 >> 1) == -1, "needs an arithmetic right shift");

static inline int32_t fixprop_clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : value;
}

static inline int16_t fixprop_saturate16(int32_t value) {
  return (int16_t)fixprop_clamp(value, INT16_MIN, INT16_MAX);
}

static inline int32_t fixprop_saturate24(int32_t value) {
  return fixprop_clamp(value, -(INT32_C(1) << 23), (INT32_C(1) << 23) - 1);
}

/* value / 2**shift to nearest, halves upwards; 1 <= shift <= 16. */
static inline int32_t fixprop_round_shift(int32_t value, uint8_t shift) {
  return (value + (INT32_C(1) << (shift - 1))) >> shift;
}

/* round(value * factor / 2**16); the result fits because factor is 2**16 at most. */
static inline int32_t fixprop_scale(int32_t value, uint32_t factor) {
  const int32_t upper = (value >> 16) * (int32_t)factor;
  const uint32_t lower = (uint16_t)value * factor;
  return upper + (int32_t)((lower + 0x8000) >> 16);
}

static inline bool fixprop_is_coarse(int32_t value) { return value != (int16_t)value; }

/* The int16 factor that stands for a 24-bit value: all of it, or its upper 16 bits rounded. */
static inline int16_t fixprop_significant(int32_t value, bool coarse) {
  if (!coarse)
    return (int16_t)value;
  return fixprop_saturate16(fixprop_round_shift(value, FIXPROP_SIGNIFICANT_SHIFT));
}

#endif

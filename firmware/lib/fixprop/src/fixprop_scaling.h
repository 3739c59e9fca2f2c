/* From the integers that a sketch reads to what the network sees, and back, without a float.
 * host/fixprop/model/column.py is the definition and learns the ranges. */
#ifndef FIXPROP_SCALING_H
#define FIXPROP_SCALING_H

#include "fixprop_flash.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A raw value counts a column's units: 5.1 cm with one decimal is 51. low to low + span becomes
 * q_low upwards, Q0.15. */
typedef struct {
  int32_t low;
  uint16_t span;
  int16_t q_low;
  uint32_t to_q;   /* Q0.15 a unit, 16 bits behind the point */
  uint16_t to_raw; /* units a Q0.15, to_raw_shift bits behind the point */
  uint8_t to_raw_shift;
} fixprop_column;

/* Q0.15 for a raw value; what is outside the column's range ends at its edge. `column` is in
 * FIXPROP_FLASH. */
int16_t fixprop_q_of_raw(const fixprop_column *column, int32_t raw);

/* The raw value for Q0.15; beyond the column's range where the network goes beyond it. */
int32_t fixprop_raw_of_q(const fixprop_column *column, int16_t q);

#ifdef __cplusplus
}
#endif
#endif

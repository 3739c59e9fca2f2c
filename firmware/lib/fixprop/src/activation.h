/* What activation functions share. Private to the library. */
#ifndef FIXPROP_ACTIVATION_H
#define FIXPROP_ACTIVATION_H

#include "fixprop.h"
#include "fixprop_flash.h"
#include "fixprop_saturation.h"
#include "rounding.h"

#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)
#define FIXPROP_AVR /* the assembly in avr_*.S takes the place of the C */
#endif

/* An exact weighted sum: upper * 2**16 + lower; 40 significant bits, Q.26. */
typedef struct {
  int32_t upper;
  uint32_t lower;
} fixprop_sum;

#ifdef FIXPROP_AVR
struct fixprop_activation {
  void (*layer)(void);   /* whole layer's forward pass; called by avr_forward.S only */
  const int16_t *middle; /* the table's entry for argument zero */
  void (*slope)(void);
};
#else
struct fixprop_activation {
  int16_t (*of_sum)(const fixprop_sum *sum);         /* output, Q0.15 */
  uint32_t (*slope)(int16_t output);                 /* at most one, Q.16; NULL: it is one */
  void (*finish)(int16_t *outputs, uint8_t neurons); /* what a whole layer needs; NULL: nothing */
};
#endif

#define FIXPROP_SLOPE_ONE (UINT32_C(1) << FIXPROP_SLOPE_FRACTION)

#ifdef __AVR__
static inline int16_t fixprop_table_entry(const int16_t *entry) {
  return (int16_t)pgm_read_word(entry);
}
#else
static inline int16_t fixprop_table_entry(const int16_t *entry) { return *entry; }
#endif

/* round(sum / 2**shift), saturated to int16; 1 <= shift <= 16. */
static inline int16_t fixprop_net(const fixprop_sum *sum, uint8_t shift) {
  const int32_t upper = sum->upper + (int32_t)(sum->lower >> 16);
  const uint32_t lower = sum->lower & 0xFFFF;
  const int32_t rounded = (int32_t)((lower + (UINT32_C(1) << (shift - 1))) >> shift);
  const int32_t net = upper * (INT32_C(1) << (16 - shift)) + rounded;
  return (int16_t)FIXPROP_COUNTED(nets, net, fixprop_saturate16(net));
}

/* The straight line between the two entries around net. Entries never fall, nor rise by more than
 * 1024. */
static inline int16_t fixprop_interpolate(const int16_t *table, int16_t net) {
  const int16_t *entry = table + (net >> 8) + FIXPROP_TABLE_INTERVALS / 2;
  const int16_t left = fixprop_table_entry(entry);
  const uint16_t rise = (uint16_t)(fixprop_table_entry(entry + 1) - left);
  return (int16_t)(left + (int16_t)(((uint32_t)rise * (uint8_t)net + 128) >> 8));
}

#endif

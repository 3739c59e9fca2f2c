/* changes.c's loop in assembly. */
#include "avr_kernels.inc"
#if defined(__AVR__) && !defined(FIXPROP_PORTABLE)

#define w0 r16
#define w1 r17
#define w2 r23
#define c0 r22
#define c1 r21
#define c2 r20
#define s0 r4 /* the change, scaled */
#define s1 r5
#define s2 r6
#define residuals_lo r8
#define lower_lo r10
#define momentum_lo r18
#define momentum_hi r19

/* void fixprop_apply_many(int16_t *weights, uint8_t *residuals, const fixprop_changes *changes,
 *                         uint16_t count): 64 cycles a weight. */
FUNCTION fixprop_apply_many
  SAVE r2, r4, r5, r6, r7, r8, r9, r10, r11, r16, r17, r28, r29
  clr zero
  movw residuals_lo, r22
  movw r26, r24
  movw r24, r18
  movw r30, r20
  ldd r28, Z+CHANGES_UPPER
  ldd r29, Z+CHANGES_UPPER+1
  ldd momentum_lo, Z+CHANGES_MOMENTUM
  ldd momentum_hi, Z+CHANGES_MOMENTUM+1
  ldd r20, Z+CHANGES_LOWER
  ldd r21, Z+CHANGES_LOWER+1
  movw r30, r26
  movw r26, r20
1:
  ld c0, X
  ld c1, Y
  ldd c2, Y+1
  movw lower_lo, r26
  movw r26, residuals_lo
  ld w0, X
  ld w1, Z
  ldd w2, Z+1
  add w0, c0
  adc w1, c1
  adc w2, c2
  brvs 3f
2:
  st X+, w0
  st Z+, w1
  st Z+, w2
  movw residuals_lo, r26
  movw r26, lower_lo
  SCALE24 s0, s1, s2, r7, c0, c1, c2, momentum_lo, momentum_hi
  st X+, s0
  st Y+, s1
  st Y+, s2
  sbiw r24, 1
  brne 1b
  RESTORE r29, r28, r17, r16, r11, r10, r9, r8, r7, r6, r5, r4, r2
  clr r1
  ret
3: /* N is the opposite of the sign */
  ldi w0, 0
  ldi w1, 0
  ldi w2, 0x80
  brpl 2b
  ldi w0, 0xFF
  ldi w1, 0xFF
  ldi w2, 0x7F
  rjmp 2b
#endif

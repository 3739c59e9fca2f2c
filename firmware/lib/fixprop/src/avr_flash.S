/* flash.c's loop in assembly. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)

/* The exact sum, Q.26. */
#define a0 r4
#define a1 r5
#define a2 r6
#define a3 r7
#define a4 r18
#define count r19

/* void fixprop_flash_row(const int16_t *weights, const int16_t *values, uint8_t count,
 *                        int16_t *row): 38 cycles an input, about 100 a neuron. */
FUNCTION fixprop_flash_row
  SAVE r2, r3, r4, r5, r6, r7, r28, r29
  clr zero
  movw r28, r18
  mov count, r20
  movw r30, r24
  movw r26, r22
  lpm a2, Z+ /* the bias, Q4.11, 15 bits up: 16, and one down again */
  lpm a3, Z+
  mov a4, a3
  lsl a4
  sbc a4, a4
  clr a0
  clr a1
  asr a3
  ror a2
  ror a1
1:
  ld vl, X+
  ld vh, X+
  lpm wl, Z+
  lpm wh, Z+
  ACCUMULATE a0, a1, a2, a3, a4
  dec count
  brne 1b
  mov tl, a3 /* does a3:a2 hold the upper part? */
  lsl tl
  mov tl, a4
  adc tl, zero
  brne 3f
2:
  st Y, a2
  std Y+1, a3
  com a2
  com a3
  std Y+2, a2
  std Y+3, a3
  ldi tl, 0x80
  eor a1, tl
  std Y+4, a0
  std Y+5, a1
  RESTORE r29, r28, r7, r6, r5, r4, r3, r2
  clr r1
  ret
3: /* +-2**31, as good as anything beyond */
  lsl a4 /* C is the sign */
  sbc a0, a0
  ldi tl, 0x7F
  adc tl, zero
  mov a3, tl
  com a0
  mov a2, a0
  mov a1, a0
  rjmp 2b
#endif

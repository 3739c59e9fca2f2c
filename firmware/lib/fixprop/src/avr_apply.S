/* changes.c's loop in assembly. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)

/* Two weights a turn, w: c is the first one's change and s what it keeps; d and t the second's. */
#define w0 r3
#define w1 r16
#define w2 r17
#define c0 r9
#define c1 r8
#define c2 r20
#define d0 r11
#define d1 r10
#define d2 r21
#define s0 r4
#define s1 r5
#define t0 r14
#define t1 r15
#define kept r22 /* the uppermost byte of s or t */
#define lower_lo r6
#define residuals_lo r12
#define momentum_lo r18
#define momentum_hi r19

/* w += f: 13 cycles. X: the residual, Z: the weight. */
.macro ADD_CHANGE f0, f1, f2, overflow
  ld w0, X
  ld w1, Z
  ldd w2, Z+1
  add w0, \f0
  adc w1, \f1
  adc w2, \f2
  brvs \overflow
.endm

.macro STORE_WEIGHT
  st X+, w0
  st Z+, w1
  st Z+, w2
.endm

/* void fixprop_apply_many(int16_t *weights, uint8_t *residuals, const fixprop_changes *changes,
 *                         uint16_t count): 123 cycles for two weights; there are two at least. */
FUNCTION fixprop_apply_many
  SAVE r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r28, r29
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
  sbiw r24, 2
  rjmp 1f
6:
  rcall saturate
  rjmp 2f
7:
  rcall saturate
  rjmp 3f
1:
  ld c0, X+
  ld d0, X+
  movw lower_lo, r26
  movw r26, residuals_lo
  ld c1, Y
  ldd c2, Y+1
  ADD_CHANGE c0, c1, c2, 6b
2:
  STORE_WEIGHT
  ldd d1, Y+2
  ldd d2, Y+3
  ADD_CHANGE d0, d1, d2, 7b
3:
  STORE_WEIGHT
  movw residuals_lo, r26
  movw r26, lower_lo
  SCALE24 s0, s1, kept, r23, c0, c1, c2, momentum_lo, momentum_hi
  st Y+, s1
  st Y+, kept
  SCALE24 t0, t1, kept, r23, d0, d1, d2, momentum_lo, momentum_hi
  st Y+, t1
  st Y+, kept
  st -X, t0
  st -X, s0
  adiw r26, 2
  sbiw r24, 2
  brcs 4f
  rjmp 1b
4:
  sbrs r24, 0
  rjmp 5f
  ld c0, X /* one is left */
  movw lower_lo, r26
  movw r26, residuals_lo
  ld c1, Y
  ldd c2, Y+1
  ADD_CHANGE c0, c1, c2, 7f
3:
  STORE_WEIGHT
  movw r26, lower_lo
  SCALE24 s0, s1, kept, r23, c0, c1, c2, momentum_lo, momentum_hi
  st X, s0
  st Y, s1
  std Y+1, kept
5:
  RESTORE r29, r28, r17, r16, r15, r14, r13, r12, r11, r10, r9, r8, r7, r6, r5, r4, r3, r2
  clr r1
  ret
7:
  rcall saturate
  rjmp 3b

saturate: /* N is the opposite of the sign */
  mov w0, zero
  ldi w1, 0
  ldi w2, 0x80
  brpl 1f
  ldi w1, 0xFF
  mov w0, w1
  ldi w2, 0x7F
1:
  ret
#endif

/* The update: every weight of one layer, or its change, goes its neuron's step times what it saw. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)

#define residual r3
#define weight_lo r4
#define weight_hi r5
#define count r6
#define input_pairs r7 /* half the inputs, rounded up */
#define inputs r10
#define neurons r11
#define inputs_lo r14
#define inputs_hi r15
#define residuals_lo r6 /* in and out */
#define factor_lo r16
#define factor_hi r17
#define rate_lo r18
#define rate_hi r19
#define p0 r20
#define p1 r21
#define p2 r24
#define p3 r25

.macro LOAD_WEIGHT
  ld weight_hi, -Z
  ld weight_lo, -Z
  ld residual, -Y
.endm

.macro STORE_WEIGHT
  st Y, residual
  st Z, weight_lo
  std Z+1, weight_hi
.endm

/* p3:p2:p1 = factor * v without p0, which is left in r0 before `keep`. 18 cycles. */
.macro MULTIPLY keep:vararg
  muls factor_hi, vh
  movw p2, r0
  mul factor_lo, vl
  \keep
  mulsu factor_hi, vl
  sbc p3, zero
  add p1, r0
  adc p2, r1
  adc p3, zero
  mulsu vh, factor_lo
  sbc p3, zero
  add p1, r0
  adc p2, r1
  adc p3, zero
.endm

/* weight += high:low + C, sign-extended; `overflow` is called with the change's sign in high, and
 * without need when the parts cross the limit in opposite directions. 6 cycles. */
.macro ADD_16 low, high, overflow
  adc residual, \low
  adc weight_lo, \high
  adc weight_hi, zero
  sbrc \high, 7
  dec weight_hi
  brvs \overflow
.endm

/* One weight by a step of 16 bits: 41 cycles. */
.macro CHANGE_16 overflow
  ld vh, -X
  ld vl, -X
  LOAD_WEIGHT
  MULTIPLY mov p1, r1
  lsl p1 /* C rounds */
  ADD_16 p2, p3, \overflow
  STORE_WEIGHT
.endm

/* One weight by the upper 16 bits of a step: 39 cycles. */
.macro CHANGE_24 overflow
  ld vh, -X
  ld vl, -X
  LOAD_WEIGHT
  MULTIPLY movw p0, r0
  lsl p0 /* C rounds */
  adc residual, p1
  adc weight_lo, p2
  adc weight_hi, p3
  brvs \overflow
  STORE_WEIGHT
.endm

/* s2:s1:s0 = round(delta * rate / 2**14), as SCALE24; `overflow` is called with C the sign. 43
 * cycles. */
.macro STEP s0, s1, s2, t, d0, d1, d2, q0, q1, overflow
  MULTIPLY24 \s0, \s1, \s2, \t, \d0, \d1, \d2, \q0, \q1
  add \s0, r0
  adc \s1, r1
  adc \s2, zero
  .rept 2
  lsl \t
  rol \s0
  rol \s1
  rol \s2
  brvs \overflow
  .endr
  lsl \t
  adc \s0, zero
  adc \s1, zero
  adc \s2, zero
  brvs \overflow
.endm

/* In: Z and residuals the ends of the layer's, deltas, layer. Out: the same of the layer below. */
FUNCTION fixprop_avr_update
  movw r28, residuals_lo
  movw r22, r30
  movw r30, layer_lo
  ld inputs, Z
  ldd neurons, Z+LAYER_NEURONS
  ldd r24, Z+LAYER_FLAGS
  sbiw r30, LAYER_SIZE
  movw layer_lo, r30
  bst r24, 0 /* FIXPROP_FIXED_BIAS, for a while in a bit that no address in SRAM has */
  bld layer_hi, 7
  bst inputs, 0
  mov input_pairs, inputs
  inc input_pairs /* 255 at most */
  lsr input_pairs
  movw r30, r22
  rjmp row

/* Past the bias weight. */
fixed_bias:
  sbiw r28, 1
  sbiw r30, 2
  rjmp next_row

/* Past the row. */
no_step:
  sub r28, inputs
  sbc r29, zero
  sbiw r28, 1
  sub r30, inputs
  sbc r31, zero
  sub r30, inputs
  sbc r31, zero
  sbiw r30, 2
  rjmp next_row

/* Beyond Q3.20; C is the sign. */
step_limit:
  ldi r21, 0x7F
  sbc r23, r23
  adc r21, zero
  com r23
  mov r22, r23
  rjmp step

/* The factor is the step's upper 16 bits, rounded. */
coarse:
  lsl r22
  mov factor_lo, r23
  mov factor_hi, r21
  adc factor_lo, zero
  adc factor_hi, zero
  brvc 1f
  ldi factor_lo, 0xFF
  ldi factor_hi, 0x7F
1:
  rjmp coarse_row
to_no_step:
  rjmp no_step

/* 90 cycles a neuron, bias included, 41 an input of it and 3 for each two; 97 and 39 if coarse. */
row:
  movw r26, deltas_lo
  sbiw r26, 1
  ld r20, -X
  ld r5, -X
  ld r4, -X
  movw deltas_lo, r26
  STEP r22, r23, r21, r24, r4, r5, r20, rate_lo, rate_hi, step_limit
step:
  movw r26, inputs_lo
  mov count, input_pairs
  mov r24, r23 /* does r23:r22 hold the step? */
  lsl r24
  mov r24, r21
  adc r24, zero
  brne coarse
  movw factor_lo, r22
  or r22, r23
  breq to_no_step
  brts 2f
1:
  CHANGE_16 6f
3:
2:
  CHANGE_16 7f
4:
  dec count
  brne 1b
  sbrc layer_hi, 7
  rjmp fixed_bias
  LOAD_WEIGHT
  asr factor_hi
  ror factor_lo /* C rounds */
  ADD_16 factor_lo, factor_hi, 8f
  STORE_WEIGHT
next_row:
  dec neurons
  breq 9f
  rjmp row
9:
  rjmp done
6:
  rcall saturate_16
  rjmp 3b
7:
  rcall saturate_16
  rjmp 4b
8:
  mov p3, factor_hi
  rcall saturate_16
  rjmp next_row

coarse_row:
  brts 2f
1:
  CHANGE_24 6f
3:
2:
  CHANGE_24 7f
4:
  dec count
  brne 1b
  sbrc layer_hi, 7
  rjmp fixed_bias
  LOAD_WEIGHT
  mov p1, zero
  asr factor_hi
  ror factor_lo
  ror p1
  add residual, p1
  adc weight_lo, factor_lo
  adc weight_hi, factor_hi
  brvs 8f
  STORE_WEIGHT
5:
  dec neurons
  breq done
  rjmp row
6:
  rcall saturate_24
  rjmp 3b
7:
  rcall saturate_24
  rjmp 4b
8:
  rcall saturate_24
  rjmp 5b

done:
  movw residuals_lo, r28
  clt
  bld layer_hi, 7
  sub inputs_lo, inputs
  sbc inputs_hi, zero
  sub inputs_lo, inputs
  sbc inputs_hi, zero
  ret

/* V is set: N is the opposite of the true sign. */
saturate_24:
  brpl lowest
highest:
  ldi p1, 0xFF
  mov residual, p1
  mov weight_lo, p1
  ldi p1, 0x7F
  mov weight_hi, p1
  rjmp store
lowest:
  mov residual, zero
  mov weight_lo, zero
  ldi p1, 0x80
  mov weight_hi, p1
store:
  STORE_WEIGHT
  ret

/* Upwards the overflow is real. Downwards it is if the weight was negative before. */
saturate_16:
  sbrs p3, 7
  rjmp highest
  ldd r0, Z+1
  sbrc r0, 7
  rjmp lowest
  rjmp store
#endif

/* The deltas of the layer below, from a layer's weights and deltas. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)
/* The exact sum, of which the lowest byte is only rounded away. */
#define a0 r4
#define a1 r5
#define a2 r16
#define a3 r17
#define a4 r18

#define column_lo r6 /* behind the weight of this input in the last row */
#define column_hi r7
#define slope_lo r8
#define slope_hi r9
#define row_lo r10 /* bytes of one row of weights */
#define row_hi r11
#define neurons r14
#define inputs r15
#define count r19
#define saved r6, r7, r8, r9, r12, r13, r18, r19

.macro LOAD_FACTOR
  ld vl, Z+
  ld vh, Z+
  ld wl, Y
  ldd wh, Y+1
.endm

/* In and out: as between the parts of fixprop_train. T is set while the deltas are coarse. */
FUNCTION fixprop_avr_hidden_deltas
  SAVE saved
  movw column_lo, r30
  movw r26, r14
  movw r30, layer_lo
  ldd neurons, Z+LAYER_NEURONS
  ld inputs, Z
  sbiw r30, LAYER_SIZE
  ldd r24, Z+LAYER_ACTIVATION
  ldd r25, Z+LAYER_ACTIVATION+1
  movw r30, r24
  ldd slope_lo, Z+ACTIVATION_SLOPE
  ldd slope_hi, Z+ACTIVATION_SLOPE+1
  ldi r24, 2
  mul inputs, r24
  movw row_lo, r0
  add row_lo, r24
  adc row_hi, zero
  ldi r24, 4
  mul neurons, r24
  sub deltas_lo, r0
  sbc deltas_hi, r1

  /* T: one of the deltas needs more than 16 bits. 12 cycles a neuron. */
  clt
  movw r30, deltas_lo
  mov count, neurons
1:
  ldd r24, Z+1
  ldd r25, Z+2
  lsl r24
  adc r25, zero
  brne 2f
  adiw r30, 4
  dec count
  brne 1b
  rjmp 3f
2:
  set

  /* The factors, the last neuron's lowest. 14 cycles a neuron, 20 if coarse. */
3:
  movw r30, deltas_lo
  mov count, neurons
4:
  ld r20, Z
  ldd r21, Z+1
  brts 6f
5:
  push r21
  push r20
  adiw r30, 4
  dec count
  brne 4b
  rjmp column
6:
  ldd r22, Z+2
  lsl r20
  mov r20, r21
  mov r21, r22
  adc r20, zero
  adc r21, zero
  brvc 5b
  ldi r20, 0xFF
  ldi r21, 0x7F
  rjmp 5b

  /* 101 cycles an input with sigmoid and 38 a neuron of it; 9 more an input if coarse. */
column:
  movw r28, column_lo
  sbiw r28, 2
  movw column_lo, r28
  in r30, _SFR_IO_ADDR(SPL)
  in r31, _SFR_IO_ADDR(SPH)
  adiw r30, 1
  LOAD_FACTOR
  muls wh, vh /* as ACCUMULATE does, but into nothing */
  sbc a4, a4
  movw a2, r0
  mul wl, vl
  movw a0, r0
  ldi r24, 0x80 /* half of what is kept */
  add a0, r24
  adc a1, zero
  ADD_MIDDLE wh, vl, a1, a2, a3, a4
  ADD_MIDDLE vh, wl, a1, a2, a3, a4
  mov count, neurons
  dec count
  breq 2f
1:
  sub r28, row_lo
  sbc r29, row_hi
  LOAD_FACTOR
  ACCUMULATE a0, a1, a2, a3, a4
  dec count
  brne 1b
2:
  mov r24, a3 /* does a3:a2:a1 hold it all? */
  lsl r24
  adc a4, zero
  brne to_wide
  ld r23, -X
  ld r22, -X
  movw r30, slope_lo
  icall
  brcs unscaled
  SCALE24 r20, r21, r22, r24, a1, a2, a3, r18, r19
scaled:
  brts coarse
  .rept 3
  asr r22
  ror r21
  ror r20
  .endr /* C is the half */
  adc r20, zero
  adc r21, zero
  adc r22, zero
store:
  movw r30, deltas_lo
  mov r23, r22
  lsl r23
  sbc r23, r23
  st -Z, r23
  st -Z, r22
  st -Z, r21
  st -Z, r20
  movw deltas_lo, r30
  dec inputs
  breq leave
  rjmp column
unscaled:
  mov r20, a1
  mov r21, a2
  mov r22, a3
  rjmp scaled
to_wide:
  rjmp wide
leave:
  in r30, _SFR_IO_ADDR(SPL)
  in r31, _SFR_IO_ADDR(SPH)
  ldi r24, 2
  mul neurons, r24
  add r30, r0
  adc r31, r1
  in r0, _SFR_IO_ADDR(SREG)
  cli
  out _SFR_IO_ADDR(SPH), r31
  out _SFR_IO_ADDR(SREG), r0
  out _SFR_IO_ADDR(SPL), r30
  movw r30, column_lo
  add r30, row_lo
  adc r31, row_hi
  sbiw r30, 2
  add r26, row_lo
  adc r27, row_hi
  sbiw r26, 2
  movw r14, r26
  RESTORE r19, r18, r13, r12, r9, r8, r7, r6
  ret

/* r22:r21:r20 = clamp(r22:r21:r20, -2**18, 2**18 - 1) * 2**5 */
coarse:
  mov r24, r22
  subi r24, -4
  cpi r24, 8
  brsh 3f
  .rept 5
  lsl r20
  rol r21
  rol r22
  .endr
  rjmp store
3:
  lsl r22
coarse_limit: /* C is the sign */
  ldi r20, 0xE0
limit:
  ldi r21, 0xFF
  ldi r22, 0x7F
  brcs 4f
  rjmp store
4:
  ldi r20, 0
  ldi r21, 0
  ldi r22, 0x80
  rjmp store

/* The same for a sum beyond 24 bits: weights of more than 4 in the mean. */
wide:
  mov r24, a3
  lsl r24
  sbc a4, zero
  mov r4, a1 /* r16:r17:r5:r4 */
  mov r5, a2
  mov r16, a4
  ld r23, -X
  ld r22, -X
  movw r30, slope_lo
  icall
  brcs wide_unscaled
  mul r5, r19 /* r23:r22:r21:r20 = round(r16:r17:r5:r4 * r19:r18 / 2**16) */
  movw r20, r0
  mul r4, r18
  mov r24, r1
  mul r4, r19
  add r24, r0
  adc r20, r1
  adc r21, zero
  mul r5, r18
  add r24, r0
  adc r20, r1
  adc r21, zero
  lsl r24
  adc r20, zero
  adc r21, zero
  mulsu r16, r19
  movw r22, r0
  mul r17, r18
  add r20, r0
  adc r21, r1
  adc r22, zero
  adc r23, zero
  mul r17, r19
  add r21, r0
  adc r22, r1
  adc r23, zero
  mulsu r16, r18
  sbc r23, zero
  add r21, r0
  adc r22, r1
  adc r23, zero
wide_scaled:
  brts 1f
  .rept 3
  asr r23
  ror r22
  ror r21
  ror r20
  .endr /* C is the half */
  adc r20, zero
  adc r21, zero
  adc r22, zero
  adc r23, zero
  rcall fits_24_bits
  breq 3f
  lsl r23
  ldi r20, 0xFF
  rjmp limit
3:
  rjmp store
1:
  rcall fits_24_bits
  brne 5f
  rjmp coarse
5:
  lsl r23
  rjmp coarse_limit
wide_unscaled:
  movw r20, r4
  mov r22, r17
  mov r23, r16
  rjmp wide_scaled

/* Z set if r22 has r23's sign. */
fits_24_bits:
  mov r25, r22
  lsl r25
  mov r25, r23
  adc r25, zero
  ret
#endif

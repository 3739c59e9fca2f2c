/* fixprop_train and fixprop_accumulate: forward, then from the last layer down its deltas, the deltas below, its
 * update. All arrays are walked backwards, so that where one layer's part begins the next one's
 * ends. Between the parts: */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)

/* Z: the end of the layer's weights */
#define lower_lo r6 /* the end of what the update moves: the residuals, or the changes' part */
#define lower_hi r7
#define offset_lo r22 /* from the weights to the upper part of what the update moves */
#define offset_hi r23
#define inputs_lo r14 /* the end of the layer's inputs, where its outputs begin */
#define inputs_hi r15
#define rate_lo r18
#define rate_hi r19
#define layers_left r24
#define slope_lo r10 /* while the output deltas are found */
#define slope_hi r11
#define neurons r17

/* void fixprop_train(fixprop_network *network, const int16_t *targets)
 * accumulates into the weights: in a network they and the residuals lie as in a fixprop_changes. */
FUNCTION fixprop_train
  movw r20, r24
  subi r20, lo8(-NETWORK_WEIGHTS)
  sbci r21, hi8(-NETWORK_WEIGHTS)
  jmp fixprop_accumulate

/* void fixprop_accumulate(fixprop_network *network, const int16_t *targets,
 *                         const fixprop_changes *changes) */
FUNCTION fixprop_accumulate
  SAVE r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r28, r29
  SAVE r22, r23, r20, r21, r24, r25
  call fixprop_avr_forward
  RESTORE r31, r30, r27, r26

  /* Where the arrays end: the forward pass left Y behind the weights and r13:r12 behind the
   * outputs. 40 cycles. */
  movw r20, r12
  ld offset_lo, X+
  ld offset_hi, X+
  ld lower_lo, X+
  ld lower_hi, X
  ldd r24, Z+NETWORK_WEIGHTS
  ldd r25, Z+NETWORK_WEIGHTS+1
  sub offset_lo, r24
  sbc offset_hi, r25
  movw r18, r28
  sub r18, r24
  sbc r19, r25
  lsr r19
  ror r18
  add lower_lo, r18
  adc lower_hi, r19
  ldd deltas_lo, Z+NETWORK_DELTAS
  ldd deltas_hi, Z+NETWORK_DELTAS+1
  ldd r24, Z+NETWORK_VALUES
  ldd r25, Z+NETWORK_VALUES+1
  ldd r26, Z+NETWORK_LAYERS
  ldd r27, Z+NETWORK_LAYERS+1
  movw r18, r20 /* two bytes a neuron, four of delta */
  sub r18, r24
  sbc r19, r25
  ld r24, X
  sub r18, r24
  sbc r19, zero
  sub r18, r24
  sbc r19, zero
  lsl r18
  rol r19
  add deltas_lo, r18
  adc deltas_hi, r19

  RESTORE r27, r26
  ldd rate_lo, Z+NETWORK_RATE
  ldd rate_hi, Z+NETWORK_RATE+1
  ldd layers_left, Z+NETWORK_LAYER_COUNT
  SAVE offset_lo, offset_hi, rate_lo, rate_hi, layers_left

  /* The output deltas. 85 cycles a neuron with sigmoid. */
  movw r4, r28
  movw r28, r20
  SAVE deltas_lo, deltas_hi
  movw r30, layer_lo
  sbiw r30, LAYER_SIZE
  movw layer_lo, r30
  ldd neurons, Z+LAYER_NEURONS
  ldd r24, Z+LAYER_ACTIVATION
  ldd r25, Z+LAYER_ACTIVATION+1
  movw r30, r24
  ldd slope_lo, Z+ACTIVATION_SLOPE
  ldd slope_hi, Z+ACTIVATION_SLOPE+1
  add r26, neurons
  adc r27, zero
  add r26, neurons
  adc r27, zero
  rjmp 1f
8: /* linear */
  clr r22
  movw r24, r20
  rjmp 9f
6: /* nothing is known of this output */
  clr r22
  clr r25
  clr r24
  rjmp 3f
7: /* N is the opposite of the sign */
  ldi r20, 0xFF
  ldi r21, 0x7F
  brmi 2f
  ldi r20, 0
  ldi r21, 0x80
  rjmp 2f
1:
  ld r21, -X
  ld r20, -X
  ld r23, -Y
  ld r22, -Y
  cpi r21, 0x80 /* FIXPROP_NO_TARGET */
  cpc r20, zero
  breq 6b
  sub r20, r22
  sbc r21, r23
  brvs 7b
2:
  movw r30, slope_lo
  icall
  brcs 8b
  mulsu r21, r19 /* r25:r24:r22 = round(error * slope / 2**10): 26 cycles */
  movw r24, r0
  mul r20, r18
  mov r22, r1
  mulsu r21, r18
  sbc r25, zero
  add r22, r0
  adc r24, r1
  adc r25, zero
  mul r20, r19
  add r22, r0
  adc r24, r1
  adc r25, zero
9:
  .rept 2
  asr r25
  ror r24
  ror r22
  .endr /* C is the half */
  adc r22, zero
  adc r24, zero
  adc r25, zero
3:
  movw r30, deltas_lo
  mov r23, r25
  lsl r23
  sbc r23, r23
  st -Z, r23
  st -Z, r25
  st -Z, r24
  st -Z, r22
  movw deltas_lo, r30
  dec neurons
  brne 1b
  RESTORE deltas_hi, deltas_lo
  movw r30, r4

  RESTORE layers_left, rate_hi, rate_lo, offset_hi, offset_lo
1:
  dec layers_left
  breq 2f
  SAVE offset_lo, offset_hi, layers_left
  call fixprop_avr_hidden_deltas /* before this layer's weights move */
  in r26, _SFR_IO_ADDR(SPL)
  in r27, _SFR_IO_ADDR(SPH)
  adiw r26, 2
  ld offset_hi, X+
  ld offset_lo, X
  add r30, offset_lo
  adc r31, offset_hi
  call fixprop_avr_update
  RESTORE layers_left, offset_hi, offset_lo
  sub r30, offset_lo
  sbc r31, offset_hi
  rjmp 1b
2:
  add r30, offset_lo
  adc r31, offset_hi
  call fixprop_avr_update
  RESTORE r29, r28, r17, r16, r15, r14, r13, r12, r11, r10, r9, r8, r7, r6, r5, r4, r3, r2
  clr r1
  ret
#endif

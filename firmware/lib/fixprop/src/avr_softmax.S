/* softmax.c's net inputs in assembly; the rest of it is worth no more than its C. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)
#include "avr_layer.inc"
#include "fixprop_formats.h"

/* a3:a2 = the sum / 2**16, rounded and saturated: 9 cycles. */
.macro NET_16
  lsl a1
  adc a2, zero
  adc a3, zero
  adc a4, zero
  mov tl, a3
  lsl tl
  mov tl, a4
  adc tl, zero
  brne 2f
.endm

/* 34 cycles a neuron, 33 an input of it and 3 for each two; softmax.c takes 222 a neuron more. */
FUNCTION fixprop_avr_softmax_layer
  LOAD_BIAS 0
  ADD_INPUTS
  NET_16 /* FIXPROP_SOFTMAX_SUM_SHIFT */
.Lnet:
  mov tl, a3
  STORE_OUTPUT a2, tl
  breq 5f
  rjmp fixprop_avr_softmax_layer
5:
  movw r30, layer_lo /* is already the next one */
  sbiw r30, LAYER_SIZE
  ldd r22, Z+LAYER_NEURONS
  movw r24, r26 /* the outputs begin where the inputs end */
  SAVE r26, r27
  clr r1
  call fixprop_softmax_finish
  RESTORE r27, r26
  ret
  SATURATE_NET .Lnet
#endif

/* sigmoid.c in assembly: a layer's forward pass next to the slope. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)
#include "avr_layer.inc"
#include "fixprop_formats.h"

/* 61 cycles a neuron, 33 an input of it and 3 for each two. */
FUNCTION fixprop_avr_sigmoid_layer
  LOAD_BIAS FIXPROP_SIGMOID_SUM_SHIFT
  ADD_INPUTS
  NET FIXPROP_SIGMOID_SUM_SHIFT
.Linterpolate:
  INTERPOLATE
  STORE_OUTPUT tl, th
  breq 5f
  rjmp fixprop_avr_sigmoid_layer
5:
  ret
  SATURATE_NET .Linterpolate

/* r19:r18 = t - t**2 with t = 2 * r23:r22, UQ0.16, rounded; C clear. 19 cycles and ret. */
FUNCTION fixprop_avr_sigmoid_slope
  lsl r22
  rol r23
  movw r18, r22
  ldi r24, 0x80
  mul r22, r22
  cp zero, r0
  sbc r24, r1
  sbc r18, zero /* never borrows: r22 is not zero if its square is not */
  mul r23, r23
  sub r18, r0
  sbc r19, r1
  fmul r23, r22 /* the two equal products in the middle, as one: C is its 17th bit */
  sbc r19, zero
  sub r24, r0
  sbc r18, r1
  sbc r19, zero
  ret
#endif

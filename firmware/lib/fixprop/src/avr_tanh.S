/* tanh.c in assembly: a layer's forward pass next to the slope. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)
#include "avr_layer.inc"
#include "fixprop_formats.h"

/* 65 cycles a neuron, 33 an input of it and 3 for each two. */
FUNCTION fixprop_avr_tanh_layer
  LOAD_BIAS FIXPROP_TANH_SUM_SHIFT
  ADD_INPUTS
  NET FIXPROP_TANH_SUM_SHIFT
.Linterpolate:
  INTERPOLATE
  STORE_OUTPUT tl, th
  breq 5f
  rjmp fixprop_avr_tanh_layer
5:
  ret
  SATURATE_NET .Linterpolate

/* r19:r18 = 1 - t**2 with t = 2 * r23:r22, UQ0.16, one unit low; C clear. 21 to 24 cycles. */
FUNCTION fixprop_avr_tanh_slope
  lsl r22
  rol r23
  brcc 1f
  com r23
  neg r22
  sbci r23, -1
1:
  mul r22, r22
  mov r24, r1
  mul r23, r23
  movw r18, r0
  fmul r23, r22
  adc r19, zero
  add r24, r0
  adc r18, r1
  adc r19, zero
  com r18
  com r19
  clc
  ret
#endif

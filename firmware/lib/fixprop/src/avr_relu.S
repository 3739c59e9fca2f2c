/* relu.c and leaky_relu.c in assembly. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)
#include "avr_layer.inc"
#include "fixprop_formats.h"

/* 50 cycles a neuron, 51 if clipped, 33 an input of it and 3 for each two. */
FUNCTION fixprop_avr_relu_layer
  LOAD_BIAS FIXPROP_RELU_SUM_SHIFT
  ADD_INPUTS
  NET FIXPROP_RELU_SUM_SHIFT
.Lrelu:
  mov tl, a3
  sbrs tl, 7
  rjmp 1f
  mov a2, zero
  clr tl
1:
  STORE_OUTPUT a2, tl
  breq 5f
  rjmp fixprop_avr_relu_layer
5:
  ret
  SATURATE_NET .Lrelu

/* r19:r18 = 0 with C clear, or C set for a slope of one, as of linear. */
FUNCTION fixprop_avr_relu_slope
  clr r18
  clr r19
  or r22, r23
  sec
  brne 1f
  clc
1:
  ret

/* 50 cycles a neuron, 56 below zero, 33 an input of it and 3 for each two. */
FUNCTION fixprop_avr_leaky_relu_layer
  LOAD_BIAS FIXPROP_LEAKY_RELU_SUM_SHIFT
  ADD_INPUTS
  NET FIXPROP_LEAKY_RELU_SUM_SHIFT
.Lleaky_relu:
  mov tl, a3
  sbrs tl, 7
  rjmp 1f
  lsl a2 /* tl:a2 = round(net / 2**7): one bit up, one byte down */
  rol a3
  ldi tl, 0xFF
  lsl a2
  adc a3, zero
  adc tl, zero
  mov a2, a3
1:
  STORE_OUTPUT a2, tl
  breq 5f
  rjmp fixprop_avr_leaky_relu_layer
5:
  ret
  SATURATE_NET .Lleaky_relu

/* r19:r18 = 2**-7, UQ0.16, with C clear, or C set for a slope of one. */
FUNCTION fixprop_avr_leaky_relu_slope
  ldi r18, 0
  ldi r19, 1 << (8 - FIXPROP_LEAK_SHIFT)
  cp zero, r22
  cpc zero, r23
  sec
  brlt 1f
  clc
1:
  ret
#endif

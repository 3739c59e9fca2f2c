/* linear.c in assembly. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)
#include "avr_layer.inc"
#include "fixprop_formats.h"

/* 47 cycles a neuron, 33 an input of it and 3 for each two. */
FUNCTION fixprop_avr_linear_layer
  LOAD_BIAS FIXPROP_LINEAR_SUM_SHIFT
  ADD_INPUTS
  NET FIXPROP_LINEAR_SUM_SHIFT
.Lstore:
  mov tl, a3
  STORE_OUTPUT a2, tl
  breq 5f
  rjmp fixprop_avr_linear_layer
5:
  ret
  SATURATE_NET .Lstore

/* C set: the slope is one and nothing has to be multiplied. */
FUNCTION fixprop_avr_linear_slope
  sec
  ret
#endif

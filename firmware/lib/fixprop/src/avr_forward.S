/* The forward pass: walks the layers and lets each one's activation function work on it. */
#include "avr_kernels.inc"
#if defined(__AVR_HAVE_MUL__) && __AVR_ARCH__ < 100 && !defined(FIXPROP_PORTABLE)
#include "avr_layer.inc"

/* const int16_t *fixprop_forward(fixprop_network *network) */
FUNCTION fixprop_forward
  SAVE r2, r3, r4, r5, r7, r8, r9, r10, r11, r12, r13, r14, r15, r16, r17, r28, r29
  call fixprop_avr_forward
  movw r24, inputs_lo
  RESTORE r29, r28, r17, r16, r15, r14, r13, r12, r11, r10, r9, r8, r7, r5, r4, r3, r2
  clr r1
  ret

/* In: r25:r24 the network. Out: inputs = the outputs of the last layer, outputs = their end,
 * Y = the end of the weights, layer = the end of the layers. 33 cycles and 38 a layer. */
FUNCTION fixprop_avr_forward
  clr zero
  movw r30, r24
  ldd layer_lo, Z+NETWORK_LAYERS
  ldd layer_hi, Z+NETWORK_LAYERS+1
  ldd layers_left, Z+NETWORK_LAYER_COUNT
  ldd r28, Z+NETWORK_WEIGHTS
  ldd r29, Z+NETWORK_WEIGHTS+1
  ldd r26, Z+NETWORK_VALUES
  ldd r27, Z+NETWORK_VALUES+1
  movw outputs_lo, r26
  movw r30, layer_lo
  ld r24, Z
  add outputs_lo, r24
  adc outputs_hi, zero
  add outputs_lo, r24
  adc outputs_hi, zero
1:
  movw inputs_lo, r26 /* the layer below left X behind its last output's input */
  movw r30, layer_lo
  ld input_pairs, Z+
  bst input_pairs, 0
  inc input_pairs /* 255 at most */
  lsr input_pairs
  ld neurons, Z+
  ld r26, Z+
  ld r27, Z+
  adiw r30, LAYER_SIZE - LAYER_FLAGS
  movw layer_lo, r30
  ld r30, X+
  ld r31, X+
  ld table_lo, X+
  ld table_hi, X
  icall
  dec layers_left
  brne 1b
  movw inputs_lo, r26
  ret
#endif

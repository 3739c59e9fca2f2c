/* const int16_t *call_noted(function, network, second, third): a call between two marks, 1 and the r1 that
 * it leaves, which must be zero. Before it each register that a function must restore holds its own
 * number; after it they are in `registers`. */
#include <avr/io.h>

.comm registers, 32

.global call_noted
call_noted:
.irp r, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29
  push \r
.endr
.irp r, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29
  ldi r30, \r
  mov \r, r30
.endr
  movw r30, r24
  movw r24, r22
  movw r22, r20
  movw r20, r18
  ldi r18, 1
  out _SFR_IO_ADDR(GPIOR0), r18
  icall
  out _SFR_IO_ADDR(GPIOR0), r1
.irp r, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29
  sts registers + \r, \r
.endr
.irp r, 29, 28, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2
  pop \r
.endr
  ret

/* For plain C programs on the simulated chip (fixprop/sim/program.py): marks, output, the end.
 * On a real chip all of it is harmless writes to GPIOR0. */
#ifndef FIXPROP_SIM_PROGRAM_H
#define FIXPROP_SIM_PROGRAM_H

#include <avr/io.h>
#include <stdint.h>

enum { PROGRAM_DONE = 255, PROGRAM_OUTPUT = 254 }; /* marks of the program's own: 1 to 253 */

/* LDI and OUT, 2 cycles, always; n is a constant. Nothing moves across it. */
#define MARK(n)                                                                                    \
  __asm__ volatile("ldi r24, %0\n\tout %1, r24" ::"M"(n), "I"(_SFR_IO_ADDR(GPIOR0))                \
                   : "r24", "memory")

#define DONE()                                                                                     \
  do {                                                                                             \
    MARK(PROGRAM_DONE);                                                                            \
    for (;;)                                                                                       \
      ;                                                                                            \
  } while (0)

/* A byte for whoever runs the program. */
static inline void put_byte(uint8_t byte) {
  GPIOR0 = PROGRAM_OUTPUT;
  GPIOR0 = byte;
}

static inline void put_text(const char *text) {
  while (*text)
    put_byte((uint8_t)*text++);
}

#endif

#include "stack.h"

#include <avr/io.h>

#define PAINT 0xC5

extern uint8_t __heap_start, __stack; /* by the linker: end of static data, top of SRAM */

/* Runs before main(), while the stack is empty and r1 is zero. */
__attribute__((naked, used, section(".init3"))) void stack_paint(void) {
  for (uint8_t *p = &__heap_start; p < &__stack; p++) *p = PAINT;
}

uint16_t stack_free(void) {
  const uint8_t *p = &__heap_start;
  while (p < &__stack && *p == PAINT) p++;
  return (uint16_t)(p - &__heap_start);
}

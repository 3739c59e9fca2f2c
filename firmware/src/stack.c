#include "stack.h"

#include <avr/io.h>

#define PAINT 0xC5
#define CANARY 4 /* bytes; by chance all are painted over with the paint once in 2^32 */

extern uint8_t __heap_start; /* by the linker: where static data ends */

/* Runs before main(), while the stack is empty and r1 is zero. `volatile`: avr-gcc from 10 on would
 * make a call of memset of it, which paints over its own return address. */
__attribute__((naked, used, section(".init3"))) void stack_paint(void) {
  for (volatile uint8_t *p = &__heap_start; p < (volatile uint8_t *)RAMEND; p++)
    *p = PAINT;
}

uint16_t stack_free(void) {
  const uint8_t *p = &__heap_start;
  while (p < (const uint8_t *)RAMEND && *p == PAINT)
    p++;
  return (uint16_t)(p - &__heap_start);
}

bool stack_is_whole(void) {
  const uint8_t *p = &__heap_start;
  for (uint8_t i = 0; i < CANARY; i++)
    if (*p++ != PAINT)
      return false;
  return true;
}

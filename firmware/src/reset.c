#include "reset.h"

#include <avr/io.h>

static uint8_t cause __attribute__((section(".noinit")));

__attribute__((naked, used, section(".init3"))) void reset_save_cause(void) {
  cause = MCUSR;
  MCUSR = 0;
}

uint8_t reset_cause(void) { return cause; }

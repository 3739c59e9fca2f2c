/* The store's cells in the chip's EEPROM. A write takes the chip 3.4 ms, of which nobody waits. */
#include "cells.h"

#include <avr/io.h>
#include <util/atomic.h>

bool cells_ready(void) { return !(EECR & _BV(EEPE)); }

uint8_t cells_read(uint16_t address) {
  EEAR = address;
  EECR |= _BV(EERE);
  return EEDR;
}

/* EEPE must follow EEMPE within four cycles (datasheet, 8.6.3): interrupts wait half a microsecond.
 */
void cells_write(uint16_t address, uint8_t value) {
  EEAR = address;
  EEDR = value;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    EECR |= _BV(EEMPE);
    EECR |= _BV(EEPE);
  }
}

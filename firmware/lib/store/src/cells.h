/* What the store asks of the memory that keeps it. firmware/src/eeprom.c answers on the Uno,
 * host/fixprop/board/native.c on a PC. */
#ifndef STORE_CELLS_H
#define STORE_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

bool cells_ready(void); /* false while a write is going on; the other two need true */
uint8_t cells_read(uint16_t address);
void cells_write(uint16_t address, uint8_t value); /* begins a write and returns */

#ifdef __cplusplus
}
#endif
#endif

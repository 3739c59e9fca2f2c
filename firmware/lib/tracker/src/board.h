/* What the tracker asks of the board it runs on. firmware/src answers on the Uno,
 * host/fixprop/board/native.c on a PC. */
#ifndef TRACKER_BOARD_H
#define TRACKER_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "lights.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint16_t missed_readings; /* came before the one before was taken */
  uint16_t rx_overruns;     /* bytes */
  uint16_t stack_free;      /* bytes the stack has never touched */
  uint16_t loop_max_us;     /* longest turn of the main loop */
} board_condition;

bool board_send(const uint8_t *bytes, uint8_t count); /* all or nothing; never waits */
void board_point(uint16_t pulse_us);
void board_show(light pattern); /* on the LED */
board_condition board_health(void);

#ifdef __cplusplus
}
#endif
#endif

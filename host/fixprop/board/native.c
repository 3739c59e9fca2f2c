/* A board without a chip: the tracker's C with two byte queues and a pulse that Python looks at. */
#include <string.h>

#include "board.h"
#include "burst.h"
#include "cells.h"
#include "model.h"
#include "tracker.h"

void native_begin(void);
void native_receive(const uint8_t *bytes, uint32_t count);
uint16_t native_take(uint8_t *bytes);
uint16_t native_pulse(void);
uint8_t native_light(void);
uint32_t native_work(uint32_t turns);
uint8_t *native_eeprom(void);

static uint8_t outbox[4096];
static uint16_t outbox_size, pulse;
static uint8_t shown;
static uint8_t eeprom[1024]; /* written at once */

bool board_send(const uint8_t *bytes, uint8_t count) {
  if (outbox_size + count > sizeof outbox)
    return false;
  memcpy(outbox + outbox_size, bytes, count);
  outbox_size = (uint16_t)(outbox_size + count);
  return true;
}

void board_point(uint16_t pulse_us) { pulse = pulse_us; }

void board_show(light pattern) { shown = pattern; }

uint8_t native_light(void) { return shown; }

board_condition board_health(void) { return (board_condition){0, 0, 0, 0}; }

bool cells_ready(void) { return true; }

uint8_t cells_read(uint16_t address) { return eeprom[address]; }

void cells_write(uint16_t address, uint8_t value) { eeprom[address] = value; }

uint8_t *native_eeprom(void) { return eeprom; }

void native_begin(void) {
  outbox_size = 0;
  const tracker_identity identity = {MODEL_FINGERPRINT, MODEL_SEED, 1};
  tracker_begin(&model, &identity, NULL);
}

void native_receive(const uint8_t *bytes, uint32_t count) {
  while (count--)
    tracker_receive(*bytes++);
}

uint16_t native_take(uint8_t *bytes) {
  const uint16_t size = outbox_size;
  memcpy(bytes, outbox, size);
  outbox_size = 0;
  return size;
}

uint16_t native_pulse(void) { return pulse; }

uint32_t native_work(uint32_t turns) {
  uint32_t done = 0;
  while (done < turns && tracker_work())
    done++;
  return done;
}

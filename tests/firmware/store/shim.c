// EEPROM cells that fail as the test wants: worn ones keep their value, and the power may go during
// the n-th write and leave anything in that cell.
#include "cells.h"
#include "store.h"

#include <string.h>

enum { CELLS = 1024 };

typedef struct {
  uint8_t cells[CELLS];
  uint8_t worn[CELLS];     // 1: writing changes nothing
  uint32_t writes[CELLS];  // begun since the start
  uint32_t writes_left;    // until the power goes
  uint8_t remains;         // what the last of them leaves
  uint8_t off;             // the power is gone
  uint8_t turns_per_write; // so often is a cell busy
  uint8_t busy;
  uint32_t faults; // reads or writes while busy, or outside what belongs to the store
  store store;
  uint8_t record[CELLS];
} world;

static world w;

world *world_of_cells(void) { return &w; }

static uint8_t record_byte(uint16_t index) { return w.record[index]; }

bool cells_ready(void) {
  if (!w.busy)
    return true;
  w.busy--;
  return false;
}

static void check(uint16_t address) {
  if (w.busy || address >= STORE_BYTES)
    w.faults++;
}

uint8_t cells_read(uint16_t address) {
  check(address);
  return w.cells[address];
}

void cells_write(uint16_t address, uint8_t value) {
  check(address);
  w.writes[address]++;
  w.busy = w.turns_per_write;
  if (w.writes_left && --w.writes_left == 0) {
    w.off = 1;
    value = w.remains;
  }
  if (!w.worn[address])
    w.cells[address] = value;
}

void boot(uint16_t size, uint32_t fingerprint) {
  w.off = 0;
  store_open(&w.store, size, fingerprint, record_byte);
}

// Works until the save or erase is done or the power goes; turns taken.
uint32_t work(void) {
  uint32_t turns = 0;
  while (store_busy(&w.store) && !w.off && turns < 100000) {
    store_work(&w.store);
    turns++;
  }
  return turns;
}

void start_save(void) { store_save(&w.store); }
void start_erase(void) { store_erase(&w.store); }
bool look_again(void) { return store_find(&w.store); }
uint8_t worn_slots(void) { return store_worn_slots(&w.store); }

bool newest_record(uint8_t *record) {
  if (w.store.newest == STORE_NO_SLOT)
    return false;
  for (uint16_t i = 0; i < w.store.record_size; i++)
    record[i] = store_read(&w.store, i);
  return true;
}

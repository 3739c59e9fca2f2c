// A record outlives the power, whenever it goes.
#include <cells.h>
#include <store.h>
#include <string.h>
#include <unity.h>

enum { RECORD = 8, CELLS = STORE_MOST_SLOTS * (RECORD + STORE_OVERHEAD) };

static uint8_t cells[CELLS], record[RECORD];
static uint8_t writes_left; // until the power goes; 0: it stays
static uint8_t remains;     // in the cell during whose write it goes
static bool off;
static store kept;

bool cells_ready(void) { return true; }

uint8_t cells_read(uint16_t address) { return cells[address]; }

void cells_write(uint16_t address, uint8_t value) {
  off = writes_left && --writes_left == 0;
  cells[address] = off ? remains : value;
}

static uint8_t byte_of_record(uint16_t index) { return record[index]; }

static void power_on() {
  off = false;
  writes_left = 0;
  memset(&kept, 0, sizeof kept);
  store_open(&kept, RECORD, 1234, byte_of_record);
}

static void new_chip() {
  memset(cells, 0xFF, sizeof cells);
  power_on();
}

static void save(uint8_t filling) {
  memset(record, filling, sizeof record);
  store_save(&kept);
  while (store_busy(&kept) && !off)
    store_work(&kept);
}

static uint8_t found() { return store_find(&kept) ? store_read(&kept, RECORD - 1) : 0; }

static void a_new_chip_has_no_record() {
  new_chip();
  TEST_ASSERT_FALSE(store_find(&kept));
}

static void the_latest_of_many_saves_is_found_after_the_power_was_off() {
  new_chip();
  for (uint8_t filling = 1; filling <= 3 * STORE_MOST_SLOTS; filling++) {
    save(filling);
    power_on();
    TEST_ASSERT_EQUAL_INT(filling, found());
  }
}

// What is left in the cell is among others the seal that the slot had, and the one it is to get.
static void cut_save_behind(uint8_t saves, uint8_t cut) {
  const uint8_t nasty[] = {0x00, 0xFF, 0x5A, 1, (uint8_t)(saves + 1)};
  for (uint8_t i = 0; i < sizeof nasty; i++) {
    new_chip();
    for (uint8_t filling = 1; filling <= saves; filling++)
      save(filling);
    writes_left = cut;
    remains = nasty[i];
    save(99);
    const bool finished = !off;
    power_on();
    const uint8_t left = found();
    TEST_ASSERT_TRUE(left == 99 || (!finished && left == saves));
  }
}

static void a_power_cut_in_any_write_leaves_the_old_record_or_the_new_one() {
  for (uint8_t cut = 1; cut <= RECORD + STORE_OVERHEAD + 1; cut++) {
    cut_save_behind(1, cut);                // into cells that are erased
    cut_save_behind(STORE_MOST_SLOTS, cut); // over the first save
  }
}

static void a_record_of_other_firmware_is_not_taken() {
  new_chip();
  save(9);
  memset(&kept, 0, sizeof kept);
  store_open(&kept, RECORD, 4321, byte_of_record);
  TEST_ASSERT_FALSE(store_find(&kept));
}

static int run() {
  UNITY_BEGIN();
  RUN_TEST(a_new_chip_has_no_record);
  RUN_TEST(the_latest_of_many_saves_is_found_after_the_power_was_off);
  RUN_TEST(a_power_cut_in_any_write_leaves_the_old_record_or_the_new_one);
  RUN_TEST(a_record_of_other_firmware_is_not_taken);
  return UNITY_END();
}

#include "../support/run.h"

#include "store.h"

#include "cells.h"
#include "wire.h"

#define CRC_START (WIRE_CRC_START ^ STORE_VERSION) /* slots of other layouts have other CRCs */

enum { AT_GENERATION = 0, AT_SIZE = 4, AT_FINGERPRINT = 6, AT_RECORD = 10 }; /* in a slot */

static uint16_t slot_size(const store *s) { return (uint16_t)(s->record_size + STORE_OVERHEAD); }

static uint16_t address(const store *s, uint8_t slot, uint16_t at) {
  return (uint16_t)(s->from + slot * slot_size(s) + at);
}

/* The slot's last cell, behind the CRC. */
static uint16_t seal_at(const store *s) { return (uint16_t)(slot_size(s) - 1); }

static uint16_t crc_at(const store *s) { return (uint16_t)(seal_at(s) - WIRE_CRC_SIZE); }

static uint32_t read_number(uint16_t from, uint8_t bytes) {
  uint32_t number = 0;
  while (bytes--)
    number = number << 8 | cells_read((uint16_t)(from + bytes));
  return number;
}

static bool is_whole(const store *s, uint8_t slot) {
  const uint16_t from = address(s, slot, 0), end = crc_at(s);
  if (cells_read(from) != cells_read(address(s, slot, seal_at(s))) ||
      read_number((uint16_t)(from + AT_SIZE), 2) != s->record_size)
    return false;
  uint16_t crc = CRC_START;
  for (uint16_t at = 0; at < end; at++)
    crc = wire_crc16_update(crc, cells_read((uint16_t)(from + at)));
  return read_number((uint16_t)(from + end), WIRE_CRC_SIZE) == crc;
}

static uint32_t generation_of(const store *s, uint8_t slot) {
  return read_number(address(s, slot, AT_GENERATION), 4);
}

static bool is_ours(const store *s, uint8_t slot) {
  return read_number(address(s, slot, AT_FINGERPRINT), 4) == s->fingerprint;
}

static void consider(store *s, uint8_t slot) {
  if (!is_whole(s, slot))
    return;
  const uint32_t generation = generation_of(s, slot);
  if (generation >= s->generation) {
    s->generation = generation;
    s->latest = slot;
  }
  if (is_ours(s, slot) && (s->newest == STORE_NO_SLOT || generation >= generation_of(s, s->newest)))
    s->newest = slot;
}

bool store_find(store *s) {
  s->newest = STORE_NO_SLOT;
  for (uint8_t slot = 0; slot < s->slots; slot++)
    consider(s, slot);
  return s->newest != STORE_NO_SLOT;
}

/* `s` holds what is asked for, and zeros. */
static void open(store *s, uint16_t bytes) {
  const uint16_t room = (uint16_t)(bytes / slot_size(s));
  s->slots = (uint8_t)(room < STORE_MOST_SLOTS ? room : STORE_MOST_SLOTS);
  s->latest = (uint8_t)(s->slots - 1); /* an empty store is filled from the first slot on */
  while (!cells_ready())
    continue;
  store_find(s);
}

void store_open(store *s, uint16_t record_size, uint32_t fingerprint,
                uint8_t (*source)(uint16_t index)) {
  *s = (store){.source = source, .record_size = record_size, .fingerprint = fingerprint};
  open(s, STORE_BYTES);
}

void store_open_unit(store *s, uint16_t record_size, uint32_t fingerprint,
                     uint8_t (*source)(uint16_t index)) {
  *s = (store){.source = source, .record_size = record_size, .fingerprint = fingerprint};
  s->from = STORE_BYTES;
  open(s, STORE_UNIT_BYTES);
}

uint8_t store_read(const store *s, uint16_t index) {
  return cells_read(address(s, s->newest, (uint16_t)(AT_RECORD + index)));
}

bool store_is_of_unit(const store *s) { return s->from == STORE_BYTES; }

bool store_busy(const store *s) { return s->activity != STORE_IDLE; }

static bool is_worn(const store *s, uint8_t slot) { return s->worn & (1 << slot); }

static void finish(store *s, bool failed) {
  s->activity = STORE_IDLE;
  s->failed = failed;
}

/* Of a slot that was left unfinished, by a power cut or an erase, a cell may hold its value weakly:
 * it reads right today and wrong on a warm day. So none of them is taken as it stands. */
static void enter(store *s, uint8_t slot) {
  s->slot = slot;
  s->anew = cells_read(address(s, slot, 0)) != cells_read(address(s, slot, seal_at(s)));
  s->at = 0;
  s->written = false;
  s->crc = wire_crc16_update(CRC_START, (uint8_t)s->generation);
}

static uint8_t behind(const store *s, uint8_t slot) {
  return (uint8_t)(slot + 1 < s->slots ? slot + 1 : 0);
}

/* The newest record must stay, and what is behind the latest is the oldest. */
static void enter_next_slot(store *s) {
  for (uint8_t tried = 0; tried < s->slots; tried++) {
    s->latest = behind(s, s->latest);
    if (s->latest != s->newest && !is_worn(s, s->latest)) {
      enter(s, s->latest);
      return;
    }
  }
  finish(s, true);
}

/* store_work() looks for the slot: a save for which none is left ends there too, as any other. */
void store_save(store *s) {
  s->activity = STORE_SAVING;
  s->generation++;
  s->slot = STORE_NO_SLOT;
}

/* The newest goes last, or an older one would take its place if the power were cut in between. */
static uint8_t last_to_erase(const store *s) {
  return s->newest == STORE_NO_SLOT ? s->latest : s->newest;
}

void store_erase(store *s) {
  s->activity = STORE_ERASING;
  enter(s, behind(s, last_to_erase(s)));
}

static uint8_t byte_of(uint32_t number, uint16_t place) { return (uint8_t)(number >> 8 * place); }

static uint8_t body(const store *s, uint16_t at) {
  if (at >= seal_at(s))
    return (uint8_t)s->generation;
  if (at >= crc_at(s))
    return byte_of(s->crc, (uint16_t)(at - crc_at(s)));
  if (at >= AT_RECORD)
    return s->source((uint16_t)(at - AT_RECORD));
  if (at >= AT_FINGERPRINT)
    return byte_of(s->fingerprint, (uint16_t)(at - AT_FINGERPRINT));
  if (at >= AT_SIZE)
    return byte_of(s->record_size, (uint16_t)(at - AT_SIZE));
  return byte_of(s->generation, at);
}

/* What breaks the seal: a first cell that differs from the last. One that differs already, after a
 * power cut or an erase, is left alone: were it written, a power cut could leave it as the last. */
static uint8_t unsealed(const store *s) {
  const uint8_t first = cells_read(address(s, s->slot, 0));
  const uint8_t last = cells_read(address(s, s->slot, seal_at(s)));
  if (first != last)
    return first;
  return (uint8_t)s->generation != last ? (uint8_t)s->generation : (uint8_t)~last;
}

/* The order of a save: the seal broken, all that follows the first cell, the first cell again,
 * which mostly has its value from the start. */
static uint16_t place(const store *s) { return s->at == slot_size(s) ? 0 : s->at; }

static uint8_t wanted(const store *s) { return s->at ? body(s, s->at) : unsealed(s); }

static void erase_next(store *s) {
  if (s->slot != last_to_erase(s)) {
    enter(s, behind(s, s->slot));
    return;
  }
  s->newest = STORE_NO_SLOT;
  finish(s, false);
}

static void advance(store *s, uint8_t value) {
  s->written = false;
  if (s->activity == STORE_ERASING) {
    erase_next(s);
  } else if (s->at == slot_size(s)) {
    s->newest = s->slot;
    finish(s, false);
  } else {
    if (s->at && s->at < crc_at(s))
      s->crc = wire_crc16_update(s->crc, value);
    s->at++;
  }
}

static void give_up_slot(store *s) {
  s->worn = (uint8_t)(s->worn | 1 << s->slot);
  if (s->activity == STORE_SAVING)
    enter_next_slot(s);
  else
    finish(s, true);
}

/* The first place is that of the seal to be broken, which unsealed() leaves alone if it is. */
static bool is_kept(const store *s) { return s->written || !s->anew || !s->at; }

bool store_work(store *s) {
  if (!cells_ready())
    return false;
  if (s->slot == STORE_NO_SLOT) {
    enter_next_slot(s);
    return true;
  }
  const uint16_t cell = address(s, s->slot, place(s));
  const uint8_t value = wanted(s);
  if (cells_read(cell) == value && is_kept(s)) {
    advance(s, value);
  } else if (s->written) {
    give_up_slot(s);
  } else {
    cells_write(cell, value);
    s->written = true;
  }
  return true;
}

uint8_t store_worn_slots(const store *s) {
  uint8_t count = 0;
  for (uint8_t slot = 0; slot < s->slots; slot++)
    count = (uint8_t)(count + is_worn(s, slot));
  return count;
}

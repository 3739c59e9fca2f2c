/* A record that outlives power cuts, in slots of EEPROM that take turns.
 *
 *   slot: generation u32 | size u16 | fingerprint u32 | record | CRC-16 of all that | seal u8
 *
 * The seal is the generation's low byte again: a slot counts only if its first cell equals its
 * last, and size and CRC agree. A save goes through the oldest slot from the first cell to the
 * last, so the seal is broken by the first write and whole with the last one, and every cell is
 * written once. Whatever a power cut leaves in the cell that was being written, the slot is as it
 * was before, or complete, or no slot; erased cells are none, for their size. Every cell is read
 * back; a slot with a cell that does not keep its value is passed over. Cells that hold their value
 * already are not written: they wear out after 100,000 writes (ATmega328P datasheet, table 8-1). */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  STORE_BYTES = 960, /* of 1,024, from the first; the rest is for what belongs to the unit */
  STORE_UNIT_BYTES = 64,
  STORE_OVERHEAD = 13, /* bytes of a slot beside its record */
  STORE_MOST_SLOTS = 8,
  STORE_VERSION = 0xA2, /* of the slot's layout: what the CRC starts from */
  STORE_NO_SLOT = 255,
};

typedef enum { STORE_IDLE, STORE_SAVING, STORE_ERASING } store_activity;

/* All zero, but for what store_open() fills in. Others read `newest`, `generation`, `activity`
 * and `failed`, and carry `worn` and `failed` over a store_open(). */
typedef struct {
  uint8_t (*source)(uint16_t index); /* byte of the record to save; the same until it is done */
  uint16_t from;                     /* first cell of the first slot */
  uint16_t record_size;              /* bytes */
  uint32_t fingerprint;              /* of what the record's bytes mean */
  uint32_t generation;               /* of the latest save */
  uint8_t slots;
  uint8_t newest; /* slot of the newest record with our fingerprint, or STORE_NO_SLOT */
  uint8_t latest; /* slot written last, whoever wrote it */
  uint8_t worn;   /* a bit for each slot */
  uint8_t activity;
  bool failed;  /* the latest save or erase did not succeed */
  bool written; /* the present cell was written, and is to be read back */
  bool anew;    /* all cells of the slot are written, also those that have their value */
  uint8_t slot; /* being written; STORE_NO_SLOT: to be looked for */
  uint16_t at;  /* place in the order of writes */
  uint16_t crc;
} store;

/* Looks for the newest record; waits while a write from before the reset is going on. */
void store_open(store *s, uint16_t record_size, uint32_t fingerprint,
                uint8_t (*source)(uint16_t index));

/* As store_open(), in the cells for what belongs to the unit: its calibration. */
void store_open_unit(store *s, uint16_t record_size, uint32_t fingerprint,
                     uint8_t (*source)(uint16_t index));

bool store_is_of_unit(const store *s); /* opened by store_open_unit() */

/* Looks again: slots are checked anew. False: there is no record. Not during a save or erase. */
bool store_find(store *s);

uint8_t store_read(const store *s, uint16_t index); /* byte of the newest record */

/* Both begin what store_work() does. Not during another. */
void store_save(store *s);
void store_erase(store *s);

bool store_busy(const store *s);

/* At most one write. False: nothing can be done yet, as a cell is being written. */
bool store_work(store *s);

uint8_t store_worn_slots(const store *s); /* found since store_open() */

#ifdef __cplusplus
}
#endif
#endif

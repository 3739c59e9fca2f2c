/* The weights in EEPROM, and what it takes to go on with them: step, rate, whether they learn; and
 * the unit's calibration, in cells of its own, which a new firmware or an erase leaves alone.
 * Training waits while they are written, three quarters of a second, so that what is kept is one
 * step's weights; a copy to write from would take 201 bytes of SRAM. */
#include <string.h>

#include "state.h"
#include "weight_bytes.h"

#define UNIT_FORMAT UINT32_C(0x314C4143) /* "CAL1": changes with the fields of `calibration` */

enum { KEPT_LEARNING, KEPT_RATE, KEPT_STEP = 3, KEPT_WEIGHTS = 7 }; /* places in the record */

static uint8_t head[KEPT_WEIGHTS]; /* a lesson may change the rate while it is written */

static uint8_t weight_byte(uint16_t place) {
  const uint16_t index = place / WIRE_BYTES_PER_WEIGHT;
  const uint32_t weight = (uint32_t)fixprop_weight(tracker.learner.network, index);
  return (uint8_t)(weight >> 8 * (place - index * WIRE_BYTES_PER_WEIGHT));
}

static uint8_t kept_byte(uint16_t place) {
  return place < KEPT_WEIGHTS ? head[place] : weight_byte((uint16_t)(place - KEPT_WEIGHTS));
}

static uint8_t unit_byte(uint16_t place) { return tracker.unit[place]; }

static void open_weights(void) {
  const uint16_t weights = fixprop_weight_count(tracker.learner.network);
  store_open(&tracker.store, (uint16_t)(KEPT_WEIGHTS + weights * WIRE_BYTES_PER_WEIGHT),
             tracker.identity.fingerprint, kept_byte);
}

static void open_unit(void) {
  store_open_unit(&tracker.store, sizeof tracker.unit, UNIT_FORMAT, unit_byte);
}

static void load_unit(void) {
  open_unit();
  memset(tracker.unit, 0, sizeof tracker.unit);
  if (tracker.store.newest == STORE_NO_SLOT)
    return;
  for (uint8_t place = 0; place < sizeof tracker.unit; place++)
    tracker.unit[place] = store_read(&tracker.store, place);
}

void keep_begin(void) {
  load_unit();
  open_weights();
  keep_load();
}

void keep_unit(const uint8_t *bytes) {
  memcpy(tracker.unit, bytes, sizeof tracker.unit);
  tracker.worn = tracker.store.worn;
  tracker.failed = tracker.store.failed;
  open_unit();
  store_save(&tracker.store);
}

/* One store serves both, in turn: a second one would take 26 bytes of SRAM. */
static void back_to_weights(void) {
  open_weights();
  tracker.store.worn = tracker.worn;
  tracker.store.failed = tracker.failed;
}

void keep_save(void) {
  head[KEPT_LEARNING] = tracker.learning;
  wire_put_u16(head + KEPT_RATE, tracker.learner.network->rate);
  wire_put_u32(head + KEPT_STEP, tracker.learner.step);
  store_save(&tracker.store);
}

static int32_t kept_weight(uint16_t place) {
  const store *s = &tracker.store;
  const uint8_t bytes[WIRE_BYTES_PER_WEIGHT] = {store_read(s, place),
                                                store_read(s, (uint16_t)(place + 1)),
                                                store_read(s, (uint16_t)(place + 2))};
  return get_weight(bytes);
}

static void load_weights(fixprop_network *network) {
  const uint16_t count = fixprop_weight_count(network);
  uint16_t place = KEPT_WEIGHTS;
  for (uint16_t i = 0; i < count; i++, place = (uint16_t)(place + WIRE_BYTES_PER_WEIGHT))
    fixprop_set_weight(network, i, kept_weight(place));
}

bool keep_load(void) {
  if (!store_find(&tracker.store))
    return false;
  for (uint8_t place = 0; place < sizeof head; place++)
    head[place] = store_read(&tracker.store, place);
  load_weights(tracker.learner.network);
  tracker.learning = head[KEPT_LEARNING];
  tracker.learner.network->rate = wire_get_u16(head + KEPT_RATE);
  tracker.learner.step = tracker.step_at_reading = wire_get_u32(head + KEPT_STEP);
  tracker.weights_source = WIRE_WEIGHTS_SOURCE_EEPROM;
  tracker.push_next = 0;
  return true;
}

static void tell_end(bool erased) {
  uint16_t rate = tracker.learner.network->rate;
  uint8_t operation = WIRE_STORE_OPERATION_ERASE;
  if (!erased && store_is_of_unit(&tracker.store)) {
    operation = WIRE_STORE_OPERATION_CALIBRATE;
  } else if (!erased) {
    operation = WIRE_STORE_OPERATION_SAVE;
    rate = wire_get_u16(head + KEPT_RATE);
  }
  telemetry_stored(operation, tracker.store.failed, rate);
}

bool keep_work(void) {
  const bool erases = tracker.store.activity == STORE_ERASING;
  if (!store_work(&tracker.store))
    return false;
  if (store_busy(&tracker.store))
    return true;
  tell_end(erases);
  if (store_is_of_unit(&tracker.store))
    back_to_weights();
  return true;
}

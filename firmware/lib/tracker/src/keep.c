/* The weights in EEPROM, and what it takes to go on with them: step, rate, whether they learn.
 * Training waits while they are written, three quarters of a second, so that what is kept is one
 * step's weights; a copy to write from would take 201 bytes of SRAM. */
#include "state.h"
#include "weight_bytes.h"

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

void keep_begin(void) {
  const uint16_t weights = fixprop_weight_count(tracker.learner.network);
  store_open(&tracker.store, (uint16_t)(KEPT_WEIGHTS + weights * WIRE_BYTES_PER_WEIGHT),
             tracker.identity.fingerprint, kept_byte);
  keep_load();
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

bool keep_work(void) {
  const bool erases = tracker.store.activity == STORE_ERASING;
  if (!store_work(&tracker.store))
    return false;
  if (!store_busy(&tracker.store))
    telemetry_stored(erases ? WIRE_STORE_OPERATION_ERASE : WIRE_STORE_OPERATION_SAVE,
                     tracker.store.failed);
  return true;
}

/* The tracker's whole C, watched while bytes come: its state may change only when a command is
 * accepted, answered and not refused. */
#include <string.h>

#include "state.h"

enum { EEPROM_BYTES = 1024, OUTBOX_BYTES = 4096, MOST_WEIGHTS = 128 };

typedef struct {
  uint32_t accepted;           /* commands taken from the line */
  uint32_t refused;            /* of these, answered with something else than ok */
  uint32_t unanswered;         /* of these, with no answer or more than one */
  uint32_t changed_silently;   /* bytes that changed the state and ended no command */
  uint32_t changed_on_refusal; /* refused commands that changed the state */
} watch_counts;

typedef struct {
  tracker_state tracker;
  uint16_t rate;
  int32_t weights[MOST_WEIGHTS];
  uint8_t eeprom[EEPROM_BYTES];
} watched;

void native_begin(void);
uint16_t native_take(uint8_t *bytes);
uint8_t *native_eeprom(void);

void watch_begin(void);
uint32_t watch_size(void);
void watch_state(uint8_t *out);
uint8_t watch_receive(uint8_t byte, uint8_t *payload, watch_counts *counts);

/* Without what a frame moves by itself, and without addresses, which differ between two copies. */
static void look(watched *w) {
  memset(w, 0, sizeof *w);
  w->tracker = tracker;
  memset(&w->tracker.identity, 0, sizeof w->tracker.identity); /* the bytes between its fields */
  w->tracker.identity.fingerprint = tracker.identity.fingerprint;
  w->tracker.identity.seed = tracker.identity.seed;
  w->tracker.identity.reset_cause = tracker.identity.reset_cause;
  memset(&w->tracker.receiver, 0, sizeof w->tracker.receiver);
  w->tracker.tx_sequence = 0;
  w->tracker.lost_tx_frames = 0;
  w->tracker.learner.network = NULL;
  w->tracker.store.source = NULL;
  w->rate = tracker.learner.network->rate;
  for (uint16_t i = 0; i < fixprop_weight_count(tracker.learner.network); i++)
    w->weights[i] = fixprop_weight(tracker.learner.network, i);
  memcpy(w->eeprom, native_eeprom(), EEPROM_BYTES);
}

void watch_begin(void) {
  memset(&tracker, 0, sizeof tracker);
  memset(native_eeprom(), 0xFF, EEPROM_BYTES);
  native_begin();
}

uint32_t watch_size(void) { return sizeof(watched); }

void watch_state(uint8_t *out) { look((watched *)(void *)out); }

/* Answers among what the tracker sent; `result` is that of the last. */
static uint32_t answers(uint8_t *result) {
  static uint8_t bytes[OUTBOX_BYTES];
  wire_receiver host = {0};
  const uint16_t count = native_take(bytes);
  uint32_t found = 0;
  *result = WIRE_RESULT_OK;
  for (uint16_t i = 0; i < count; i++) {
    if (!wire_receive(&host, bytes[i]))
      continue;
    const uint8_t code = host.payload[WIRE_CODE];
    found += code == WIRE_ACK || code == WIRE_HELLO;
    if (code == WIRE_ACK)
      *result = host.payload[WIRE_HEADER_SIZE + 2];
  }
  return found;
}

static void judge(bool changed, watch_counts *counts) {
  uint8_t result;
  counts->accepted++;
  counts->unanswered += answers(&result) != 1;
  counts->refused += result != WIRE_RESULT_OK;
  counts->changed_on_refusal += changed && result != WIRE_RESULT_OK;
}

/* The length of the payload that this byte completed, copied to `payload`; or 0. */
uint8_t watch_receive(uint8_t byte, uint8_t *payload, watch_counts *counts) {
  static watched before, after;
  uint8_t length = 0, result;
  wire_receiver ahead = tracker.receiver;
  answers(&result);
  look(&before);
  length = wire_receive(&ahead, byte);
  memcpy(payload, ahead.payload, WIRE_MAX_PAYLOAD);
  tracker_receive(byte);
  look(&after);
  const bool changed = memcmp(&before, &after, sizeof before) != 0;
  if (length)
    judge(changed, counts);
  else
    counts->changed_silently += changed;
  return length;
}

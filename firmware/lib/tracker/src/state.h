/* The tracker's one state, shared by tracker.c, telemetry.c and commands.c. Private to the library.
 */
#ifndef TRACKER_STATE_H
#define TRACKER_STATE_H

#include "board.h"
#include "learner.h"
#include "store.h"
#include "teach.h"
#include "tracker.h"
#include "wire.h"

typedef struct {
  tracker_identity identity;
  learner learner;
  lesson lesson;
  bool learning;
  store store;
  uint8_t weights_source;
  uint16_t push_next;  /* next weight of a push that has begun; 0: none has */
  uint16_t held_us;    /* pulse the host wants held; 0: the network points */
  uint16_t pointer_us; /* pulse in force */
  uint32_t reading_index;
  uint32_t step_at_reading; /* learner.step when the latest reading came */
  uint16_t steps_last_reading;
  bool dumping;
  uint16_t dump_next; /* next weight to send */
  uint8_t tx_sequence;
  uint16_t lost_tx_frames;
  wire_receiver receiver;
} tracker_state;

extern tracker_state tracker;

void telemetry_hello(void);
void telemetry_reading(const wire_reading *reading);
void telemetry_weight_check(void);
void telemetry_health(void);
void telemetry_ack(const wire_ack *ack);
void telemetry_trained(void);
void telemetry_stored(uint8_t operation, bool failed);
bool telemetry_next_weights(void); /* false: no room on the line yet */

/* What is kept over a power cut: weights, step, rate, and whether they learn. */
void keep_begin(void);
void keep_save(void);
bool keep_load(void); /* false: nothing is kept */
bool keep_work(void); /* part of a save or erase; false: the EEPROM is busy */

void commands_take(const uint8_t *payload, uint8_t length);

#endif

/* The tracker's one state, shared by tracker.c, telemetry.c and commands.c. Private to the library.
 */
#ifndef TRACKER_STATE_H
#define TRACKER_STATE_H

#include "board.h"
#include "learner.h"
#include "teach.h"
#include "tracker.h"
#include "wire.h"

typedef struct {
  tracker_identity identity;
  learner learner;
  lesson lesson;
  bool learning;
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
bool telemetry_next_weights(void); /* false: no room on the line yet */

void commands_take(const uint8_t *payload, uint8_t length);

#endif

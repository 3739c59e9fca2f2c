/* The tracker's one state, shared by the sources that include this. Private to the library. */
#ifndef TRACKER_STATE_H
#define TRACKER_STATE_H

#include "board.h"
#include "button.h"
#include "learner.h"
#include "store.h"
#include "teach.h"
#include "tracker.h"
#include "wire.h"

enum { UNIT_BYTES = WIRE_CALIBRATION_SIZE - WIRE_HEADER_SIZE, UNIT_BANDGAP = 4 };

typedef struct {
  tracker_identity identity;
  learner learner;
  lesson lesson;
  bool by_button; /* the lesson was started by the button, or its end is still due */
  bool learning;
  store store;
  uint8_t worn;             /* of the weights' store, while the unit's is open */
  bool failed;              /* the same */
  uint8_t unit[UNIT_BYTES]; /* calibration, as on the wire */
  uint8_t weights_source;
  uint16_t push_next;  /* next weight of a push that has begun; 0: none has */
  uint16_t supply_mv;  /* at the latest reading */
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
void telemetry_reading(wire_reading *reading); /* adds what the board is doing to its state */
void telemetry_weight_check(void);
void telemetry_health(void);
void telemetry_ack(const wire_ack *ack);
void telemetry_trained(void);
void telemetry_pressed(uint8_t action);
void telemetry_calibration(void);
void telemetry_stored(uint8_t operation, bool failed, uint16_t rate);
bool telemetry_next_weights(void); /* false: no room on the line yet */

/* What is kept over a power cut: weights, step, rate, and whether they learn. */
void keep_begin(void);
void keep_save(void);
bool keep_load(void); /* false: nothing is kept */
bool keep_work(void); /* part of a save or erase; false: the EEPROM is busy */

void keep_unit(const uint8_t *bytes); /* a calibration, UNIT_BYTES as on the wire */

bool are_weights_in_use(void); /* sent or stored: they must not change now */
void lesson_start(uint16_t readings);
void weights_reset(uint32_t seed);

void standalone_turn(void); /* ends the button's lesson when its time is over */
void standalone_show(uint16_t left, uint16_t right, int16_t presence);

void commands_take(const uint8_t *payload, uint8_t length);

#endif

/* What is learned from readings: network inputs, labelled samples, the replay memory, training.
 * host/fixprop/tracking/learner.py is the same thing in Python, equal in every bit. */
#ifndef TRACKER_LEARNER_H
#define TRACKER_LEARNER_H

#include <stdbool.h>
#include <stdint.h>

#include "fixprop.h"
#include "tracker_definition.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the network sees of one reading, small enough to keep many. */
typedef struct {
  uint16_t left, right;              /* counts x 8 */
  int8_t left_change, right_change;  /* since the reading before, counts x 8 >> CHANGE_SHIFT */
} learner_view;

/* Quarter degrees; LABEL_UNKNOWN in both: no hand is there. */
typedef struct {
  int8_t bearing, bearing_ahead;
} learner_label;

typedef struct {
  learner_view view;
  learner_label label;
} learner_sample;

typedef struct {
  fixprop_network *network;
  fixprop_generator order; /* draws which sample is trained, and which one is replaced */
  uint32_t step;           /* training steps done */
  learner_view view;       /* the latest reading */
  bool has_view;
  bool waiting; /* `pending` waits for the next reading's label, its bearing_ahead */
  learner_sample pending;
  uint16_t rejected_samples;
  /* The replay memory: absent ones apart, or a lesson full of hands would push them out. */
  uint8_t absent_count, present_count;
  learner_sample absent[MEMORY_ABSENT];
  learner_sample present[MEMORY_PRESENT];
} learner;

/* Initial weights and the order of training both come from the seed. */
void learner_reset(learner *l, fixprop_network *network, uint32_t seed);

/* Takes a reading and returns the network's outputs for it. */
const int16_t *learner_read(learner *l, uint16_t left, uint16_t right);

/* The latest reading's label during a lesson. The sample is kept when the next one comes. */
void learner_label_lesson(learner *l, int8_t bearing);

/* There is no label for the latest reading: a sample that waits for one goes without. */
void learner_label_none(learner *l);

/* The latest reading's label from outside a lesson; the sample is kept at once. */
void learner_mark(learner *l, int8_t bearing);

/* Labels in quarter degrees from a servo pulse and from a network output (Q0.15). */
int8_t learner_label_of_pulse(uint16_t pulse_us);
int8_t learner_label_of_bearing(int16_t bearing);

uint8_t learner_memory_count(const learner *l);

/* One training step on a drawn sample; false while the memory is empty. */
bool learner_train(learner *l);

#ifdef __cplusplus
}
#endif
#endif

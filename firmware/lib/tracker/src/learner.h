/* What is learned from readings: network inputs, labelled samples, the replay memory, training.
 * host/fixprop/tracking/learner.py is the same thing in Python, equal in every bit.
 *
 * The memory is a map of the field: one cell for each band of bearings and band of distance, and in
 * it the running mean of the samples that fell there. A mean carries less noise than any one
 * sample, and what was learned early is kept wherever the hand goes later. */
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
  uint16_t left, right;             /* counts x 8 */
  int8_t left_change, right_change; /* since the reading before, counts x 8 >> CHANGE_SHIFT */
} learner_view;

/* One cell of the replay memory. */
typedef struct {
  learner_view view; /* left and right averaged, the changes as in the latest */
  int16_t bearing;   /* target averaged, Q0.15; FIXPROP_NO_TARGET: no hand is there */
  int8_t ahead_step; /* label of the next reading less this one's; LABEL_UNKNOWN */
} learner_sample;

/* Labels are quarter degrees; LABEL_UNKNOWN: no hand is there. */
typedef struct {
  fixprop_network *network;
  fixprop_generator order; /* draws which sample is trained */
  uint32_t step;           /* training steps done */
  learner_view view;       /* the latest reading */
  bool has_view;
  bool waiting; /* the reading before waits for this one's label, one step ahead of its own */
  learner_view waiting_view;
  int8_t waiting_label;
  uint8_t memory_count;                      /* cells filled */
  uint8_t memory_filled[MEMORY_SAMPLES / 8]; /* a bit for each cell */
  uint8_t next_absent;
  uint16_t rejected_samples;             /* since the chip's start */
  learner_sample memory[MEMORY_SAMPLES]; /* a cell for each place of the field, then the absent */
} learner;

/* Initial weights and the order of training both come from the seed. The count of rejected samples
 * goes on. */
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

/* One training step on a drawn sample; false while the memory is empty. */
bool learner_train(learner *l);

/* One training step on a sample from outside, inputs and targets as the network takes them, Q0.15;
 * the memory and its order are left alone. */
void learner_train_on(learner *l, const int16_t inputs[4], const int16_t targets[3]);

#ifdef __cplusplus
}
#endif
#endif

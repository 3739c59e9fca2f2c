#include "learner.h"

#include <string.h>

void learner_reset(learner *l, fixprop_network *network, uint32_t seed) {
  memset(l, 0, sizeof *l);
  l->network = network;
  fixprop_seed(&l->order, seed);
  fixprop_initialise(network, &l->order, WEIGHT_SPREAD);
  network->rate = RATE_START;
}

static int16_t saturate16(int32_t value) {
  return (int16_t)(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
}

static int8_t change_of(uint16_t now, uint16_t before) {
  const int16_t change = (int16_t)((int16_t)(now - before) >> CHANGE_SHIFT);
  return (int8_t)(change < -128 ? -128 : change > 127 ? 127 : change);
}

static int16_t level(uint16_t reading) {
  return saturate16(((int32_t)reading - LEVEL_ZERO) * LEVEL_GAIN);
}

static void show(fixprop_network *network, const learner_view *view) {
  network->values[0] = level(view->left);
  network->values[1] = level(view->right);
  network->values[2] = (int16_t)(view->left_change * CHANGE_GAIN);
  network->values[3] = (int16_t)(view->right_change * CHANGE_GAIN);
}

const int16_t *learner_read(learner *l, uint16_t left, uint16_t right) {
  learner_view view = {left, right, 0, 0};
  if (l->has_view) {
    view.left_change = change_of(left, l->view.left);
    view.right_change = change_of(right, l->view.right);
  }
  l->view = view;
  l->has_view = true;
  show(l->network, &view);
  return fixprop_forward(l->network);
}

static bool plausible(const learner_view *view) {
  return view->left <= READING_HIGHEST && view->right <= READING_HIGHEST;
}

/* A full memory takes one in MEMORY_REPLACE new samples, each in the place of a drawn one. */
static void keep(learner *l, learner_sample *memory, uint8_t *count, uint8_t size,
                 const learner_sample *sample) {
  uint16_t slot = *count;
  if (slot < size)
    ++*count;
  else
    slot = fixprop_below(&l->order, size * MEMORY_REPLACE);
  if (slot < size) memory[slot] = *sample;
}

static void store(learner *l, const learner_sample *sample) {
  if (!plausible(&sample->view)) {
    if (l->rejected_samples != UINT16_MAX) l->rejected_samples++;
  } else if (sample->label.bearing == LABEL_UNKNOWN) {
    keep(l, l->absent, &l->absent_count, MEMORY_ABSENT, sample);
  } else {
    keep(l, l->present, &l->present_count, MEMORY_PRESENT, sample);
  }
}

static void finish_pending(learner *l, int8_t bearing_ahead) {
  if (!l->waiting) return;
  l->waiting = false;
  if (l->pending.label.bearing != LABEL_UNKNOWN) l->pending.label.bearing_ahead = bearing_ahead;
  store(l, &l->pending);
}

void learner_label_lesson(learner *l, int8_t bearing) {
  finish_pending(l, bearing);
  l->pending = (learner_sample){l->view, {bearing, LABEL_UNKNOWN}};
  l->waiting = true;
}

void learner_label_none(learner *l) {
  finish_pending(l, LABEL_UNKNOWN);
}

void learner_mark(learner *l, int8_t bearing) {
  const learner_sample sample = {l->view, {bearing, LABEL_UNKNOWN}};
  if (l->has_view) store(l, &sample);
}

static int8_t label_of(int16_t quarter_degrees) {
  return (int8_t)(quarter_degrees < -127 ? -127 : quarter_degrees > 127 ? 127 : quarter_degrees);
}

int8_t learner_label_of_pulse(uint16_t pulse_us) {
  const int32_t offset_us = (int32_t)pulse_us - SERVO_CENTRE_US;
  return label_of((int16_t)((offset_us * LABEL_PER_US_Q8 + 128) >> 8));
}

int8_t learner_label_of_bearing(int16_t bearing) {
  return label_of((int16_t)(((int32_t)bearing + BEARING_PER_LABEL / 2) >> BEARING_LABEL_SHIFT));
}

static int16_t bearing_target(int8_t label) {
  return label == LABEL_UNKNOWN ? FIXPROP_NO_TARGET : (int16_t)(label * BEARING_PER_LABEL);
}

uint8_t learner_memory_count(const learner *l) {
  return (uint8_t)(l->absent_count + l->present_count);
}

static const learner_sample *draw(learner *l) {
  const uint16_t slot = fixprop_below(&l->order, learner_memory_count(l));
  return slot < l->absent_count ? &l->absent[slot] : &l->present[slot - l->absent_count];
}

bool learner_train(learner *l) {
  if (!learner_memory_count(l)) return false;
  const learner_sample *sample = draw(l);
  const bool present = sample->label.bearing != LABEL_UNKNOWN;
  const int16_t targets[3] = {bearing_target(sample->label.bearing),
                              bearing_target(sample->label.bearing_ahead),
                              present ? PRESENCE_TARGET : -PRESENCE_TARGET};
  show(l->network, &sample->view);
  fixprop_train(l->network, targets);
  l->step++;
  return true;
}

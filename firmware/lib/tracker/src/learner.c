#include "learner.h"

#include <string.h>

#include "fixprop_saturation.h"

void learner_reset(learner *l, fixprop_network *network, uint32_t seed) {
  const uint16_t rejected_samples = l->rejected_samples;
  memset(l, 0, sizeof *l);
  l->rejected_samples = rejected_samples;
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
  const int8_t seen = (int8_t)(change < -128 ? -128 : change > 127 ? 127 : change);
  return (int8_t)FIXPROP_COUNTED(inputs, change, seen);
}

static int16_t level(uint16_t left, uint16_t right) {
  const int32_t exact = ((int32_t)left + right - 2 * LEVEL_ZERO) * LEVEL_GAIN;
  return (int16_t)FIXPROP_COUNTED(inputs, exact, saturate16(exact));
}

static int16_t difference(uint16_t left, uint16_t right) {
  const int32_t exact = ((int32_t)left - right) * DIFFERENCE_GAIN;
  return (int16_t)FIXPROP_COUNTED(inputs, exact, saturate16(exact));
}

/* Sum and difference rather than left and right: the readings of one hand rise and fall together,
 * and gradient descent is slow along what two inputs share. */
static void show(fixprop_network *network, const learner_view *view) {
  network->values[0] = level(view->left, view->right);
  network->values[1] = difference(view->left, view->right);
  network->values[2] = (int16_t)((view->left_change + view->right_change) * CHANGE_GAIN);
  network->values[3] = (int16_t)((view->left_change - view->right_change) * CHANGE_GAIN);
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

static bool in_reach(int16_t value, int16_t low, int16_t high) {
  return value >= low && value <= high;
}

/* False if a sensor's wire must be loose, or no hand can be where the label says. */
static bool plausible(const learner_view *view, int8_t label) {
  const bool hand = label != LABEL_UNKNOWN;
  const int16_t lowest = hand ? READING_LOWEST : 0;
  return in_reach((int16_t)view->left, lowest, READING_HIGHEST) &&
         in_reach((int16_t)view->right, lowest, READING_HIGHEST) &&
         (!hand || in_reach(label, -LABEL_WIDEST, LABEL_WIDEST));
}

/* A quarter of the way from *mean to value: a running mean of the latest few samples. */
static int16_t towards(int16_t mean, int16_t value) {
  return (int16_t)(mean +
                   (((int32_t)value - mean + (1 << (MEMORY_MEAN_SHIFT - 1))) >> MEMORY_MEAN_SHIFT));
}

/* Where in the field: BEARING_BANDS of 2 degrees times LEVEL_BANDS of distance. */
static uint8_t cell_of(const learner_view *view, int8_t label) {
  const uint16_t sum = (uint16_t)(view->left + view->right);
  const uint8_t level =
      (uint8_t)((sum > LEVEL_EDGE_1) + (sum > LEVEL_EDGE_2) + (sum > LEVEL_EDGE_3));
  const int8_t band = (int8_t)((label >> BEARING_BAND_SHIFT) + BEARING_BANDS / 2);
  const uint8_t column = band < 0 ? 0 : band >= BEARING_BANDS ? BEARING_BANDS - 1 : (uint8_t)band;
  return (uint8_t)(level * BEARING_BANDS + column);
}

static bool is_filled(const learner *l, uint8_t slot) {
  return l->memory_filled[slot / 8] & (1 << slot % 8);
}

static void put(learner *l, uint8_t slot, const learner_sample *sample) {
  if (!is_filled(l, slot)) {
    l->memory_filled[slot / 8] = (uint8_t)(l->memory_filled[slot / 8] | 1 << slot % 8);
    l->memory_count++;
  }
  l->memory[slot] = *sample;
}

static void store_present(learner *l, const learner_view *view, int8_t label, int8_t ahead_step) {
  const uint8_t slot = cell_of(view, label);
  learner_sample sample = {*view, (int16_t)(label * BEARING_PER_LABEL), ahead_step};
  const learner_sample *mean = &l->memory[slot];
  if (is_filled(l, slot)) {
    sample.view.left = (uint16_t)towards((int16_t)mean->view.left, (int16_t)view->left);
    sample.view.right = (uint16_t)towards((int16_t)mean->view.right, (int16_t)view->right);
    sample.bearing = towards(mean->bearing, sample.bearing);
  }
  put(l, slot, &sample);
}

static void store_absent(learner *l, const learner_view *view) {
  const learner_sample sample = {*view, FIXPROP_NO_TARGET, LABEL_UNKNOWN};
  put(l, (uint8_t)(MEMORY_CELLS + l->next_absent), &sample);
  l->next_absent = (uint8_t)((l->next_absent + 1) % MEMORY_ABSENT);
}

static void store(learner *l, const learner_view *view, int8_t label, int8_t ahead_step) {
  if (!plausible(view, label)) {
    if (l->rejected_samples != UINT16_MAX)
      l->rejected_samples++;
  } else if (label == LABEL_UNKNOWN) {
    store_absent(l, view);
  } else {
    store_present(l, view, label, ahead_step);
  }
}

static int8_t step_between(int8_t label, int8_t next) {
  const int16_t step = (int16_t)(next - label);
  if (label == LABEL_UNKNOWN || next == LABEL_UNKNOWN || step > 127 || step < -127)
    return LABEL_UNKNOWN;
  return (int8_t)step;
}

static void finish_waiting(learner *l, int8_t next) {
  if (l->waiting)
    store(l, &l->waiting_view, l->waiting_label, step_between(l->waiting_label, next));
  l->waiting = false;
}

void learner_label_lesson(learner *l, int8_t bearing) {
  finish_waiting(l, bearing);
  l->waiting_view = l->view;
  l->waiting_label = bearing;
  l->waiting = true;
}

void learner_label_none(learner *l) { finish_waiting(l, LABEL_UNKNOWN); }

void learner_mark(learner *l, int8_t bearing) {
  if (l->has_view)
    store(l, &l->view, bearing, LABEL_UNKNOWN);
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

static uint8_t ones(uint8_t bits) {
  bits = (uint8_t)(bits - ((bits >> 1) & 0x55));
  bits = (uint8_t)((bits & 0x33) + ((bits >> 2) & 0x33));
  return (bits + (bits >> 4)) & 0x0F;
}

/* One of the filled cells, all alike, in the same time whether few or many are filled. */
static const learner_sample *draw(learner *l) {
  uint8_t rank = (uint8_t)fixprop_below(&l->order, l->memory_count);
  const learner_sample *sample = l->memory;
  const uint8_t *byte = l->memory_filled;
  for (uint8_t count; rank >= (count = ones(*byte)); byte++, sample += 8)
    rank = (uint8_t)(rank - count);
  for (uint8_t bits = *byte;; bits >>= 1, sample++)
    if ((bits & 1) && rank-- == 0)
      return sample;
}

static int16_t ahead_target(const learner_sample *sample) {
  if (sample->ahead_step == LABEL_UNKNOWN)
    return FIXPROP_NO_TARGET;
  const int32_t ahead = sample->bearing + sample->ahead_step * (int32_t)BEARING_PER_LABEL;
  return (int16_t)FIXPROP_COUNTED(targets, ahead, saturate16(ahead));
}

bool learner_train(learner *l) {
  if (!l->memory_count)
    return false;
  const learner_sample *sample = draw(l);
  const bool present = sample->bearing != FIXPROP_NO_TARGET;
  const int16_t targets[3] = {sample->bearing, ahead_target(sample),
                              present ? PRESENCE_TARGET : -PRESENCE_TARGET};
  show(l->network, &sample->view);
  fixprop_train(l->network, targets);
  l->step++;
  return true;
}

void learner_train_on(learner *l, const int16_t inputs[4], const int16_t targets[3]) {
  memcpy(l->network->values, inputs, 4 * sizeof *inputs);
  fixprop_train(l->network, targets);
  l->step++;
}

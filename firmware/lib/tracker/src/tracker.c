#include "tracker.h"

#include "state.h"
#include "supply.h"

tracker_state tracker;

static void resume(const tracker_mode *mode) {
  if (!mode)
    return;
  tracker.learning = mode->learning;
  tracker.learner.network->rate = mode->rate;
}

tracker_mode tracker_mode_now(void) {
  return (tracker_mode){tracker.learning, tracker.learner.network->rate};
}

void tracker_begin(fixprop_network *network, const tracker_identity *identity,
                   const tracker_mode *mode) {
  tracker.identity = *identity;
  tracker.pointer_us = SERVO_CENTRE_US;
  learner_reset(&tracker.learner, network, identity->seed);
  keep_begin();
  resume(mode);
  board_point(tracker.pointer_us);
  standalone_show(0, 0, 0);
  telemetry_hello();
}

static uint8_t label_reading(void) {
  switch (teach_label_now(&tracker.lesson)) {
  case TEACH_ABSENT:
    learner_label_lesson(&tracker.learner, LABEL_UNKNOWN);
    return WIRE_STATE_LABELLED | WIRE_STATE_HAND_ABSENT_LABEL;
  case TEACH_BEARING:
    learner_label_lesson(&tracker.learner, learner_label_of_pulse(tracker.pointer_us));
    return WIRE_STATE_LABELLED;
  default:
    learner_label_none(&tracker.learner);
    return 0;
  }
}

/* The rate halves as a lesson goes on: large steps first, fine ones last. */
static void anneal(void) {
  const lesson *l = &tracker.lesson;
  const bool due =
      l->readings_left && l->readings_done && l->readings_done % RATE_HALVING_READINGS == 0;
  if (due && tracker.learner.network->rate > RATE_LOWEST)
    tracker.learner.network->rate /= 2;
}

static uint16_t pulse_of_bearing(int16_t bearing) {
  const int32_t offset = ((int32_t)bearing * SERVO_US_PER_FULL_SCALE + 0x4000) >> 15;
  return (uint16_t)(SERVO_CENTRE_US + offset);
}

static void point(int16_t bearing_ahead, int16_t presence) {
  if (tracker.lesson.readings_left)
    tracker.pointer_us = teach_next_us(&tracker.lesson);
  else if (tracker.held_us)
    tracker.pointer_us = tracker.held_us;
  else if (presence > 0 && !tracker.push_next)
    tracker.pointer_us = pulse_of_bearing(bearing_ahead);
  board_point(tracker.pointer_us);
}

static void count_steps(void) {
  tracker.steps_last_reading = (uint16_t)(tracker.learner.step - tracker.step_at_reading);
  tracker.step_at_reading = tracker.learner.step;
}

static uint16_t bandgap_mv(void) {
  const uint16_t known = wire_get_u16(tracker.unit + UNIT_BANDGAP);
  return known ? known : BANDGAP_MV;
}

void tracker_burst(uint16_t left, uint16_t right, uint16_t bandgap, uint32_t time_us) {
  const uint16_t mv = supply_mv(bandgap, bandgap_mv());
  tracker_reading(supply_corrected(left, mv), supply_corrected(right, mv), time_us, mv);
}

/* Inlined, its message would lie on the main loop's stack under every command. */
__attribute__((noinline)) void tracker_reading(uint16_t left, uint16_t right, uint32_t time_us,
                                               uint16_t supply_mv) {
  count_steps();
  tracker.supply_mv = supply_mv;
  const int16_t *outputs = learner_read(&tracker.learner, left, right);
  anneal();
  wire_reading reading = {
      .reading_index = tracker.reading_index++,
      .time_us = time_us,
      .left = left,
      .right = right,
      .pointer_us = tracker.pointer_us,
      .state = label_reading(),
      .step = tracker.learner.step,
      .rate = tracker.learner.network->rate,
      .bearing = outputs[0],
      .bearing_ahead = outputs[1],
      .presence = outputs[2],
      .supply_mv = supply_mv,
  };
  telemetry_reading(&reading);
  point(outputs[1], outputs[2]);
  standalone_turn();
  standalone_show(left, right, reading.presence);
  if (tracker.reading_index % CHECK_READINGS == 0)
    telemetry_weight_check();
  if (tracker.reading_index % HEALTH_READINGS == 0)
    telemetry_health();
}

void tracker_receive(uint8_t byte) {
  const uint8_t length = wire_receive(&tracker.receiver, byte);
  if (length)
    commands_take(tracker.receiver.payload, length);
}

bool tracker_work(void) {
  if (tracker.dumping)
    return telemetry_next_weights();
  if (store_busy(&tracker.store))
    return keep_work();
  return tracker.learning && learner_train(&tracker.learner);
}

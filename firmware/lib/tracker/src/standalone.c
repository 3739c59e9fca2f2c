/* Without a PC: what the button does and what the LED says. */
#include "state.h"

static void start(void) {
  lesson_start((uint16_t)(BUTTON_LESSON_S * UINT32_C(1000) / READING_PERIOD_MS));
  tracker.by_button = true;
  telemetry_pressed(WIRE_BUTTON_ACTION_TEACH);
}

/* Training ends too: what points from now on is what was saved. */
static void end(void) {
  lesson_start(0);
  tracker.learning = false;
  telemetry_pressed(WIRE_BUTTON_ACTION_END);
  keep_save();
}

static void forget(void) {
  lesson_start(0);
  tracker.learning = false;
  weights_reset(tracker.identity.seed + 1);
  telemetry_pressed(WIRE_BUTTON_ACTION_FORGET);
  store_erase(&tracker.store);
}

bool tracker_press(button_press press) {
  if (are_weights_in_use())
    return false;
  if (press == BUTTON_LONG)
    forget();
  else if (tracker.push_next)
    telemetry_pressed(WIRE_BUTTON_ACTION_REFUSED);
  else if (tracker.lesson.readings_left)
    end();
  else
    start();
  return true;
}

void standalone_turn(void) {
  if (tracker.by_button && !tracker.lesson.readings_left && !are_weights_in_use() &&
      !tracker.push_next)
    end();
}

static light of_lesson(void) {
  switch (teach_label_now(&tracker.lesson)) {
  case TEACH_ABSENT:
    return LIGHT_REST;
  case TEACH_BEARING:
    return LIGHT_FOLLOW;
  default:
    return LIGHT_SETTLE;
  }
}

static bool has_learned(void) {
  return tracker.learner.step || tracker.weights_source != WIRE_WEIGHTS_SOURCE_INITIAL;
}

static light light_now(uint16_t left, uint16_t right, int16_t presence) {
  if (store_busy(&tracker.store))
    return LIGHT_STORING;
  if (left > READING_HIGHEST || right > READING_HIGHEST)
    return LIGHT_LOOSE;
  if (tracker.push_next)
    return LIGHT_INCOMPLETE;
  if (tracker.lesson.readings_left)
    return of_lesson();
  if (tracker.store.failed)
    return LIGHT_WORN;
  if (!has_learned())
    return LIGHT_UNTRAINED;
  return presence > 0 ? LIGHT_TRACKING : LIGHT_READY;
}

void standalone_show(uint16_t left, uint16_t right, int16_t presence) {
  board_show(light_now(left, right, presence));
}

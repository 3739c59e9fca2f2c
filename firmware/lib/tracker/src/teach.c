#include "teach.h"

static void new_speed(lesson *l, bool to_the_right) {
  const int16_t speed = (int16_t)(TEACH_SLOWEST_US + fixprop_below(&l->speeds, TEACH_SPEEDS));
  l->speed_us = to_the_right ? speed : (int16_t)-speed;
}

void teach_start(lesson *l, uint16_t readings, uint32_t seed) {
  *l = (lesson){.readings_left = readings};
  fixprop_seed(&l->speeds, seed);
  new_speed(l, true);
}

teach_label teach_label_now(const lesson *l) {
  if (!l->readings_left)
    return TEACH_UNLABELLED;
  /* the first readings of the rest show what is seen when nobody is there */
  if (l->readings_done < TEACH_REST_READINGS)
    return TEACH_ABSENT;
  if (l->readings_done < TEACH_REST_READINGS + TEACH_SETTLE_READINGS)
    return TEACH_UNLABELLED;
  return TEACH_BEARING;
}

static void sweep(lesson *l) {
  l->offset_us = (int16_t)(l->offset_us + l->speed_us);
  if (l->offset_us >= TEACH_SWEEP_US)
    new_speed(l, false);
  if (l->offset_us <= -TEACH_SWEEP_US)
    new_speed(l, true);
}

uint16_t teach_next_us(lesson *l) {
  l->readings_left--;
  l->readings_done++;
  if (l->readings_done > TEACH_REST_READINGS)
    sweep(l);
  return (uint16_t)(SERVO_CENTRE_US + l->offset_us);
}

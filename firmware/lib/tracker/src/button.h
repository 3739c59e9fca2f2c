/* A button that bounces becomes presses, short and long. */
#ifndef TRACKER_BUTTON_H
#define TRACKER_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

#include "tracker_definition.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { BUTTON_NONE, BUTTON_SHORT, BUTTON_LONG } button_press;

/* All zero: nobody has pressed it. */
typedef struct {
  bool down;
  uint8_t unsettled_ms; /* so long the level has differed from `down` */
  uint16_t held_ms;
  uint8_t press; /* the latest button_press; whoever takes it sets it to BUTTON_NONE */
} button;

/* Once every millisecond. A short press counts when let go, a long one when long enough. */
void button_tick(button *b, bool down);

#ifdef __cplusplus
}
#endif
#endif

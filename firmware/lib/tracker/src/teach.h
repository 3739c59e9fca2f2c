/* Follow the pointer: the servo sweeps, a hand follows it, the servo's angle is the label. */
#ifndef TRACKER_TEACH_H
#define TRACKER_TEACH_H

#include <stdbool.h>
#include <stdint.h>

#include "fixprop_generator.h"
#include "tracker_definition.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { TEACH_UNLABELLED, TEACH_ABSENT, TEACH_BEARING } teach_label;

typedef struct {
  uint16_t readings_left; /* 0: no lesson */
  uint16_t readings_done;
  int16_t offset_us; /* of the pointer from the centre */
  int16_t speed_us;  /* per reading */
  fixprop_generator speeds;
} lesson;

void teach_start(lesson *l, uint16_t readings, uint32_t seed);

/* What is known of the hand at this reading, from where the pointer stood. */
teach_label teach_label_now(const lesson *l);

/* Moves the pointer for the next reading; returns its pulse. */
uint16_t teach_next_us(lesson *l);

#ifdef __cplusplus
}
#endif
#endif

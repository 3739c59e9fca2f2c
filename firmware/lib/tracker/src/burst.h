/* Sixteen reads of one sensor become one reading. */
#ifndef TRACKER_BURST_H
#define TRACKER_BURST_H

#include <stdint.h>

#include "tracker_definition.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The sum of BURST_RANKS low-middle reads: 0 to 8184 for reads of 10 bits. Sorts `reads`. */
uint16_t burst_reading(uint16_t reads[BURST_READS]);

#ifdef __cplusplus
}
#endif
#endif

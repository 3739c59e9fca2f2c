/* What the supply is, and readings as they would be at the nominal one. */
#ifndef TRACKER_SUPPLY_H
#define TRACKER_SUPPLY_H

#include <stdint.h>

#include "tracker_definition.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From the sum of SUPPLY_READS conversions of the bandgap; 0 of them: taken for nominal. */
uint16_t supply_mv(uint16_t bandgap, uint16_t bandgap_mv);

/* A reading, counts x 8, scaled from supply_mv to SUPPLY_NOMINAL_MV. One that is not plausible
 * stays so, whatever the supply. */
uint16_t supply_corrected(uint16_t reading, uint16_t supply_mv);

#ifdef __cplusplus
}
#endif
#endif

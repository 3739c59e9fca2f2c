/* Why the chip started: the bits of MCUSR, saved before anything else runs.
 * Zero if the boot loader cleared them, as the Uno's Optiboot 4.4 does. */
#ifndef RESET_H
#define RESET_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint8_t reset_cause(void);

#ifdef __cplusplus
}
#endif
#endif

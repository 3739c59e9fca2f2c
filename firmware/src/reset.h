/* Why the chip started, and what it was doing before, if that is known. */
#ifndef RESET_H
#define RESET_H

#include <stdint.h>

#include "tracker.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bits of MCUSR, and WIRE_RESET_CAUSE_STACK. */
uint8_t reset_cause(void);

/* Once each turn of the main loop: what a start after a hang goes on with. */
void reset_remember(tracker_mode mode);

/* Every millisecond, from an interrupt: notes it when the main loop has hung. */
void reset_tick(void);

/* What was remembered last; false: this start follows no hang, or the stack has spoilt it. */
bool reset_mode(tracker_mode *mode);

/* The watchdog ends this at once, and the next start names the stack as its cause. */
void reset_for_stack(void) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif
#endif

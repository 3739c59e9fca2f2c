/* Restarts the chip when the main loop has not come round for half a second. */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#ifdef __cplusplus
extern "C" {
#endif

void watchdog_begin(void);
void watchdog_feed(void); /* in the main loop only: an interrupt would go on over a hang */

#ifdef __cplusplus
}
#endif
#endif

#include "watchdog.h"

#include <avr/wdt.h>

/* The longest turn takes 10 ms; the watchdog's own clock may be 10 % off (datasheet, 11.8). */
void watchdog_begin(void) { wdt_enable(WDTO_500MS); }

void watchdog_feed(void) { wdt_reset(); }

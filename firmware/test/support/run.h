/* Where a suite's tests begin: main() on a computer, setup() on a board. Include it last, after
 * static int run(), which runs them all. */
#ifndef TEST_SUPPORT_RUN_H
#define TEST_SUPPORT_RUN_H

void setUp(void) {}

void tearDown(void) {}

#ifdef ARDUINO
#include <Arduino.h>
#include <avr/sleep.h>

void setup() {
  run();
  delay(20); // the last byte leaves
  cli();     // asleep until the next reset
  sleep_enable();
  sleep_cpu();
}

void loop() {}
#else
// PlatformIO reads the lines; it would take another status for a signal's number.
int main() {
  run();
  return 0;
}
#endif
#endif

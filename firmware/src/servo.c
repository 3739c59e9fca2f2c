#include "servo.h"

#include <avr/io.h>
#include <util/atomic.h>

#include "chip.h"
#include "tracker_definition.h"

#define TICKS_PER_US (F_CPU / 8 / 1000000)
#define PERIOD_US 20000

_Static_assert(PIN_SERVO == 9, "OC1A is D9 on the Uno");

/*
 * Fast PWM up to ICR1; the pulse's length takes effect at the next period's start. Period and first
 * pulse are set while the timer stands in CTC mode up to ICR1: there ICR1 can be written (datasheet
 * Atmel-8271, 16.3), and OCR1A is taken whole and at once (16.7.3 and 16.9.2).
 */
void servo_begin(void) {
  TCCR1A = 0;
  TCCR1B = _BV(WGM13) | _BV(WGM12);
  TCNT1 = 0;
  ICR1 = PERIOD_US * TICKS_PER_US - 1;
  servo_point(SERVO_CENTRE_US);
  SERVO_DDR |= _BV(SERVO_BIT);
  TCCR1A = _BV(COM1A1) | _BV(WGM11);
  TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS11);
}

static uint16_t within_limits(uint16_t pulse_us) {
  if (pulse_us < SERVO_LOW_US)
    return SERVO_LOW_US;
  return pulse_us > SERVO_HIGH_US ? SERVO_HIGH_US : pulse_us;
}

void servo_point(uint16_t pulse_us) {
  const uint16_t ticks = (uint16_t)(within_limits(pulse_us) * TICKS_PER_US - 1);
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { OCR1A = ticks; }
}

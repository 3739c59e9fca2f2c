#include "adc.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "burst.h"
#include "chip.h"
#include "panel.h"
#include "reset.h"

#define SENSORS 2
#define DISCARD 1     /* the first conversion after the multiplexer moved is not settled */
#define OPEN_CODE 900 /* an output of 10 kOhm and 3.65 V reads 840 at most */
#define PULL_UPS (_BV(PIN_LEFT_SENSOR) | _BV(PIN_RIGHT_SENSOR))
#define OPEN_READING (BURST_RANKS * 1023)

_Static_assert(OPEN_READING > READING_HIGHEST, "no sample is made of an open pin");

static uint16_t reads[SENSORS][BURST_READS];
static uint8_t sensor, conversion; /* of interrupts only, none of which interrupts another */
static volatile uint8_t open_pins; /* a bit for each sensor */
static volatile bool ready;
static volatile uint16_t missed;
static volatile uint32_t now_ms, started_ms;
static uint8_t ms_to_burst = READING_PERIOD_MS;
static uint16_t bandgap, reading_bandgap;

/*
 * The ADC is on only while it measures: when it is on, every sleep starts a conversion of its own
 * (datasheet Atmel-8271, 10.3 Idle Mode). ADMUX may be written at any time while it is off. The
 * first conversion after it comes on takes 25 ADC clocks, not 13 (24.4): it is one that is thrown
 * away, of a sensor or of the bandgap, whose start-up of 70 us (table 29-16) it covers too.
 */
enum { ADC_OFF = _BV(ADIE) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0) }; /* 125 kHz */

/* In line: an interrupt that calls pushes twelve registers. */
static inline __attribute__((always_inline)) void start_conversion(void) {
  ADCSRA = ADC_OFF | _BV(ADEN) | _BV(ADSC);
}

static inline __attribute__((always_inline)) void switch_off(void) { ADCSRA = ADC_OFF; }

static uint8_t pin_of(uint8_t which) { return which ? PIN_RIGHT_SENSOR : PIN_LEFT_SENSOR; }

static void start_sensor(uint8_t which) {
  sensor = which;
  conversion = 0;
  ADMUX = (uint8_t)(_BV(REFS0) | pin_of(which));
  start_conversion();
}

/*
 * The conversion that is thrown away is made with the pin's own resistor to the supply, 20 to 50
 * kOhm (table 29-1): an output holds against it; a pin that nothing drives reads the supply, where
 * it would otherwise wander among plausible readings. In the 12 us until the next sample is taken
 * (24.4: 1.5 ADC clocks) an output of 10 kOhm settles on its cable's capacitance many times over.
 */
static void take_pulled_up(uint16_t read) {
  SENSOR_PORT &= (uint8_t)~_BV(pin_of(sensor));
  const uint8_t bit = (uint8_t)(sensor + 1);
  open_pins = (uint8_t)(read < OPEN_CODE ? open_pins & ~bit : open_pins | bit);
}

static void start_supply(void) {
  bandgap = 0;
  sensor = BANDGAP_CHANNEL;
  conversion = 0;
  ADMUX = _BV(REFS0) | BANDGAP_CHANNEL;
  start_conversion();
}

static void start_burst(void) {
  if (ready) {
    if (missed != UINT16_MAX)
      missed++;
    return;
  }
  started_ms = now_ms;
  reading_bandgap = bandgap;
  SENSOR_PORT |= PULL_UPS; /* both: the second has time to charge its cable meanwhile */
  start_sensor(0);
}

/* Timer2 counts to 250 at 16 MHz / 64: one millisecond. */
void adc_begin(void) {
  switch_off();
  DIDR0 = _BV(PIN_LEFT_SENSOR) | _BV(PIN_RIGHT_SENSOR);
  TCCR2A = _BV(WGM21);
  TCCR2B = _BV(CS22);
  OCR2A = F_CPU / 64 / 1000 - 1;
  TIMSK2 = _BV(OCIE2A);
}

ISR(TIMER2_COMPA_vect) {
  now_ms++;
  if (--ms_to_burst == 0) {
    ms_to_burst = READING_PERIOD_MS;
    start_burst();
  } else if (ms_to_burst == SUPPLY_LEAD_MS) {
    start_supply();
  }
  panel_tick();
  reset_tick();
}

/* The bandgap drives the ADC weakly: it is converted again and again until it has settled. */
static void take_bandgap(uint16_t read, uint8_t number) {
  if (number >= SUPPLY_SETTLE)
    bandgap = (uint16_t)(bandgap + read);
  if (number < SUPPLY_SETTLE + SUPPLY_READS - 1)
    start_conversion();
  else
    switch_off();
}

ISR(ADC_vect) {
  const uint16_t read = ADC;
  const uint8_t number = conversion++;
  if (sensor == BANDGAP_CHANNEL) {
    take_bandgap(read, number);
    return;
  }
  if (number >= DISCARD)
    reads[sensor][number - DISCARD] = read;
  else
    take_pulled_up(read);
  if (number < BURST_READS + DISCARD - 1) {
    start_conversion();
  } else if (sensor + 1 < SENSORS) {
    start_sensor((uint8_t)(sensor + 1));
  } else {
    switch_off();
    ready = true;
  }
}

bool adc_ready(void) { return ready; }

static uint16_t reading_of(uint8_t which) {
  return open_pins & (which + 1) ? OPEN_READING : burst_reading(reads[which]);
}

bool adc_take(adc_reading *reading) {
  if (!ready)
    return false;
  reading->left = reading_of(0);
  reading->right = reading_of(1);
  reading->bandgap = reading_bandgap;
  reading->time_us = started_ms * 1000; /* no burst starts while `ready` stands */
  ready = false;
  return true;
}

/* Inlined elsewhere by LTO, `now_ms` would lose the name by which a simulator finds it. */
__attribute__((noinline)) uint8_t adc_ms(void) { return *(volatile uint8_t *)&now_ms; }

uint16_t adc_missed(void) {
  uint16_t count;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { count = missed; }
  return count;
}

// The sketch: the board's parts on one side, the tracker on the other, and who goes first.
#include <Arduino.h>
#include <avr/sleep.h>

#include "adc.h"
#include "board.h"
#include "model.h"
#include "panel.h"
#include "reset.h"
#include "servo.h"
#include "stack.h"
#include "tracker.h"
#include "uart.h"
#include "watchdog.h"

static uint16_t loop_max_ticks; // of Timer1, half a microsecond each

bool board_send(const uint8_t *bytes, uint8_t count) { return uart_send(bytes, count); }

void board_point(uint16_t pulse_us) { servo_point(pulse_us); }

void board_show(light pattern) { panel_show(pattern); }

board_condition board_health(void) {
  return {adc_missed(), uart_overruns(), stack_free(), uint16_t(loop_max_ticks / 2)};
}

// A reset may have cut a frame off: without its end the hello would be taken for more of it.
static void end_cut_frame() {
  const uint8_t end = 0;
  uart_send(&end, 1);
}

void setup() {
  watchdog_begin();
  uart_begin();
  servo_begin();
  panel_begin();
  adc_begin();
  const tracker_identity identity = {MODEL_FINGERPRINT, MODEL_SEED, reset_cause()};
  tracker_mode mode;
  const bool goes_on = reset_mode(&mode);
  end_cut_frame();
  tracker_begin(&model, &identity, goes_on ? &mode : nullptr);
}

// An interrupt between the question and the sleep would be slept over: ask with interrupts off.
static void sleep_until_interrupt() {
  cli();
  if (!adc_ready()) {
    sleep_enable();
    sei(); // the instruction after sei still runs before any interrupt
    sleep_cpu();
    sleep_disable();
  }
  sei();
}

// GPIOR0 says whether work is being done: two cycles that let a simulator or debugger time it.
static bool timed_work() {
  GPIOR0 = 1;
  const bool done = tracker_work();
  GPIOR0 = 0;
  return done;
}

static void take_turn() {
  uint8_t byte;
  while (uart_take(&byte))
    tracker_receive(byte);
  const button_press press = panel_press();
  if (press && tracker_press(press))
    panel_taken();
  adc_reading reading;
  if (adc_take(&reading)) {
    tracker_burst(reading.left, reading.right, reading.bandgap, reading.time_us);
  } else if (!timed_work()) {
    sleep_until_interrupt();
  }
}

static void measure_turn(uint16_t start) {
  const uint16_t now = TCNT1;
  const uint16_t ticks = now >= start ? now - start : now + ICR1 + 1 - start;
  if (ticks > loop_max_ticks)
    loop_max_ticks = ticks;
}

void loop() {
  const uint16_t start = TCNT1;
  watchdog_feed();
  if (!stack_is_whole())
    reset_for_stack();
  reset_remember(tracker_mode_now());
  take_turn();
  measure_turn(start);
}

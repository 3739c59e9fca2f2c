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

static uint16_t loop_max_us;

bool board_send(const uint8_t *bytes, uint8_t count) { return uart_send(bytes, count); }

void board_point(uint16_t pulse_us) { servo_point(pulse_us); }

void board_show(light pattern) { panel_show(pattern); }

board_condition board_health(void) {
  return {adc_missed(), uart_overruns(), stack_free(), loop_max_us};
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

// No more than a ringful a turn: on a line that never rests, commands would come as fast as they
// are obeyed, and neither a reading nor the watchdog would have its turn.
static void take_bytes() {
  uint8_t byte;
  for (uint8_t left = UART_RX_SIZE; left && uart_take(&byte); left--)
    tracker_receive(byte);
}

static void take_turn() {
  take_bytes();
  const button_press press = panel_take();
  if (press && !tracker_press(press))
    panel_put_back(press);
  adc_reading reading;
  if (adc_take(&reading)) {
    tracker_burst(reading.left, reading.right, reading.bandgap, reading.time_us);
  } else if (!timed_work()) {
    sleep_until_interrupt();
  }
}

struct instant {
  uint16_t ticks;
  uint8_t ms;
};

static instant instant_now() { return {TCNT1, adc_ms()}; }

// By Timer1, half a microsecond a tick, which starts anew every 20 ms: a turn about as long as that
// or longer is told in whole milliseconds.
static uint16_t us_since(instant start) {
  const instant now = instant_now();
  const uint8_t ms = now.ms - start.ms; // modulo 256; the watchdog ends a turn at 500
  if (ms >= 19)
    return ms < UINT16_MAX / 1000 ? ms * 1000u : UINT16_MAX;
  const uint16_t ticks = now.ticks - start.ticks;
  return (now.ticks >= start.ticks ? ticks : ticks + ICR1 + 1) / 2;
}

static void measure_turn(instant start) {
  const uint16_t us = us_since(start);
  if (us > loop_max_us)
    loop_max_us = us;
}

void loop() {
  const instant start = instant_now();
  watchdog_feed();
  if (!stack_is_whole())
    reset_for_stack();
  reset_remember(tracker_mode_now());
  take_turn();
  measure_turn(start);
}

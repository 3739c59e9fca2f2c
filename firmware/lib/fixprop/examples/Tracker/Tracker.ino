// Learns where something is from two analog sensors (A0, A1), and points a servo (D9; on a Mega
// D11) at it.
// Button from D2 to ground, pressed: the potentiometer on A2 says where it is, and the board
// learns. Released: the network says it.
#include <Fixprop.hpp>

using namespace fixprop::literals;

#ifndef TCCR1A
#error "Tracker drives its servo by timer 1 of an AVR: take your board's servo library instead"
#endif

enum { BUTTON = 2, CYCLE_MS = 20, REPORT_CYCLES = 10, ZONES = 16 };

// Where timer 1's pulse, OC1A, comes out.
#if defined(__AVR_ATmega2560__) || defined(__AVR_ATmega1280__)
enum { SERVO = 11 };
#else
enum { SERVO = 9 };
#endif

struct sample {
  int16_t left, right, label; // Q0.15
  bool seen;
};

static fixprop::Network<2, fixprop::Tanh<6>, fixprop::Linear<1>> network;
static sample
    memory[ZONES]; // the latest sample of each zone of the label: what is old stays learned
static fixprop_generator generator;

// 0 to 1023 becomes -1 to nearly 1, Q0.15.
static int16_t reading(uint8_t pin) { return (analogRead(pin) - 512) * 64; }

static void show(int16_t left, int16_t right) {
  network.input(0, left);
  network.input(1, right);
}

static void rehearse() {
  const sample &one = memory[fixprop_below(&generator, ZONES)];
  if (!one.seen)
    return;
  const int16_t targets[] = {one.label};
  show(one.left, one.right);
  network.train(targets);
}

// Timer 1 counts half microseconds and makes the pulses without the CPU: fast PWM up to ICR1, 20
// ms, OC1A high until OCR1A (ATmega328P datasheet, section 16.9.3). ICR1 takes a value only in a
// mode that counts up to it (16.3): it is set while the timer stands still in such a one.
static void start_servo() {
  pinMode(SERVO, OUTPUT);
  TCCR1A = 0;
  TCCR1B = 1 << WGM13 | 1 << WGM12;
  ICR1 = 2 * 20000u - 1;
  OCR1A = 2 * 1500;
  TCCR1A = 1 << COM1A1 | 1 << WGM11;
  TCCR1B = 1 << WGM13 | 1 << WGM12 | 1 << CS11;
}

// -1 to 1 becomes 1,000 to 2,000 us.
static void point(int16_t q15) { OCR1A = 2 * (1500 + (int32_t)q15 * 500 / 32768); }

static void report(bool learning, int16_t label, int16_t answer) {
  Serial.print(learning ? F("learning: label ") : F("pointing: label "));
  Serial.print((int32_t)label * 100 / 32768);
  Serial.print(F(", answer "));
  Serial.println((int32_t)answer * 100 / 32768);
}

void setup() {
  Serial.begin(115200);
  pinMode(BUTTON, INPUT_PULLUP);
  start_servo();
  fixprop_seed(&generator, 1);
  network.rate(0.25_rate);
  network.initialise_xavier(1);
}

void loop() {
  static uint8_t cycle;
  static uint32_t last_ms;
  while (millis() - last_ms < CYCLE_MS)
    rehearse();
  last_ms += CYCLE_MS;
  const bool learning = digitalRead(BUTTON) == LOW;
  const sample now = {reading(A0), reading(A1), reading(A2), true};
  if (learning)
    memory[(uint16_t)(now.label + 32768L) / (65536 / ZONES)] = now;
  show(now.left, now.right);
  network.forward();
  const int16_t answer = network.output(0);
  point(answer);
  if (++cycle == REPORT_CYCLES) {
    cycle = 0;
    report(learning, now.label, answer);
  }
}

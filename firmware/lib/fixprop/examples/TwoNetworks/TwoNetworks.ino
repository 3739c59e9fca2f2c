// Two networks in one sketch, each with its own weights and rate: one fits half a period of a
// sine (1-6-1, tanh and linear), the other tells whether an odd number of three bits is set
// (3-6-1).
#include <Fixprop.hpp>

using namespace fixprop::literals;

static fixprop::Network<1, fixprop::Tanh<6>, fixprop::Linear<1>> sine;
static fixprop::Network<3, fixprop::Tanh<6>, fixprop::SigmoidCrossEntropy<1>> parity;

enum { POINTS = 17 };

// 0.9 sin(pi x / 2) at x = -1, -7/8, ... 1.
static const int16_t sines[POINTS] PROGMEM = {
    -0.9_q15,      -0.882707_q15, -0.831492_q15, -0.748323_q15, -0.636396_q15, -0.500013_q15,
    -0.344415_q15, -0.175581_q15, 0.0_q15,       0.175581_q15,  0.344415_q15,  0.500013_q15,
    0.636396_q15,  0.748323_q15,  0.831492_q15,  0.882707_q15,  0.9_q15};

static int16_t sine_of(uint8_t point) { return (int16_t)pgm_read_word(&sines[point]); }

static void show_point(uint8_t point) { sine.input(0, ((int16_t)point - 8) * 4095); }

static void show_bits(uint8_t bits) {
  for (uint8_t i = 0; i < 3; i++)
    parity.input(i, bits & (1 << i) ? 1.0_q15 : -1.0_q15);
}

static bool is_odd(uint8_t bits) { return (bits ^ bits >> 1 ^ bits >> 2) & 1; }

static void learn() {
  for (uint8_t point = 0; point < POINTS; point++) {
    const int16_t targets[] = {sine_of(point)};
    show_point(point);
    sine.train(targets);
  }
  for (uint8_t bits = 0; bits < 8; bits++) {
    const int16_t targets[] = {is_odd(bits) ? 1.0_q15 : 0.0_q15};
    show_bits(bits);
    parity.train(targets);
  }
}

static int16_t thousandths(int32_t q15) { return q15 * 1000 / 32768; }

// The largest error over all points, Q0.15.
static int32_t worst_of_sine() {
  int32_t worst = 0;
  for (uint8_t point = 0; point < POINTS; point++) {
    show_point(point);
    sine.forward();
    const int32_t error = (int32_t)sine_of(point) - sine.output(0);
    worst = max(worst, error < 0 ? -error : error);
  }
  return worst;
}

static uint8_t parities_right() {
  uint8_t right = 0;
  for (uint8_t bits = 0; bits < 8; bits++) {
    show_bits(bits);
    parity.forward();
    right += (parity.output(0) > 0.5_q15) == is_odd(bits);
  }
  return right;
}

void setup() {
  Serial.begin(115200);
  sine.rate(0.2_rate);
  sine.initialise_xavier(2);
  parity.rate(0.3_rate);
  parity.initialise_xavier(1);
  for (uint16_t epoch = 0; epoch <= 500; epoch++) {
    if (epoch % 50 == 0) {
      Serial.print(F("epoch "));
      Serial.print(epoch);
      Serial.print(F(": worst error of sine, thousandths: "));
      Serial.print(thousandths(worst_of_sine()));
      Serial.print(F(", parities right: "));
      Serial.print(parities_right());
      Serial.println(F(" of 8"));
    }
    learn();
  }
}

void loop() {}

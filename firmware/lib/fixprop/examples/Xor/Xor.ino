// Learns XOR on the board and prints how the loss falls: 2 inputs, 3 hidden neurons, 1 output.
#include <Fixprop.hpp>

using namespace fixprop::literals;

static fixprop::Network<2, fixprop::Sigmoid<3>, fixprop::Sigmoid<1>> network;

// Inputs are -1 and 1: a zero would teach its weights nothing.
static void show(uint8_t a, uint8_t b) {
  network.input(0, a ? 1.0_q15 : -1.0_q15);
  network.input(1, b ? 1.0_q15 : -1.0_q15);
}

static void learn_all_four() {
  for (uint8_t row = 0; row < 4; row++) {
    const uint8_t a = row >> 1, b = row & 1;
    const int16_t targets[] = {a != b ? 1.0_q15 : 0.0_q15};
    show(a, b);
    network.train(targets);
  }
}

// The largest of the four errors, in thousandths.
static int16_t worst_error() {
  int16_t worst = 0;
  for (uint8_t row = 0; row < 4; row++) {
    const uint8_t a = row >> 1, b = row & 1;
    show(a, b);
    network.forward();
    const int16_t error = a != b ? 1.0_q15 - network.output(0) : network.output(0);
    worst = max(worst, error);
  }
  return (int32_t)worst * 1000 / 32768;
}

void setup() {
  Serial.begin(115200);
  network.rate(2.0_rate);
  network.initialise(1);
  for (uint16_t epoch = 0; epoch < 1000; epoch++) {
    if (epoch % 100 == 0) {
      Serial.print(F("epoch "));
      Serial.print(epoch);
      Serial.print(F(": worst error, thousandths: "));
      Serial.println(worst_error());
    }
    learn_all_four();
  }
  for (uint8_t row = 0; row < 4; row++) {
    show(row >> 1, row & 1);
    network.forward();
    Serial.print(row >> 1);
    Serial.print(F(" xor "));
    Serial.print(row & 1);
    Serial.print(F(" = "));
    Serial.print(network.output(0) > 0.5_q15);
    Serial.print(F("  thousandths: "));
    Serial.println((int32_t)network.output(0) * 1000 / 32768);
  }
}

void loop() {}

// Reads the digits of a seven-segment display: 7-8-4, learning with momentum.
// Network, rate, momentum and shuffle are Ralph Heymsfeld's, "A Neural Network for Arduino" (2012).
#include <Fixprop.hpp>

using namespace fixprop::literals;

// Segments a to g of the digits 0 to 9; a is the highest of the seven bits.
static const uint8_t segments[10] PROGMEM = {0b1111110, 0b0110000, 0b1101101, 0b1111001, 0b0110011,
                                             0b1011011, 0b0011111, 0b1110000, 0b1111111, 0b1110011};

typedef fixprop::Network<7, fixprop::Sigmoid<8>, fixprop::Sigmoid<4>> Digits;
static Digits network;
static fixprop::Changes<Digits> changes(network, 0.9_momentum);
static fixprop_generator generator;

static void show(uint8_t digit) {
  const uint8_t lit = pgm_read_byte(&segments[digit]);
  for (uint8_t i = 0; i < 7; i++)
    network.input(i, lit & (0x40 >> i) ? 1.0_q15 : 0.0_q15);
}

static void learn(uint8_t digit) {
  int16_t targets[4]; // the digit in binary, the highest bit first
  for (uint8_t j = 0; j < 4; j++)
    targets[j] = digit & (8 >> j) ? 1.0_q15 : 0.0_q15;
  show(digit);
  changes.train(targets);
}

static void learn_all_in_random_order() {
  static uint8_t order[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  for (uint8_t i = 0; i < 10; i++) {
    const uint8_t other = fixprop_below(&generator, 10);
    const uint8_t held = order[i];
    order[i] = order[other];
    order[other] = held;
  }
  for (uint8_t i = 0; i < 10; i++)
    learn(order[i]);
}

static uint8_t read(uint8_t digit) {
  uint8_t answer = 0;
  show(digit);
  network.forward();
  for (uint8_t j = 0; j < 4; j++)
    answer = (uint8_t)(answer << 1) | (network.output(j) > 0.5_q15);
  return answer;
}

// Mean squared error over all outputs, in millionths.
static uint32_t loss() {
  uint32_t sum = 0; // of 40 squares in Q.24
  for (uint8_t digit = 0; digit < 10; digit++) {
    show(digit);
    network.forward();
    for (uint8_t j = 0; j < 4; j++) {
      const int16_t target = digit & (8 >> j) ? 1.0_q15 : 0.0_q15;
      const int32_t error = (int32_t)target - network.output(j);
      sum += (uint32_t)(error * error) >> 6;
    }
  }
  return (sum / 40 >> 6) * 15625 >> 12; // 1e6 / 2**24 = 15625 / 2**18
}

void setup() {
  Serial.begin(115200);
  fixprop_seed(&generator, 1);
  network.rate(0.3_rate);
  network.initialise(1, 0.5_spread);
  for (uint16_t epoch = 0; epoch < 400; epoch++) {
    if (epoch % 40 == 0) {
      Serial.print(F("epoch "));
      Serial.print(epoch);
      Serial.print(F(": mean squared error, millionths: "));
      Serial.println(loss());
    }
    learn_all_in_random_order();
  }
  for (uint8_t digit = 0; digit < 10; digit++) {
    Serial.print(digit);
    Serial.print(F(" is read as "));
    Serial.println(read(digit));
  }
}

void loop() {}

// Learns to tell three species of iris by four measurements: 4-5-3, tanh and softmax.
// Two of the species overlap: 2 to 4 of the 150 flowers stay wrong, on any machine.
#include <Fixprop.hpp>

#include "flowers.h"

using namespace fixprop::literals;

enum { FLOWERS = 150, EPOCHS = 100 };

static fixprop::Network<4, fixprop::Tanh<5>, fixprop::Softmax<3>> network;
static fixprop_generator generator;

static uint8_t species_of(uint8_t flower) { return flower / 50; }

static void show(uint8_t flower) {
  for (uint8_t i = 0; i < 4; i++)
    network.input(i, (int8_t)pgm_read_byte(&flowers[flower][i]) * 256);
}

static void learn(uint8_t flower) {
  int16_t targets[3] = {0, 0, 0};
  targets[species_of(flower)] = 1.0_q15;
  show(flower);
  network.train(targets);
}

static void learn_all_in_random_order() {
  static uint8_t order[FLOWERS];
  for (uint8_t i = 0; i < FLOWERS; i++) { // Fisher and Yates, from the inside out
    const uint8_t other = fixprop_below(&generator, i + 1);
    order[i] = order[other];
    order[other] = i;
  }
  for (uint8_t i = 0; i < FLOWERS; i++)
    learn(order[i]);
}

static uint8_t likeliest() {
  uint8_t best = 0;
  for (uint8_t j = 1; j < 3; j++)
    if (network.output(j) > network.output(best))
      best = j;
  return best;
}

static void report(uint16_t epoch) {
  uint8_t right = 0;
  uint32_t doubt = 0; // what the true species lacks to probability one, Q0.15, summed
  for (uint8_t flower = 0; flower < FLOWERS; flower++) {
    show(flower);
    network.forward();
    right += likeliest() == species_of(flower);
    doubt += 1.0_q15 - network.output(species_of(flower));
  }
  Serial.print(F("epoch "));
  Serial.print(epoch);
  Serial.print(F(": mean doubt, thousandths: "));
  Serial.print(doubt / FLOWERS * 1000 / 32768);
  Serial.print(F(", right: "));
  Serial.print(right);
  Serial.println(F(" of 150"));
}

void setup() {
  Serial.begin(115200);
  fixprop_seed(&generator, 1);
  network.rate(0.05_rate);
  network.initialise_xavier(1);
  for (uint16_t epoch = 0; epoch < EPOCHS; epoch++) {
    if (epoch % 10 == 0)
      report(epoch);
    learn_all_in_random_order();
  }
  report(EPOCHS);
}

void loop() {}

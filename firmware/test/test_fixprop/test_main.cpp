// The network learns, and does it with the same bits on every machine: these numbers are the
// mirror's, host/fixprop/network.py; tests/system/test_pio.py asks it for them.
#include <fixprop.h>
#include <unity.h>
#include <wire.h>

#define ONE 32767   // Q0.15, as near to 1 as it goes
#define RATE 16384  // 2.0, UQ3.13
#define SPREAD 2048 // 1.0, Q4.11
#define SEED 1
#define EPOCHS 300
#define CRC_AT_FIRST 0x4432
#define CRC_AFTER_TRAINING 0xD720

enum { INPUTS = 2, HIDDEN = 3, WEIGHTS = (INPUTS + 1) * HIDDEN + HIDDEN + 1 };

static const fixprop_layer layers[] = {{INPUTS, HIDDEN, &fixprop_sigmoid, 0},
                                       {HIDDEN, 1, &fixprop_sigmoid, 0}};
static int16_t weights[WEIGHTS], values[INPUTS + HIDDEN + 1];
static uint8_t residuals[WEIGHTS];
static int32_t deltas[HIDDEN + 1];
static fixprop_network network = {layers, 2, weights, residuals, values, deltas, RATE};

static void start_anew() {
  fixprop_generator generator;
  fixprop_seed(&generator, SEED);
  fixprop_initialise(&network, &generator, SPREAD);
}

static void show(uint8_t row) {
  values[0] = row & 2 ? ONE : -ONE;
  values[1] = row & 1 ? ONE : -ONE;
}

static int16_t exclusive_or(uint8_t row) { return row == 1 || row == 2 ? ONE : 0; }

static void learn_all_four() {
  for (uint8_t row = 0; row < 4; row++) {
    const int16_t target = exclusive_or(row);
    show(row);
    fixprop_train(&network, &target);
  }
}

static uint16_t weights_crc() {
  uint16_t crc = WIRE_CRC_START;
  for (uint16_t i = 0; i < WEIGHTS; i++)
    for (uint8_t byte = 0; byte < 3; byte++)
      crc = wire_crc16_update(crc, (uint8_t)(fixprop_weight(&network, i) >> 8 * byte));
  return crc;
}

static void initial_weights_have_the_mirrors_bits() {
  start_anew();
  TEST_ASSERT_EQUAL_HEX16(CRC_AT_FIRST, weights_crc());
}

static void training_ends_in_the_mirrors_bits() {
  start_anew();
  for (uint16_t epoch = 0; epoch < EPOCHS; epoch++)
    learn_all_four();
  TEST_ASSERT_EQUAL_HEX16(CRC_AFTER_TRAINING, weights_crc());
}

static void what_was_learned_is_exclusive_or() {
  for (uint8_t row = 0; row < 4; row++) {
    show(row);
    TEST_ASSERT_EQUAL_INT(exclusive_or(row) > 0, fixprop_forward(&network)[0] > ONE / 2);
  }
}

static void a_weight_that_was_set_is_the_weight_that_is_there() {
  fixprop_set_weight(&network, WEIGHTS - 1, -123456);
  TEST_ASSERT_EQUAL_INT32(-123456, fixprop_weight(&network, WEIGHTS - 1));
}

static void without_a_target_nothing_changes() {
  const int16_t none = FIXPROP_NO_TARGET;
  const uint16_t before = weights_crc();
  show(1);
  fixprop_train(&network, &none);
  TEST_ASSERT_EQUAL_HEX16(before, weights_crc());
}

static int run() {
  UNITY_BEGIN();
  RUN_TEST(initial_weights_have_the_mirrors_bits);
  RUN_TEST(training_ends_in_the_mirrors_bits);
  RUN_TEST(what_was_learned_is_exclusive_or);
  RUN_TEST(a_weight_that_was_set_is_the_weight_that_is_there);
  RUN_TEST(without_a_target_nothing_changes);
  return UNITY_END();
}

#include "../support/run.h"

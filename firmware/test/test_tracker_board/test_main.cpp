// The tracker between a board that is not there and a host that is not there.
#include <board.h>
#include <burst.h>
#include <cells.h>
#include <learner.h>
#include <model.h>
#include <tracker.h>
#include <unity.h>
#include <wire.h>

static wire_receiver host;
static uint8_t latest_code, latest_size;
static uint16_t pulse;

bool board_send(const uint8_t *bytes, uint8_t count) {
  while (count--) {
    const uint8_t size = wire_receive(&host, *bytes++);
    if (size) {
      latest_size = size;
      latest_code = host.payload[WIRE_CODE];
    }
  }
  return true;
}

void board_point(uint16_t pulse_us) { pulse = pulse_us; }

void board_show(light pattern) { (void)pattern; }

board_condition board_health(void) {
  const board_condition healthy = {0, 0, 100, 0};
  return healthy;
}

bool cells_ready(void) { return true; }

uint8_t cells_read(uint16_t address) { return (void)address, 0xFF; } // erased

void cells_write(uint16_t address, uint8_t value) { (void)address, (void)value; }

static void say(const uint8_t *payload, uint8_t size) {
  uint8_t frame[WIRE_MAX_FRAME];
  const uint8_t length = wire_encode(frame, payload, size);
  for (uint8_t i = 0; i < length; i++)
    tracker_receive(frame[i]);
}

static void ask(uint8_t code, uint8_t sequence) {
  const uint8_t payload[] = {code, sequence};
  say(payload, sizeof payload);
}

static void it_says_hello_and_points_straight_ahead() {
  const tracker_identity identity = {MODEL_FINGERPRINT, MODEL_SEED, 1};
  tracker_begin(&model, &identity, nullptr);
  TEST_ASSERT_EQUAL_INT(WIRE_HELLO, latest_code);
  TEST_ASSERT_EQUAL_INT(WIRE_HELLO_SIZE, latest_size);
  TEST_ASSERT_EQUAL_INT(SERVO_CENTRE_US, pulse);
}

static void it_answers_a_command_and_refuses_one_that_there_is_not() {
  ask(WIRE_GET_HELLO, 0);
  TEST_ASSERT_EQUAL_INT(WIRE_HELLO, latest_code);
  ask(0xFE, 1);
  TEST_ASSERT_EQUAL_INT(WIRE_ACK, latest_code);
}

static void a_damaged_command_is_not_obeyed() {
  latest_code = 0;
  tracker_receive(3);
  tracker_receive(WIRE_GET_HELLO);
  tracker_receive(2);
  tracker_receive(0);
  TEST_ASSERT_EQUAL_INT(0, latest_code);
}

static void spikes_do_not_move_a_reading() {
  uint16_t reads[BURST_READS];
  for (uint8_t i = 0; i < BURST_READS; i++)
    reads[i] = i % 3 ? 400 : 1000;
  TEST_ASSERT_EQUAL_INT(400 * BURST_RANKS, burst_reading(reads));
}

static const int16_t *shown(uint16_t left, uint16_t right) {
  tracker_reading(left, right, 0, SUPPLY_NOMINAL_MV);
  return model_values + sizeof model_values / sizeof *model_values - 3;
}

static void what_is_marked_is_learned() {
  const int8_t there = 40;                            // quarter degrees
  const uint8_t mark[] = {WIRE_MARK, 2, 0, there, 1}; // Q0.15 is 256 of them
  const uint8_t learn[] = {WIRE_LEARN, 3, 1};
  shown(3000, 2000);
  say(mark, sizeof mark);
  say(learn, sizeof learn);
  for (uint8_t step = 0; step < 200; step++)
    TEST_ASSERT_TRUE(tracker_work());
  TEST_ASSERT_EQUAL_INT(there, learner_label_of_bearing(shown(3000, 2000)[0]));
}

static int run() {
  UNITY_BEGIN();
  RUN_TEST(it_says_hello_and_points_straight_ahead);
  RUN_TEST(it_answers_a_command_and_refuses_one_that_there_is_not);
  RUN_TEST(a_damaged_command_is_not_obeyed);
  RUN_TEST(spikes_do_not_move_a_reading);
  RUN_TEST(what_is_marked_is_learned);
  return UNITY_END();
}

#include "../support/run.h"

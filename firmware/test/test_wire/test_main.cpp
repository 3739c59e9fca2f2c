// Framing: what wire_encode() frames, wire_receive() gives back, and nothing else gets through.
#include <string.h>
#include <unity.h>
#include <wire.h>

static wire_receiver receiver;
static uint8_t frame[WIRE_MAX_FRAME], payload[WIRE_MAX_PAYLOAD];

// A payload of `size` bytes of which every third is zero.
static uint8_t framed(uint8_t size) {
  for (uint8_t i = 0; i < size; i++)
    payload[i] = i % 3 ? i : 0;
  return wire_encode(frame, payload, size);
}

static uint8_t received(const uint8_t *bytes, uint8_t count) {
  uint8_t size = 0;
  for (uint8_t i = 0; i < count; i++)
    size = wire_receive(&receiver, bytes[i]);
  return size;
}

static void start_anew() { memset(&receiver, 0, sizeof receiver); }

static void the_crc_of_the_standard_text_is_the_published_one() {
  TEST_ASSERT_EQUAL_HEX16(0x29B1, wire_crc16((const uint8_t *)"123456789", 9));
}

static void every_size_of_payload_comes_back_as_it_was() {
  for (uint8_t size = WIRE_HEADER_SIZE; size <= WIRE_MAX_PAYLOAD; size++) {
    start_anew();
    TEST_ASSERT_EQUAL_INT(size, received(frame, framed(size)));
    TEST_ASSERT_EQUAL_INT(0, memcmp(payload, receiver.payload, size));
  }
}

static void a_size_outside_the_limits_is_not_framed() {
  TEST_ASSERT_EQUAL_INT(0, framed(WIRE_HEADER_SIZE - 1));
  TEST_ASSERT_EQUAL_INT(0, wire_encode(frame, payload, WIRE_MAX_PAYLOAD + 1));
}

static void the_only_zero_in_a_frame_is_its_end() {
  const uint8_t length = framed(WIRE_MAX_PAYLOAD);
  TEST_ASSERT_TRUE(memchr(frame, 0, length) == frame + length - 1);
}

static void a_wrong_bit_anywhere_is_noticed() {
  const uint8_t length = framed(12);
  for (uint8_t bit = 0; bit < 8 * (length - 1); bit++) {
    start_anew();
    frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
    TEST_ASSERT_EQUAL_INT(0, received(frame, length));
    frame[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
}

static void after_nonsense_the_next_frame_is_taken() {
  static const uint8_t nonsense[] = {7, 1, 2, 255, 3, 0};
  start_anew();
  TEST_ASSERT_EQUAL_INT(0, received(nonsense, sizeof nonsense));
  TEST_ASSERT_EQUAL_INT(1, receiver.malformed + receiver.crc_errors);
  TEST_ASSERT_EQUAL_INT(20, received(frame, framed(20)));
}

static int run() {
  UNITY_BEGIN();
  RUN_TEST(the_crc_of_the_standard_text_is_the_published_one);
  RUN_TEST(every_size_of_payload_comes_back_as_it_was);
  RUN_TEST(a_size_outside_the_limits_is_not_framed);
  RUN_TEST(the_only_zero_in_a_frame_is_its_end);
  RUN_TEST(a_wrong_bit_anywhere_is_noticed);
  RUN_TEST(after_nonsense_the_next_frame_is_taken);
  return UNITY_END();
}

#include "../support/run.h"

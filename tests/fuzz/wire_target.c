// The firmware's receiver and sender under libFuzzer: bytes as they come, and frames with a right
// checksum, which a fuzzer would not find by itself. Buffers are on the heap and exactly as long as
// promised, so that the address sanitizer sees one byte too many.
#include "wire.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
  if (!holds)
    abort();
}

static void unpack_all(const uint8_t *payload, uint8_t n) {
  wire_teach teach;
  wire_learn learn;
  wire_set_rate rate;
  wire_reset_weights reset;
  wire_set_weights weights;
  wire_set_pointer pointer;
  wire_mark mark;
  wire_train_sample sample;
  wire_set_calibration calibration;
  require(wire_unpack_teach(&teach, payload, n) == (n == WIRE_TEACH_SIZE));
  require(wire_unpack_learn(&learn, payload, n) == (n == WIRE_LEARN_SIZE));
  require(wire_unpack_set_rate(&rate, payload, n) == (n == WIRE_SET_RATE_SIZE));
  require(wire_unpack_reset_weights(&reset, payload, n) == (n == WIRE_RESET_WEIGHTS_SIZE));
  require(wire_unpack_set_weights(&weights, payload, n) == (n == WIRE_SET_WEIGHTS_SIZE));
  require(wire_unpack_set_pointer(&pointer, payload, n) == (n == WIRE_SET_POINTER_SIZE));
  require(wire_unpack_mark(&mark, payload, n) == (n == WIRE_MARK_SIZE));
  require(wire_unpack_train_sample(&sample, payload, n) == (n == WIRE_TRAIN_SAMPLE_SIZE));
  require(wire_unpack_set_calibration(&calibration, payload, n) ==
          (n == WIRE_SET_CALIBRATION_SIZE));
}

// What was accepted lies in a buffer of its own length, and survives a second journey.
static void check(const uint8_t *received, uint8_t n) {
  require(n >= WIRE_HEADER_SIZE && n <= WIRE_MAX_PAYLOAD);
  uint8_t *payload = malloc(n), *frame = malloc((size_t)n + 4);
  wire_receiver *again = calloc(1, sizeof *again);
  memcpy(payload, received, n);
  unpack_all(payload, n);
  const uint8_t length = wire_encode(frame, payload, n);
  uint8_t back = 0;
  for (uint8_t i = 0; i < length; i++)
    back = wire_receive(again, frame[i]);
  require(length == n + 4 && back == n && memcmp(again->payload, payload, n) == 0);
  free(again);
  free(frame);
  free(payload);
}

static void feed(wire_receiver *r, const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const uint8_t length = wire_receive(r, bytes[i]);
    if (length)
      check(r->payload, length);
  }
}

// The first byte chooses; a framed input has a length before each payload.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size)
    return 0;
  wire_receiver *r = calloc(1, sizeof *r);
  size_t at = 1;
  if (data[0] % 2 == 0)
    feed(r, data + at, size - at);
  while (data[0] % 2 && at < size) {
    const uint8_t wanted = data[at++];
    const uint8_t n = (uint8_t)(size - at < wanted ? size - at : wanted);
    uint8_t *frame = malloc(WIRE_MAX_FRAME);
    const uint8_t length = wire_encode(frame, data + at, n);
    require((length != 0) == (n >= WIRE_HEADER_SIZE && n <= WIRE_MAX_PAYLOAD));
    feed(r, frame, length);
    free(frame);
    at += n;
  }
  free(r);
  return 0;
}

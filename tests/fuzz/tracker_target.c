// The tracker's whole C under libFuzzer: commands of any code and length with a right checksum, raw
// bytes, readings, work, the button, a worn or altered EEPROM and power cycles, in any order.
#include <stdlib.h>

#include "state.h"

enum { EEPROM_BYTES = 1024, OUTBOX_BYTES = 4096, MOST_TURNS = 16 };
enum { MOST_BANDGAP = SUPPLY_READS * 1023 }; // a sum of 10-bit codes

void native_begin(void);
void native_receive(const uint8_t *bytes, uint32_t count);
uint16_t native_take(uint8_t *bytes);
uint16_t native_pulse(void);
uint32_t native_work(uint32_t turns);
uint8_t *native_eeprom(void);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
  const uint8_t *at, *end;
} input;

static void require(bool holds) {
  if (!holds)
    abort();
}

static uint8_t next(input *in) { return in->at < in->end ? *in->at++ : 0; }

static uint16_t next16(input *in) {
  const uint8_t low = next(in);
  return (uint16_t)(low | next(in) << 8);
}

// All that the tracker says can be decoded; returns the number of answers among it.
static unsigned hear(void) {
  static uint8_t bytes[OUTBOX_BYTES];
  static wire_receiver host;
  const uint16_t count = native_take(bytes);
  unsigned answers = 0, frames = 0, ends = 0;
  for (uint16_t i = 0; i < count; i++) {
    ends += bytes[i] == 0;
    if (wire_receive(&host, bytes[i]) == 0)
      continue;
    frames++;
    answers += host.payload[WIRE_CODE] == WIRE_ACK || host.payload[WIRE_CODE] == WIRE_HELLO;
  }
  require(frames == ends);
  return answers;
}

// Every command has one answer, whatever is in it.
static void command(input *in) {
  uint8_t payload[WIRE_MAX_PAYLOAD] = {0}, frame[WIRE_MAX_FRAME];
  payload[WIRE_CODE] = next(in);
  payload[WIRE_SEQUENCE] = next(in);
  const uint8_t fields = (uint8_t)(next(in) % (WIRE_MAX_PAYLOAD - WIRE_HEADER_SIZE + 1));
  for (uint8_t i = 0; i < fields; i++)
    payload[WIRE_HEADER_SIZE + i] = next(in);
  hear();
  native_receive((const uint8_t[]){0}, 1); // ends what raw bytes began
  hear();
  native_receive(frame, wire_encode(frame, payload, (uint8_t)(WIRE_HEADER_SIZE + fields)));
  require(hear() == 1);
}

static void act(input *in) {
  switch (next(in) % 9) {
  case 0:
    return native_receive((const uint8_t[]){next(in)}, 1);
  case 1:
    return tracker_reading(next16(in), next16(in), next16(in), next16(in));
  case 2:
    return tracker_burst(next16(in), next16(in), next16(in) % (MOST_BANDGAP + 1), next16(in));
  case 3:
    native_work(next(in) % MOST_TURNS);
    return;
  case 4:
    tracker_press((button_press)(1 + next(in) % 2));
    return;
  case 5:
    native_eeprom()[next16(in) % EEPROM_BYTES] = next(in);
    return;
  case 6:
    return native_begin();
  default:
    return command(in);
  }
}

static void check(void) {
  hear();
  require(native_pulse() >= SERVO_LOW_US && native_pulse() <= SERVO_HIGH_US);
  require(tracker.push_next < fixprop_weight_count(tracker.learner.network));
  require(tracker.learner.memory_count <= MEMORY_SAMPLES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in = {data, data + size};
  memset(&tracker, 0, sizeof tracker);
  memset(native_eeprom(), 0xFF, EEPROM_BYTES);
  native_begin();
  while (in.at < in.end) {
    act(&in);
    check();
  }
  return 0;
}

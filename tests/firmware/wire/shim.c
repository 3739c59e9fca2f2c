// Gives the static inline functions of messages.h names that a shared library can export, and goes
// through every change of two bits at the speed of C.
#include "wire.h"

#define PACK(name)                                                                                 \
  uint8_t pack_##name(uint8_t *payload, const wire_##name *m) {                                    \
    return wire_pack_##name(payload, m);                                                           \
  }
#define UNPACK(name)                                                                               \
  bool unpack_##name(wire_##name *m, const uint8_t *payload, uint8_t n) {                          \
    return wire_unpack_##name(m, payload, n);                                                      \
  }
#define UNPACK_EMPTY(name)                                                                         \
  bool unpack_##name(const uint8_t *payload, uint8_t n) { return wire_unpack_##name(payload, n); }

PACK(hello)
PACK(reading)
PACK(weight_check)
PACK(weights)
PACK(ack)
PACK(health)
PACK(trained)
PACK(stored)
PACK(pressed)
PACK(calibration)
UNPACK_EMPTY(get_hello)
UNPACK(teach)
UNPACK(learn)
UNPACK(set_rate)
UNPACK(reset_weights)
UNPACK_EMPTY(get_weights)
UNPACK(set_weights)
UNPACK(set_pointer)
UNPACK(mark)
UNPACK(train_sample)
UNPACK_EMPTY(save)
UNPACK_EMPTY(load)
UNPACK_EMPTY(erase)
UNPACK(set_calibration)
UNPACK_EMPTY(get_calibration)

static void flip(uint8_t *frame, uint16_t bit) { frame[bit / 8] ^= (uint8_t)(1u << bit % 8); }

static uint8_t accepted(const uint8_t *frame, uint8_t n) {
  wire_receiver r = {0};
  uint8_t count = 0;
  for (uint8_t i = 0; i < n; i++)
    if (wire_receive(&r, frame[i]))
      count++;
  return count;
}

typedef struct {
  uint32_t tried, accepted;
} flip_count;

// Tries every change of two bits of a frame of n bytes. counts[0] are those that leave the stuffing
// alone, counts[1] those that hit a code byte or the delimiter, or make a zero.
void try_double_flips(uint8_t *frame, uint8_t n, flip_count *counts) {
  bool stuffing[WIRE_MAX_FRAME] = {false};
  for (uint8_t i = 0; i < n - 1; i += frame[i])
    stuffing[i] = true;
  stuffing[n - 1] = true;
  for (uint16_t a = 0; a < 8 * n; a++) {
    for (uint16_t b = 0; b < a; b++) {
      flip(frame, a);
      flip(frame, b);
      bool hit = stuffing[a / 8] || stuffing[b / 8] || !frame[a / 8] || !frame[b / 8];
      counts[hit].tried++;
      counts[hit].accepted += accepted(frame, n);
      flip(frame, a);
      flip(frame, b);
    }
  }
}

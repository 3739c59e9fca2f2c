// The firmware's receiver on a whole stream at once, for a host that compares itself with it.
#include "wire.h"

void receive_stream(const uint8_t *stream, uint32_t count, uint8_t *out, uint16_t counters[4]);

// `out` gets a length and so many bytes for each payload, then a zero.
void receive_stream(const uint8_t *stream, uint32_t count, uint8_t *out, uint16_t counters[4]) {
  wire_receiver r = {0};
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t n = wire_receive(&r, stream[i]);
    if (!n)
      continue;
    *out++ = n;
    memcpy(out, r.payload, n);
    out += n;
  }
  *out = 0;
  counters[0] = r.crc_errors;
  counters[1] = r.malformed;
  counters[2] = r.lost;
  counters[3] = r.duplicates;
}

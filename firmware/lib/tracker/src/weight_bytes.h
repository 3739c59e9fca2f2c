/* A weight as the wire and the EEPROM carry it: 3 bytes, little endian. */
#ifndef TRACKER_WEIGHT_BYTES_H
#define TRACKER_WEIGHT_BYTES_H

#include "wire.h"

static inline void put_weight(uint8_t *bytes, int32_t weight) {
  for (uint8_t b = 0; b < WIRE_BYTES_PER_WEIGHT; b++)
    bytes[b] = (uint8_t)(weight >> (8 * b));
}

static inline int32_t get_weight(const uint8_t *bytes) {
  return (int8_t)bytes[2] * INT32_C(65536) + (int32_t)((uint16_t)(bytes[1] << 8) | bytes[0]);
}

#endif

#include "wire.h"

// A COBS block of 255 would stand for 254 bytes and no zero; frames this short never need one.
_Static_assert(WIRE_MAX_FRAME < 255, "a frame must fit in one COBS block");

// Both bytes of the remainder of x * 0x10000 by the polynomial, x being the byte that leaves the
// register: eight steps at once, in shifts of single bytes, which an 8-bit CPU does well.
uint16_t wire_crc16_update(uint16_t crc, uint8_t byte) {
  uint8_t x = (uint8_t)((crc >> 8) ^ byte);
  x ^= x >> 4;
  uint8_t high = (uint8_t)((uint8_t)crc ^ (uint8_t)(x << 4) ^ (x >> 3));
  uint8_t low = (uint8_t)((uint8_t)(x << 5) ^ x);
  return (uint16_t)((uint16_t)high << 8 | low);
}

uint16_t wire_crc16(const uint8_t *bytes, uint8_t n) {
  uint16_t crc = WIRE_CRC_START;
  while (n--)
    crc = wire_crc16_update(crc, *bytes++);
  return crc;
}

// Replaces each zero by the distance to the next, from frame[0] up to the delimiter at frame[end].
static void stuff(uint8_t *frame, uint8_t end) {
  uint8_t code = 0;
  for (uint8_t i = 1; i < end; i++) {
    if (frame[i] == 0) {
      frame[code] = (uint8_t)(i - code);
      code = i;
    }
  }
  frame[code] = (uint8_t)(end - code);
  frame[end] = 0;
}

uint8_t wire_encode(uint8_t *frame, const uint8_t *payload, uint8_t n) {
  if (n < WIRE_HEADER_SIZE || n > WIRE_MAX_PAYLOAD)
    return 0;
  memmove(frame + 1, payload, n);
  wire_put_u16(frame + 1 + n, wire_crc16(frame + 1, n));
  uint8_t end = (uint8_t)(1 + n + WIRE_CRC_SIZE);
  stuff(frame, end);
  return (uint8_t)(end + 1);
}

static void count(uint16_t *counter, uint8_t n) {
  uint16_t room = (uint16_t)(UINT16_MAX - *counter);
  *counter = (uint16_t)(*counter + (n < room ? n : room));
}

static void count_sequence(wire_receiver *r) {
  uint8_t sequence = r->payload[WIRE_SEQUENCE];
  bool restart = sequence == 0 && wire_restarts_sequence(r->payload[WIRE_CODE]);
  uint8_t gap = r->counting && !restart ? (uint8_t)(sequence - r->next_sequence) : 0;
  r->counting = true;
  r->next_sequence = (uint8_t)(sequence + 1);
  if (gap == UINT8_MAX)
    count(&r->duplicates, 1);
  else
    count(&r->lost, gap);
}

static uint8_t finish(wire_receiver *r) {
  uint8_t n = (uint8_t)(r->size - WIRE_CRC_SIZE);
  if (r->block_left != 0 || r->size > sizeof r->payload ||
      r->size < WIRE_HEADER_SIZE + WIRE_CRC_SIZE) {
    count(&r->malformed, 1);
    return 0;
  }
  if (wire_get_u16(r->payload + n) != wire_crc16(r->payload, n)) {
    count(&r->crc_errors, 1);
    return 0;
  }
  count_sequence(r);
  return n;
}

static void store(wire_receiver *r, uint8_t byte) {
  if (r->size < sizeof r->payload)
    r->payload[r->size++] = byte;
  else
    r->size = sizeof r->payload + 1;
}

static void unstuff(wire_receiver *r, uint8_t byte) {
  if (r->block_left) {
    r->block_left--;
    store(r, byte);
    return;
  }
  if (r->in_frame)
    store(r, 0); // the zero that the block before stood for
  r->in_frame = true;
  r->block_left = (uint8_t)(byte - 1);
}

uint8_t wire_receive(wire_receiver *r, uint8_t byte) {
  if (byte != 0) {
    unstuff(r, byte);
    return 0;
  }
  uint8_t n = r->in_frame ? finish(r) : 0;
  r->size = 0;
  r->block_left = 0;
  r->in_frame = false;
  return n;
}

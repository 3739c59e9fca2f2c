// Feeds wire_receive seeded noise and damaged frames, and wire_encode what comes out of it, under
// the sanitizers; buffers are on the heap and exactly as long as promised, so that a byte too far
// is seen. Prints how many frames were accepted. Usage: fuzz SEED ROUNDS
#include "wire.h"
#include <stdio.h>
#include <stdlib.h>

static uint32_t state;

// Marsaglia's xorshift32 (Journal of Statistical Software 8(14), 2003).
static uint32_t draw(uint32_t below) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

static void require(bool holds, const char *what) {
  if (holds)
    return;
  fprintf(stderr, "fuzz: %s\n", what);
  exit(1);
}

static uint8_t random_frame(uint8_t *frame) {
  uint8_t n = (uint8_t)(WIRE_HEADER_SIZE + draw(WIRE_MAX_PAYLOAD - WIRE_HEADER_SIZE + 1));
  for (uint8_t i = 0; i < n; i++)
    frame[1 + i] = (uint8_t)(draw(3) ? draw(256) : 0);
  return wire_encode(frame, frame + 1, n);
}

static uint8_t damage(uint8_t *frame, uint8_t n) {
  switch (draw(4)) {
  case 0:
    frame[draw(n)] = (uint8_t)draw(256);
    return n;
  case 1:
    frame[draw(n)] = 0;
    return n;
  case 2:
    return (uint8_t)draw(n);
  default:
    return n;
  }
}

// What was accepted must survive a second journey.
static void check(const wire_receiver *r, uint8_t n) {
  require(n >= WIRE_HEADER_SIZE && n <= WIRE_MAX_PAYLOAD, "length out of range");
  uint8_t *frame = malloc(WIRE_MAX_FRAME);
  wire_receiver *again = calloc(1, sizeof *again);
  uint8_t length = wire_encode(frame, r->payload, n), received = 0;
  for (uint8_t i = 0; i < length; i++)
    received = wire_receive(again, frame[i]);
  require(received == n && memcmp(again->payload, r->payload, n) == 0, "round trip failed");
  free(again);
  free(frame);
}

static uint32_t feed(wire_receiver *r, const uint8_t *bytes, uint8_t count) {
  uint32_t accepted = 0;
  for (uint8_t i = 0; i < count; i++) {
    uint8_t n = wire_receive(r, bytes[i]);
    if (n == 0)
      continue;
    check(r, n);
    accepted++;
  }
  return accepted;
}

int main(int argc, char **argv) {
  require(argc == 3, "usage: fuzz SEED ROUNDS");
  state = (uint32_t)strtoul(argv[1], NULL, 10);
  unsigned long rounds = strtoul(argv[2], NULL, 10), accepted = 0;
  wire_receiver *r = calloc(1, sizeof *r);
  uint8_t *frame = malloc(WIRE_MAX_FRAME), noise[200];
  for (unsigned long round = 0; round < rounds; round++) {
    accepted += feed(r, frame, damage(frame, random_frame(frame)));
    uint8_t n = (uint8_t)(draw(8) ? 0 : draw(sizeof noise));
    for (uint8_t i = 0; i < n; i++)
      noise[i] = (uint8_t)draw(256);
    accepted += feed(r, noise, n);
  }
  printf("%lu\n", accepted);
  free(frame);
  free(r);
  return 0;
}

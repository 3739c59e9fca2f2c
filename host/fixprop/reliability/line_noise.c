/* A noisy line between the firmware's sender and its receiver, at the speed of C. Bits flip, bytes
 * are lost, doubled and inserted; each damaged frame is followed by whole ones. */
#include "wire.h"

typedef struct {
  uint32_t sent;    /* frames that the noise could hit */
  uint32_t damaged; /* hit */
  uint32_t checked; /* frames whose checksum the receiver compared and that were not the sent one */
  uint32_t accepted;   /* of these, taken for good */
  uint32_t refused;    /* not damaged, and not taken all the same */
  uint32_t late_most;  /* whole frames lost after a damaged one, at most */
  uint32_t late_ended; /* whole frames lost although the damaged one still had its end */
} noise_counts;

void noise_run(uint32_t seed, uint32_t frames, uint16_t rate, bool scramble, noise_counts *counts);

enum { MOST_NOISY = 3 * WIRE_MAX_FRAME, MOST_CLEAN = 9, ALWAYS = 0x10000 };

typedef struct {
  uint8_t bytes[MOST_NOISY];
  uint16_t size;
} run;

static uint64_t state;
static wire_receiver receiver;
static uint8_t sequence;

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): ten million frames that reach the checksum take
 * some 10^10 draws, more than the period of a generator of 32 bits. */
static uint32_t draw(uint32_t below) {
  uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
  z ^= z >> 31;
  return (uint32_t)((z >> 32) * below >> 32);
}

static uint8_t random_payload(uint8_t *payload) {
  const uint8_t n = (uint8_t)(WIRE_HEADER_SIZE + draw(WIRE_MAX_PAYLOAD - WIRE_HEADER_SIZE + 1));
  for (uint8_t i = 0; i < n; i++)
    payload[i] = (uint8_t)(draw(3) ? draw(256) : 0);
  payload[WIRE_SEQUENCE] = sequence++;
  return n;
}

static void put(run *to, uint8_t byte) {
  if (to->size < MOST_NOISY)
    to->bytes[to->size++] = byte;
}

static void add_noise(run *to, const uint8_t *frame, uint8_t n, uint16_t rate) {
  to->size = 0;
  for (uint8_t i = 0; i < n; i++) {
    const uint32_t kind = draw(ALWAYS) < rate ? 1 + draw(4) : 0;
    if (kind != 2)
      put(to, (uint8_t)(kind == 1 ? frame[i] ^ 1u << draw(8) : frame[i]));
    if (kind == 3)
      put(to, frame[i]);
    if (kind == 4)
      put(to, (uint8_t)draw(256));
  }
}

/* All of the payload and its checksum becomes anything, and the stuffing stays: what is left to the
 * checksum is then chance alone. */
static void scramble_data(run *to, const uint8_t *frame, uint8_t n) {
  memcpy(to->bytes, frame, n);
  to->size = n;
  uint8_t code = 0;
  for (uint8_t i = 0; i + 1 < n; i++) {
    if (i == code)
      code = (uint8_t)(code + frame[i]);
    else
      to->bytes[i] = (uint8_t)(1 + draw(255));
  }
}

/* How often the payload came out; anything else that does is counted as accepted. */
static uint32_t feed(const uint8_t *bytes, uint16_t count, const uint8_t *payload, uint8_t n,
                     noise_counts *counts) {
  uint32_t same = 0;
  for (uint16_t i = 0; i < count; i++) {
    const uint8_t length = wire_receive(&receiver, bytes[i]);
    if (length == 0)
      continue;
    if (length == n && memcmp(receiver.payload, payload, n) == 0)
      same++;
    else
      counts->accepted++, counts->checked++;
  }
  counts->checked += receiver.crc_errors;
  receiver.crc_errors = 0;
  return same;
}

/* Whole frames until one comes through. */
static void recover(const run *before, noise_counts *counts) {
  uint8_t payload[WIRE_MAX_PAYLOAD], frame[WIRE_MAX_FRAME];
  uint32_t lost = 0;
  for (; lost < MOST_CLEAN; lost++) {
    const uint8_t n = random_payload(payload);
    if (feed(frame, wire_encode(frame, payload, n), payload, n, counts))
      break;
  }
  if (lost > counts->late_most)
    counts->late_most = lost;
  if (before->size && before->bytes[before->size - 1] == 0)
    counts->late_ended += lost;
}

static void send_one(uint16_t rate, bool scramble, noise_counts *counts) {
  uint8_t payload[WIRE_MAX_PAYLOAD], frame[WIRE_MAX_FRAME];
  run noisy;
  const uint8_t n = random_payload(payload), length = wire_encode(frame, payload, n);
  if (scramble)
    scramble_data(&noisy, frame, length);
  else
    add_noise(&noisy, frame, length, rate);
  const bool whole = noisy.size == length && memcmp(noisy.bytes, frame, length) == 0;
  const uint32_t came = feed(noisy.bytes, noisy.size, payload, n, counts);
  counts->sent++;
  if (whole) {
    counts->refused += came != 1;
    return;
  }
  counts->damaged++;
  recover(&noisy, counts);
}

/* Until so many frames have been damaged; `rate` is the chance of each byte, of 65536. */
void noise_run(uint32_t seed, uint32_t frames, uint16_t rate, bool scramble, noise_counts *counts) {
  state = seed;
  sequence = 0;
  memset(&receiver, 0, sizeof receiver);
  memset(counts, 0, sizeof *counts);
  while (counts->damaged < frames)
    send_one(rate, scramble, counts);
}

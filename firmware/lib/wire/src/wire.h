// Framing between Uno and PC: payload, CRC-16 little endian, COBS, then a zero byte.
// A payload is code, sequence, fields; messages.h packs and unpacks them. See docs/protocol.md.
#ifndef WIRE_H
#define WIRE_H

#include "messages.h"
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// CRC-16/CCITT-FALSE: polynomial 0x1021, not reflected; 0x29B1 for "123456789".
#define WIRE_CRC_START 0xFFFFu

uint16_t wire_crc16_update(uint16_t crc, uint8_t byte);
uint16_t wire_crc16(const uint8_t *bytes, uint8_t n);

// Frames a payload of n bytes (WIRE_HEADER_SIZE to WIRE_MAX_PAYLOAD) and returns the length of the
// frame, delimiter included; 0 if n is outside. `frame` holds WIRE_MAX_FRAME bytes. `payload` may
// be frame + 1, so that one buffer is enough. The caller sets payload[WIRE_SEQUENCE] beforehand.
uint8_t wire_encode(uint8_t *frame, const uint8_t *payload, uint8_t n);

// All zero is a valid start. Counters stop at 65535; a sequence is counted modulo 256, so a gap of
// 256 frames goes unseen.
typedef struct {
  uint8_t size;          // bytes unstuffed so far; one more than fits once a frame is too long
  uint8_t block_left;    // bytes before the next COBS code byte
  uint8_t next_sequence; // valid once `counting`
  bool in_frame;         // a code byte has come since the last delimiter
  bool counting;         // a frame has come since the start
  uint16_t crc_errors;
  uint16_t malformed;  // bad stuffing, too short, too long
  uint16_t lost;       // missing from the sequence
  uint16_t duplicates; // the same sequence twice; both are returned
  uint8_t payload[WIRE_MAX_PAYLOAD + WIRE_CRC_SIZE];
} wire_receiver;

// Takes one byte from the line. Returns the payload's length when the byte ends a valid frame,
// which then stands in r->payload until the next call; otherwise 0. After garbage it goes on at the
// next delimiter.
uint8_t wire_receive(wire_receiver *r, uint8_t byte);

#ifdef __cplusplus
}
#endif

#endif

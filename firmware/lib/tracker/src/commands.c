/* What the host may ask. Each handler stands alone; the table at the end gives it its code. */
#include <stddef.h>

#include "state.h"

typedef uint8_t (*handler)(const uint8_t *payload, uint8_t length);

static uint8_t take_teach(const uint8_t *payload, uint8_t length) {
  wire_teach teach;
  if (!wire_unpack_teach(&teach, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  const uint32_t readings = teach.seconds * UINT32_C(1000) / READING_PERIOD_MS;
  learner_label_none(&tracker.learner);
  teach_start(&tracker.lesson, (uint16_t)readings, tracker.identity.seed);
  if (readings) {
    tracker.learning = true;
    tracker.learner.network->rate = RATE_START; /* a lesson begins with large steps */
  }
  return WIRE_RESULT_OK;
}

static uint8_t take_learn(const uint8_t *payload, uint8_t length) {
  wire_learn learn;
  if (!wire_unpack_learn(&learn, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (learn.on > 1)
    return WIRE_RESULT_BAD_VALUE;
  if (tracker.dumping)
    return WIRE_RESULT_BUSY;
  tracker.learning = learn.on;
  return WIRE_RESULT_OK;
}

static uint8_t take_set_rate(const uint8_t *payload, uint8_t length) {
  wire_set_rate set;
  if (!wire_unpack_set_rate(&set, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  tracker.learner.network->rate = set.rate;
  return WIRE_RESULT_OK;
}

static uint8_t take_reset_weights(const uint8_t *payload, uint8_t length) {
  wire_reset_weights reset;
  if (!wire_unpack_reset_weights(&reset, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (tracker.dumping)
    return WIRE_RESULT_BUSY;
  tracker.identity.seed = reset.seed;
  learner_reset(&tracker.learner, tracker.learner.network, reset.seed);
  tracker.step_at_reading = 0;
  return WIRE_RESULT_OK;
}

static uint8_t take_get_weights(const uint8_t *payload, uint8_t length) {
  if (!wire_unpack_get_weights(payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (tracker.learning || tracker.dumping)
    return WIRE_RESULT_BUSY;
  tracker.dump_next = 0;
  tracker.dumping = true;
  return WIRE_RESULT_OK;
}

static int32_t weight_at(const uint8_t *bytes) {
  return (int8_t)bytes[2] * INT32_C(65536) + (int32_t)((uint16_t)(bytes[1] << 8) | bytes[0]);
}

static uint8_t take_set_weights(const uint8_t *payload, uint8_t length) {
  wire_set_weights set;
  fixprop_network *network = tracker.learner.network;
  if (!wire_unpack_set_weights(&set, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (tracker.learning || tracker.dumping)
    return WIRE_RESULT_BUSY;
  if (set.count > WIRE_WEIGHTS_PER_MESSAGE || set.offset > fixprop_weight_count(network) ||
      set.count > fixprop_weight_count(network) - set.offset)
    return WIRE_RESULT_BAD_VALUE;
  for (uint8_t i = 0; i < set.count; i++)
    fixprop_set_weight(network, (uint16_t)(set.offset + i),
                       weight_at(set.data + i * WIRE_BYTES_PER_WEIGHT));
  return WIRE_RESULT_OK;
}

static uint8_t take_set_pointer(const uint8_t *payload, uint8_t length) {
  wire_set_pointer set;
  if (!wire_unpack_set_pointer(&set, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (set.pointer_us && (set.pointer_us < SERVO_LOW_US || set.pointer_us > SERVO_HIGH_US))
    return WIRE_RESULT_BAD_VALUE;
  tracker.held_us = set.pointer_us;
  return WIRE_RESULT_OK;
}

static uint8_t take_mark(const uint8_t *payload, uint8_t length) {
  wire_mark mark;
  if (!wire_unpack_mark(&mark, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (mark.present > 1)
    return WIRE_RESULT_BAD_VALUE;
  learner_mark(&tracker.learner,
               mark.present ? learner_label_of_bearing(mark.bearing) : LABEL_UNKNOWN);
  return WIRE_RESULT_OK;
}

static handler handler_of(uint8_t code) {
  switch (code) {
  case WIRE_TEACH:
    return take_teach;
  case WIRE_LEARN:
    return take_learn;
  case WIRE_SET_RATE:
    return take_set_rate;
  case WIRE_RESET_WEIGHTS:
    return take_reset_weights;
  case WIRE_GET_WEIGHTS:
    return take_get_weights;
  case WIRE_SET_WEIGHTS:
    return take_set_weights;
  case WIRE_SET_POINTER:
    return take_set_pointer;
  case WIRE_MARK:
    return take_mark;
  default:
    return NULL;
  }
}

void commands_take(const uint8_t *payload, uint8_t length) {
  if (payload[WIRE_CODE] == WIRE_GET_HELLO) {
    telemetry_hello(); /* the hello is the answer */
    return;
  }
  wire_ack ack = {.command_sequence = payload[WIRE_SEQUENCE],
                  .command = payload[WIRE_CODE],
                  .result = WIRE_RESULT_UNKNOWN_COMMAND,
                  .reading_index = tracker.reading_index,
                  .step = tracker.learner.step};
  const handler take = handler_of(payload[WIRE_CODE]);
  if (take)
    ack.result = take(payload, length);
  telemetry_ack(&ack);
}

/* What the host may ask. Each handler stands alone; the table at the end gives it its code. */
#include <stddef.h>

#include "state.h"
#include "weight_bytes.h"

typedef uint8_t (*handler)(const uint8_t *payload, uint8_t length);

bool are_weights_in_use(void) { return tracker.dumping || store_busy(&tracker.store); }

void lesson_start(uint16_t readings) {
  learner_label_none(&tracker.learner);
  teach_start(&tracker.lesson, readings, tracker.identity.seed);
  tracker.by_button = false;
  if (readings) {
    tracker.learning = true;
    tracker.learner.network->rate = RATE_START; /* a lesson begins with large steps */
  }
}

static uint8_t take_teach(const uint8_t *payload, uint8_t length) {
  wire_teach teach;
  if (!wire_unpack_teach(&teach, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (teach.seconds && tracker.push_next)
    return WIRE_RESULT_INCOMPLETE;
  lesson_start((uint16_t)(teach.seconds * UINT32_C(1000) / READING_PERIOD_MS));
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
  if (learn.on && tracker.push_next)
    return WIRE_RESULT_INCOMPLETE;
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

void weights_reset(uint32_t seed) {
  tracker.identity.seed = seed;
  tracker.weights_source = WIRE_WEIGHTS_SOURCE_INITIAL;
  tracker.push_next = 0;
  learner_reset(&tracker.learner, tracker.learner.network, seed);
  tracker.step_at_reading = 0;
}

static uint8_t take_reset_weights(const uint8_t *payload, uint8_t length) {
  wire_reset_weights reset;
  if (!wire_unpack_reset_weights(&reset, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (are_weights_in_use())
    return WIRE_RESULT_BUSY;
  weights_reset(reset.seed);
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

/* Runs that follow each other from weight 0 are a push: until its last weight has come, the weights
 * are neither the old nor the new ones. */
static void follow_push(uint16_t offset, uint16_t end) {
  if (offset && offset != tracker.push_next)
    return;
  tracker.push_next = end == fixprop_weight_count(tracker.learner.network) ? 0 : end;
}

static uint8_t take_set_weights(const uint8_t *payload, uint8_t length) {
  wire_set_weights set;
  fixprop_network *network = tracker.learner.network;
  if (!wire_unpack_set_weights(&set, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (tracker.learning || are_weights_in_use())
    return WIRE_RESULT_BUSY;
  if (!set.count || set.count > WIRE_WEIGHTS_PER_MESSAGE ||
      set.offset > fixprop_weight_count(network) ||
      set.count > fixprop_weight_count(network) - set.offset)
    return WIRE_RESULT_BAD_VALUE;
  for (uint8_t i = 0; i < set.count; i++)
    fixprop_set_weight(network, (uint16_t)(set.offset + i),
                       get_weight(set.data + i * WIRE_BYTES_PER_WEIGHT));
  tracker.weights_source = WIRE_WEIGHTS_SOURCE_HOST;
  follow_push(set.offset, (uint16_t)(set.offset + set.count));
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

static void get_values(int16_t *values, const uint8_t *bytes, uint8_t count) {
  for (uint8_t i = 0; i < count; i++)
    values[i] = (int16_t)wire_get_u16(bytes + i * WIRE_BYTES_PER_VALUE);
}

static uint8_t take_train_sample(const uint8_t *payload, uint8_t length) {
  wire_train_sample sample;
  if (!wire_unpack_train_sample(&sample, payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (are_weights_in_use())
    return WIRE_RESULT_BUSY;
  if (tracker.push_next)
    return WIRE_RESULT_INCOMPLETE;
  int16_t inputs[WIRE_SAMPLE_INPUTS], targets[WIRE_SAMPLE_OUTPUTS];
  get_values(inputs, sample.inputs, WIRE_SAMPLE_INPUTS);
  get_values(targets, sample.targets, WIRE_SAMPLE_OUTPUTS);
  learner_train_on(&tracker.learner, inputs, targets);
  return WIRE_RESULT_OK;
}

static uint8_t take_save(const uint8_t *payload, uint8_t length) {
  if (!wire_unpack_save(payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (store_busy(&tracker.store))
    return WIRE_RESULT_BUSY;
  if (tracker.push_next)
    return WIRE_RESULT_INCOMPLETE;
  keep_save();
  return WIRE_RESULT_OK;
}

static uint8_t take_load(const uint8_t *payload, uint8_t length) {
  if (!wire_unpack_load(payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (are_weights_in_use())
    return WIRE_RESULT_BUSY;
  return keep_load() ? WIRE_RESULT_OK : WIRE_RESULT_NOTHING_STORED;
}

static uint8_t take_erase(const uint8_t *payload, uint8_t length) {
  if (!wire_unpack_erase(payload, length))
    return WIRE_RESULT_BAD_LENGTH;
  if (store_busy(&tracker.store))
    return WIRE_RESULT_BUSY;
  store_erase(&tracker.store);
  return WIRE_RESULT_OK;
}

static uint8_t take_set_calibration(const uint8_t *payload, uint8_t length) {
  if (length != WIRE_SET_CALIBRATION_SIZE)
    return WIRE_RESULT_BAD_LENGTH;
  const uint8_t *unit = payload + WIRE_HEADER_SIZE;
  const uint16_t bandgap_mv = wire_get_u16(unit + UNIT_BANDGAP);
  if (bandgap_mv < BANDGAP_LOWEST_MV || bandgap_mv > BANDGAP_HIGHEST_MV)
    return WIRE_RESULT_BAD_VALUE;
  if (store_busy(&tracker.store))
    return WIRE_RESULT_BUSY;
  keep_unit(unit);
  return WIRE_RESULT_OK;
}

static uint8_t take_get_calibration(const uint8_t *payload, uint8_t length) {
  return wire_unpack_get_calibration(payload, length) ? WIRE_RESULT_OK : WIRE_RESULT_BAD_LENGTH;
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
  case WIRE_TRAIN_SAMPLE:
    return take_train_sample;
  case WIRE_SAVE:
    return take_save;
  case WIRE_LOAD:
    return take_load;
  case WIRE_ERASE:
    return take_erase;
  case WIRE_SET_CALIBRATION:
    return take_set_calibration;
  case WIRE_GET_CALIBRATION:
    return take_get_calibration;
  default:
    return NULL;
  }
}

/* What is told beside the acknowledgement, and after it: the step it names comes before these. */
static void tell_more(uint8_t code) {
  if (code == WIRE_TRAIN_SAMPLE)
    telemetry_trained();
  if (code == WIRE_LOAD)
    telemetry_stored(WIRE_STORE_OPERATION_LOAD, false, tracker.learner.network->rate);
  if (code == WIRE_GET_CALIBRATION)
    telemetry_calibration();
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
  if (ack.result == WIRE_RESULT_OK)
    tell_more(ack.command);
}

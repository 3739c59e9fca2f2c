/* What the host is told. A frame that finds no room on the line is dropped and counted; its number
 * in the sequence is used up, so that the host sees the gap. */
#include <string.h>

#include "state.h"
#include "weight_bytes.h"

static uint8_t frame[WIRE_MAX_FRAME];
static uint8_t *const payload = frame + 1;

static bool offer(uint8_t length) {
  payload[WIRE_SEQUENCE] = tracker.tx_sequence;
  return board_send(frame, wire_encode(frame, payload, length));
}

static void send(uint8_t length) {
  if (!offer(length) && tracker.lost_tx_frames != UINT16_MAX)
    tracker.lost_tx_frames++;
  tracker.tx_sequence++;
}

static uint8_t state_bits(void) {
  uint8_t bits = tracker.lesson.readings_left ? WIRE_STATE_TEACHING : 0;
  if (tracker.learning)
    bits |= WIRE_STATE_LEARNING;
  if (store_busy(&tracker.store))
    bits |= WIRE_STATE_STORING;
  if (tracker.push_next)
    bits |= WIRE_STATE_INCOMPLETE;
  return bits;
}

static uint16_t weights_crc(void) {
  const fixprop_network *network = tracker.learner.network;
  const uint16_t count = fixprop_weight_count(network);
  uint16_t crc = WIRE_CRC_START;
  for (uint16_t i = 0; i < count; i++) {
    uint8_t bytes[WIRE_BYTES_PER_WEIGHT];
    put_weight(bytes, fixprop_weight(network, i));
    for (uint8_t b = 0; b < sizeof bytes; b++)
      crc = wire_crc16_update(crc, bytes[b]);
  }
  return crc;
}

void telemetry_hello(void) {
  const fixprop_network *network = tracker.learner.network;
  wire_hello hello = {
      .protocol = WIRE_PROTOCOL_VERSION,
      .fingerprint = tracker.identity.fingerprint,
      .reset_cause = tracker.identity.reset_cause,
      .seed = tracker.identity.seed,
      .reading_period_us = READING_PERIOD_MS * UINT32_C(1000),
      .step = tracker.learner.step,
      .reading_index = tracker.reading_index,
      .state = state_bits(),
      .layer_count = (uint8_t)(network->layer_count + 1),
      .free_sram = board_health().stack_free,
      .rate = network->rate,
      .weights_source = tracker.weights_source,
      .weights_crc = weights_crc(),
  };
  hello.layer_sizes[0] = network->layers[0].inputs;
  for (uint8_t l = 0; l < network->layer_count && l + 1 < WIRE_MAX_LAYERS; l++)
    hello.layer_sizes[l + 1] = network->layers[l].neurons;
  send(wire_pack_hello(payload, &hello));
}

void telemetry_reading(wire_reading *reading) {
  reading->state |= state_bits();
  send(wire_pack_reading(payload, reading));
}

void telemetry_weight_check(void) {
  const wire_weight_check check = {
      .step = tracker.learner.step,
      .weights_crc = weights_crc(),
      .generator = tracker.learner.order.state,
      .memory_count = tracker.learner.memory_count,
  };
  send(wire_pack_weight_check(payload, &check));
}

/* A lost or altered byte of the stuffing is as much the line's fault as one that the CRC finds. */
static uint16_t damaged_frames(void) {
  const wire_receiver *r = &tracker.receiver;
  const uint16_t sum = (uint16_t)(r->crc_errors + r->malformed);
  return sum < r->crc_errors ? UINT16_MAX : sum;
}

void telemetry_health(void) {
  const board_condition board = board_health();
  const wire_health health = {
      .reading_index = tracker.reading_index,
      .missed_readings = board.missed_readings,
      .lost_tx_frames = tracker.lost_tx_frames,
      .rx_crc_errors = damaged_frames(),
      .rx_overruns = board.rx_overruns,
      .rejected_samples = tracker.learner.rejected_samples,
      .saturated_weights = fixprop_saturated_weights(tracker.learner.network),
      .stack_free = board.stack_free,
      .steps_last_reading = tracker.steps_last_reading,
      .loop_max_us = board.loop_max_us,
      .supply_mv = tracker.supply_mv,
  };
  send(wire_pack_health(payload, &health));
}

void telemetry_ack(const wire_ack *ack) { send(wire_pack_ack(payload, ack)); }

void telemetry_pressed(uint8_t action) {
  const wire_pressed pressed = {.action = action,
                                .reading_index = tracker.reading_index,
                                .step = tracker.learner.step,
                                .seed = tracker.identity.seed};
  send(wire_pack_pressed(payload, &pressed));
}

void telemetry_calibration(void) {
  payload[WIRE_CODE] = WIRE_CALIBRATION;
  memcpy(payload + WIRE_HEADER_SIZE, tracker.unit, sizeof tracker.unit);
  send(WIRE_CALIBRATION_SIZE);
}

/* A training step leaves the values of its forward pass. */
static const int16_t *latest_outputs(void) {
  const fixprop_network *network = tracker.learner.network;
  const int16_t *values = network->values;
  for (uint8_t l = 0; l < network->layer_count; l++)
    values += network->layers[l].inputs;
  return values;
}

void telemetry_trained(void) {
  wire_trained trained = {.step = tracker.learner.step, .weights_crc = weights_crc()};
  const int16_t *outputs = latest_outputs();
  for (uint8_t i = 0; i < WIRE_SAMPLE_OUTPUTS; i++)
    wire_put_u16(trained.outputs + i * WIRE_BYTES_PER_VALUE, (uint16_t)outputs[i]);
  send(wire_pack_trained(payload, &trained));
}

void telemetry_stored(uint8_t operation, bool failed, uint16_t rate) {
  const wire_stored stored = {
      .operation = operation,
      .result = failed ? WIRE_STORE_RESULT_WORN : WIRE_STORE_RESULT_OK,
      .slot = tracker.store.newest,
      .bad_slots = store_worn_slots(&tracker.store),
      .generation = tracker.store.generation,
      .step = tracker.learner.step,
      .rate = rate,
      .weights_crc = weights_crc(),
  };
  send(wire_pack_stored(payload, &stored));
}

bool telemetry_next_weights(void) {
  const fixprop_network *network = tracker.learner.network;
  const uint16_t left = (uint16_t)(fixprop_weight_count(network) - tracker.dump_next);
  const uint8_t count =
      (uint8_t)(left < WIRE_WEIGHTS_PER_MESSAGE ? left : WIRE_WEIGHTS_PER_MESSAGE);
  wire_weights weights = {
      .step = tracker.learner.step, .offset = tracker.dump_next, .count = count};
  for (uint8_t i = 0; i < count; i++)
    put_weight(weights.data + i * WIRE_BYTES_PER_WEIGHT,
               fixprop_weight(network, (uint16_t)(tracker.dump_next + i)));
  if (!offer(wire_pack_weights(payload, &weights)))
    return false;
  tracker.tx_sequence++;
  tracker.dump_next = (uint16_t)(tracker.dump_next + count);
  tracker.dumping = left > count;
  return true;
}

// Matt Mazur's "A Step by Step Backpropagation Example" (2015), with the plain C interface:
// 2-2-2 sigmoid, fixed biases, rate 0.5, one sample. He publishes a loss of 0.298371109 at the
// start, 0.2910 after one step, and 0.0000351085 after 10,000.
#include <fixprop.h>

enum { WEIGHTS = 12, STEPS = 10000 };

#define Q15(x) ((int16_t)((x)*32768 + 0.5))
#define WEIGHT(x) ((int32_t)((x)*524288 + 0.5))

// [layer][neuron][bias, inputs...]
static const int32_t first_weights[WEIGHTS] PROGMEM = {
    WEIGHT(0.35), WEIGHT(0.15), WEIGHT(0.20), WEIGHT(0.35), WEIGHT(0.25), WEIGHT(0.30),
    WEIGHT(0.60), WEIGHT(0.40), WEIGHT(0.45), WEIGHT(0.60), WEIGHT(0.50), WEIGHT(0.55)};
static const int16_t targets[] = {Q15(0.01), Q15(0.99)};

static const fixprop_layer layers[] = {{2, 2, &fixprop_sigmoid, FIXPROP_FIXED_BIAS},
                                       {2, 2, &fixprop_sigmoid, FIXPROP_FIXED_BIAS}};
static int16_t weights[WEIGHTS];
static uint8_t residuals[WEIGHTS];
static int16_t values[2 + 2 + 2];
static int32_t deltas[2 + 2];
static fixprop_network network = {layers, 2, weights, residuals, values, deltas, 8192 / 2};

// Half the squared error, in units of 1e-9.
static uint32_t loss() {
  const int16_t *outputs = fixprop_forward(&network);
  uint32_t sum = 0; // Q2.30
  for (uint8_t j = 0; j < 2; j++) {
    const int32_t error = (int32_t)targets[j] - outputs[j];
    sum += (uint32_t)(error * error);
  }
  return (sum >> 16) * 30518 + ((sum & 0xFFFF) * 30518 >> 16); // 1e9 / 2**31 = 30518 / 2**16
}

static void print_loss(uint16_t step) {
  const uint32_t billionths = loss();
  Serial.print(F("step "));
  Serial.print(step);
  Serial.print(F(": loss 0."));
  for (uint32_t digit = 100000000; digit; digit /= 10)
    Serial.print((char)('0' + billionths / digit % 10));
  Serial.println();
}

void setup() {
  Serial.begin(115200);
  for (uint8_t i = 0; i < WEIGHTS; i++)
    fixprop_set_weight(&network, i, (int32_t)pgm_read_dword(&first_weights[i]));
  values[0] = Q15(0.05);
  values[1] = Q15(0.10);
  for (uint16_t step = 0; step < STEPS; step++) {
    if (step < 2 || step % 1000 == 0)
      print_loss(step);
    fixprop_train(&network, targets);
  }
  print_loss(STEPS);
}

void loop() {}

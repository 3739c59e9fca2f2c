/* Initial weights; host/fixprop/initial.py says why they are as large as they are. */
#include "fixprop.h"

typedef uint16_t spread_of(const fixprop_layer *layer);

/* One layer's weights from index on, its bias weights too if bias is true; returns where they end.
 * Fixed bias weights stay as they are. */
static uint16_t draw_layer(fixprop_network *network, uint16_t index, const fixprop_layer *layer,
                           fixprop_generator *generator, uint16_t spread, bool bias) {
  const bool fixed = layer->flags & FIXPROP_FIXED_BIAS;
  for (uint8_t j = layer->neurons; j; j--) {
    if (fixed)
      index++;
    else
      fixprop_set_weight(network, index++, bias ? fixprop_uniform(generator, spread) : 0);
    for (uint8_t i = layer->inputs; i; i--)
      fixprop_set_weight(network, index++, fixprop_uniform(generator, spread));
  }
  return index;
}

void fixprop_initialise(fixprop_network *network, fixprop_generator *generator, int16_t spread) {
  uint16_t index = 0;
  for (uint8_t l = 0; l < network->layer_count; l++)
    index = draw_layer(network, index, &network->layers[l], generator, (uint16_t)spread, true);
}

static void initialise_by(spread_of *spread, fixprop_network *network,
                          fixprop_generator *generator) {
  uint16_t index = 0;
  for (uint8_t l = 0; l < network->layer_count; l++) {
    const fixprop_layer *layer = &network->layers[l];
    index = draw_layer(network, index, layer, generator, spread(layer), false);
  }
}

/* The largest integer whose square is not above value, bit by bit. */
static uint16_t square_root(uint32_t value) {
  uint16_t root = 0;
  for (uint16_t bit = 0x8000; bit; bit >>= 1) {
    const uint16_t larger = root | bit;
    if ((uint32_t)larger * larger <= value)
      root = larger;
  }
  return root;
}

static uint16_t xavier_spread(const fixprop_layer *layer) {
  return square_root(FIXPROP_SIX / ((uint16_t)layer->inputs + layer->neurons));
}

static uint16_t he_spread(const fixprop_layer *layer) {
  return square_root(FIXPROP_SIX / layer->inputs);
}

void fixprop_initialise_xavier(fixprop_network *network, fixprop_generator *generator) {
  initialise_by(xavier_spread, network, generator);
}

void fixprop_initialise_he(fixprop_network *network, fixprop_generator *generator) {
  initialise_by(he_spread, network, generator);
}

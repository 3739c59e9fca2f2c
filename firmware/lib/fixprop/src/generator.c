#include "fixprop_generator.h"

#include "fixprop_formats.h"

void fixprop_seed(fixprop_generator *generator, uint32_t seed) {
  generator->state = seed ? seed : FIXPROP_GENERATOR_DEFAULT;
}

uint32_t fixprop_next(fixprop_generator *generator) {
  uint32_t x = generator->state;
  x ^= x << 8;
  x ^= x >> 9;
  x ^= x << 23;
  return generator->state = x;
}

uint16_t fixprop_below(fixprop_generator *generator, uint16_t limit) {
  const uint16_t upper = (uint16_t)(fixprop_next(generator) >> 16);
  return (uint16_t)(((uint32_t)upper * limit) >> 16);
}

int32_t fixprop_uniform(fixprop_generator *generator, uint16_t spread) {
  const int32_t draw = (int32_t)(fixprop_next(generator) >> 16) - 0x8000;
  return (draw * spread) >> FIXPROP_UNIFORM_SHIFT;
}

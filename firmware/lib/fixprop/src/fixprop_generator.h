/* The random generator that the chip and the PC share: xorshift32, shifts 8, 9, 23 (Marsaglia
 * 2003). */
#ifndef FIXPROP_GENERATOR_H
#define FIXPROP_GENERATOR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t state; /* never zero */
} fixprop_generator;

void fixprop_seed(fixprop_generator *generator, uint32_t seed);
uint32_t fixprop_next(fixprop_generator *generator);
uint16_t fixprop_below(fixprop_generator *generator, uint16_t limit); /* in [0, limit) */
/* A weight, Q4.19, in [-spread, spread), spread in Q4.11. */
int32_t fixprop_uniform(fixprop_generator *generator, uint16_t spread);

#ifdef __cplusplus
}
#endif
#endif

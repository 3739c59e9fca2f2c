/* Counts what saturates, by kind, where the compiler is given FIXPROP_COUNT_SATURATION: builds for
 * a computer, which so knows what saturates on the chip that does the same. Without it nothing here
 * is left of any line. docs/arithmetic.md says what each kind means. */
#ifndef FIXPROP_SATURATION_H
#define FIXPROP_SATURATION_H

#ifdef FIXPROP_COUNT_SATURATION
#include <stdint.h>

/* How many values were cut off at an end of their format; host/fixprop/saturation.py has the same
 * names in the same order. */
typedef struct {
  uint64_t inputs, targets; /* by the program around the network */
  uint64_t nets;            /* weighted sums, at the end of their activation function's range */
  uint64_t errors, deltas, steps;
  uint64_t weights, changes; /* updates of one */
} fixprop_saturations;

/* Of this thread: networks in several do not count each other's. Defined in saturation.c. */
extern _Thread_local fixprop_saturations fixprop_saturated;

static inline int32_t fixprop_counted(uint64_t *count, int32_t value, int32_t limited) {
  *count += value != limited;
  return limited;
}

/* `limited`, and one more of that kind if it is not `value`. */
#define FIXPROP_COUNTED(kind, value, limited)                                                      \
  fixprop_counted(&fixprop_saturated.kind, value, limited)

/* Does `work`, which moves changes as it would weights. */
#define FIXPROP_ON_CHANGES(work)                                                                   \
  do {                                                                                             \
    const uint64_t weights = fixprop_saturated.weights;                                            \
    work;                                                                                          \
    fixprop_saturated.changes += fixprop_saturated.weights - weights;                              \
    fixprop_saturated.weights = weights;                                                           \
  } while (0)

#else
#define FIXPROP_COUNTED(kind, value, limited) (limited)
#define FIXPROP_ON_CHANGES(work) work
#endif
#endif

/* The tracker's whole C, and a look at what it has learned and from what. */
#include <string.h>

#include "state.h"

enum { MOST_WEIGHTS = 128 };

/* Field by field: the bytes between them are nobody's. */
typedef struct {
  int32_t weights[MOST_WEIGHTS]; /* Q4.19 */
  uint32_t step, order;          /* training steps done; state of the order's generator */
  uint16_t left[MEMORY_SAMPLES], right[MEMORY_SAMPLES];
  int16_t bearing[MEMORY_SAMPLES];
  int8_t left_change[MEMORY_SAMPLES], right_change[MEMORY_SAMPLES], ahead_step[MEMORY_SAMPLES];
  uint8_t count, next_absent, filled[MEMORY_SAMPLES / 8];
} learned;

uint32_t numbers_size(void);
void numbers_learned(uint8_t *out);
uint16_t numbers_rate(void);
uint16_t numbers_rejected(void);

static void look_at_memory(learned *seen, const learner *l) {
  for (uint8_t i = 0; i < MEMORY_SAMPLES; i++) {
    const learner_sample *s = &l->memory[i];
    seen->left[i] = s->view.left;
    seen->right[i] = s->view.right;
    seen->bearing[i] = s->bearing;
    seen->left_change[i] = s->view.left_change;
    seen->right_change[i] = s->view.right_change;
    seen->ahead_step[i] = s->ahead_step;
  }
  seen->count = l->memory_count;
  seen->next_absent = l->next_absent;
  memcpy(seen->filled, l->memory_filled, sizeof seen->filled);
}

uint32_t numbers_size(void) { return sizeof(learned); }

void numbers_learned(uint8_t *out) {
  static learned seen;
  const learner *l = &tracker.learner;
  memset(&seen, 0, sizeof seen);
  for (uint16_t i = 0; i < fixprop_weight_count(l->network); i++)
    seen.weights[i] = fixprop_weight(l->network, i);
  seen.step = l->step;
  seen.order = l->order.state;
  look_at_memory(&seen, l);
  memcpy(out, &seen, sizeof seen);
}

uint16_t numbers_rate(void) { return tracker.learner.network->rate; }

uint16_t numbers_rejected(void) { return tracker.learner.rejected_samples; }

#include "burst.h"

static void sort(uint16_t reads[BURST_READS]) {
  for (uint8_t i = 1; i < BURST_READS; i++) {
    const uint16_t read = reads[i];
    uint8_t at = i;
    for (; at && reads[at - 1] > read; at--)
      reads[at] = reads[at - 1];
    reads[at] = read;
  }
}

uint16_t burst_reading(uint16_t reads[BURST_READS]) {
  sort(reads);
  uint16_t sum = 0;
  for (uint8_t i = 0; i < BURST_RANKS; i++)
    sum = (uint16_t)(sum + reads[BURST_FIRST_RANK + i]);
  return sum;
}

#include "supply.h"

#define ADC_CODES 1024

/* A code is the floor of what was measured: half a count is added to each read. */
uint16_t supply_mv(uint16_t bandgap, uint16_t bandgap_mv) {
  if (!bandgap)
    return SUPPLY_NOMINAL_MV;
  const uint32_t mv =
      (uint32_t)bandgap_mv * ADC_CODES * SUPPLY_READS / ((uint32_t)bandgap + SUPPLY_READS / 2);
  return mv > UINT16_MAX ? UINT16_MAX : (uint16_t)mv;
}

uint16_t supply_corrected(uint16_t reading, uint16_t supply_mv) {
  if (reading > READING_HIGHEST)
    return reading;
  const uint32_t corrected =
      ((uint32_t)reading * supply_mv + SUPPLY_NOMINAL_MV / 2) / SUPPLY_NOMINAL_MV;
  return corrected > READING_HIGHEST ? READING_HIGHEST : (uint16_t)corrected;
}

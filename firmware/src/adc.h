/* Bursts of both sensors, timed by Timer2: one reading every READING_PERIOD_MS, whatever else runs.
 */
#ifndef ADC_H
#define ADC_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint16_t left, right; /* counts x 8; 8184 also if nothing drives the pin */
  uint16_t bandgap;     /* sum of SUPPLY_READS conversions, just before */
  uint32_t time_us;     /* when the burst began */
} adc_reading;

void adc_begin(void);
bool adc_take(adc_reading *reading); /* false: no new reading */
bool adc_ready(void);
uint8_t adc_ms(void);      /* milliseconds since adc_begin(), modulo 256 */
uint16_t adc_missed(void); /* readings skipped because the one before was not taken */

#ifdef __cplusplus
}
#endif
#endif

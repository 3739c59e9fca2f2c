/* The tracker: readings in, pointer out, lessons and learning between, all of it told to the host.
 */
#ifndef TRACKER_H
#define TRACKER_H

#include <stdbool.h>
#include <stdint.h>

#include "button.h"
#include "fixprop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a start after a hang goes on with. */
typedef struct {
  bool learning;
  uint16_t rate; /* UQ3.13 */
} tracker_mode;

/* What this firmware is: told in every hello, so that a host can refuse what it cannot mirror. */
typedef struct {
  uint32_t fingerprint;
  uint32_t seed;
  uint8_t reset_cause; /* bits of WIRE_RESET_CAUSE */
} tracker_identity;

/* `mode` NULL: as kept with the weights. */
void tracker_begin(fixprop_network *network, const tracker_identity *identity,
                   const tracker_mode *mode);

tracker_mode tracker_mode_now(void);

/* A reading of both sensors, counts x 8, taken at time_us of the board's clock; `bandgap`: sum of
 * SUPPLY_READS conversions of the chip's bandgap just before. */
void tracker_burst(uint16_t left, uint16_t right, uint16_t bandgap, uint32_t time_us);

/* The same, scaled to the nominal supply already. */
void tracker_reading(uint16_t left, uint16_t right, uint32_t time_us, uint16_t supply_mv);

/* The button was pressed; false: not now, tell it again later. */
bool tracker_press(button_press press);

/* A byte from the host. */
void tracker_receive(uint8_t byte);

/* One small piece of work for the time between readings; false if there is none. */
bool tracker_work(void);

#ifdef __cplusplus
}
#endif
#endif

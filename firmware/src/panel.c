#include "panel.h"

#include <avr/pgmspace.h>
#include <util/atomic.h>

#include "chip.h"

_Static_assert(PIN_BUTTON == 2 && PIN_LED == 13, "PD2 is D2, PB5 is D13 on the Uno");

static const uint16_t times[LIGHTS][2] PROGMEM = LIGHT_TIMES;
static volatile button the_button;
static volatile uint8_t shown;
static uint16_t phase_ms;

void panel_begin(void) {
  BUTTON_PORT |= _BV(BUTTON_BIT); /* pulled up; pressed it is low */
  LED_DDR |= _BV(LED_BIT);
}

static void light_up(void) {
  const uint16_t *const pattern = times[shown];
  const uint16_t on_ms = pgm_read_word(pattern), off_ms = pgm_read_word(pattern + 1);
  if (phase_ms < on_ms)
    LED_PORT |= _BV(LED_BIT);
  else
    LED_PORT &= (uint8_t)~_BV(LED_BIT);
  if (++phase_ms >= on_ms + off_ms)
    phase_ms = 0;
}

void panel_tick(void) {
  button_tick((button *)&the_button, !(BUTTON_PIN & _BV(BUTTON_BIT)));
  light_up();
}

void panel_show(light pattern) { shown = pattern; }

button_press panel_take(void) {
  button_press press;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    press = the_button.press;
    the_button.press = BUTTON_NONE;
  }
  return press;
}

void panel_put_back(button_press press) {
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    if (the_button.press == BUTTON_NONE)
      the_button.press = (uint8_t)press;
  }
}

/* The button on D2 and the LED on D13. */
#ifndef PANEL_H
#define PANEL_H

#include "button.h"
#include "lights.h"

#ifdef __cplusplus
extern "C" {
#endif

void panel_begin(void);
void panel_tick(void); /* every millisecond, from an interrupt */
void panel_show(light pattern);
button_press panel_press(void); /* the press that waits to be taken */
void panel_taken(void);

#ifdef __cplusplus
}
#endif
#endif

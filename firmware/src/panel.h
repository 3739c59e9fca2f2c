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
button_press panel_take(void);           /* the press that waits, which then waits no more */
void panel_put_back(button_press press); /* it waits again, unless another has come since */

#ifdef __cplusplus
}
#endif
#endif

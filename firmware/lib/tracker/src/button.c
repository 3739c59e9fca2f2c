#include "button.h"

static void change(button *b) {
  b->unsettled_ms = 0;
  if (b->down && b->held_ms < BUTTON_LONG_MS)
    b->press = BUTTON_SHORT;
  b->down = !b->down;
  b->held_ms = 0;
}

void button_tick(button *b, bool down) {
  if (down == b->down)
    b->unsettled_ms = 0;
  else if (++b->unsettled_ms == BUTTON_DEBOUNCE_MS)
    change(b);
  if (b->down && b->held_ms < BUTTON_LONG_MS && ++b->held_ms == BUTTON_LONG_MS)
    b->press = BUTTON_LONG;
}

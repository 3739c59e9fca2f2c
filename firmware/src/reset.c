#include "reset.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>

#include "wire.h"

#define CHECK 0x5AC3
#define LEARNING_BIT 0x0100
#define HUNG_BIT 0x0200
#define HUNG_MS 200 /* the longest turn takes 10, and the watchdog waits for 500 */

enum { STACK_HELD, STACK_BROKE, STACK_BROKE_MODE }; /* with the last, the mode is lost too */

/* Outlives every reset but that of the power. */
typedef struct {
  tracker_mode mode;
  uint8_t stack; /* STACK_HELD, ... */
  uint8_t hung;
  uint16_t check;
} memory;

static volatile memory kept __attribute__((section(".noinit")));
static uint8_t cause __attribute__((section(".noinit")));
static volatile uint8_t unfed_ms;

/* A watchdog that has bitten goes on, with 16 ms, until MCUSR and then WDTCSR are cleared
 * (datasheet Atmel-8271, 11.9.2). */
__attribute__((naked, used, section(".init3"))) void reset_save_cause(void) {
  cause = MCUSR;
  MCUSR = 0;
  wdt_reset();
  WDTCSR = _BV(WDCE) | _BV(WDE);
  WDTCSR = 0;
}

static uint16_t check_now(void) {
  const uint16_t flags = kept.mode.learning ? LEARNING_BIT : 0;
  return (uint16_t)(CHECK ^ kept.mode.rate ^ flags ^ (kept.hung ? HUNG_BIT : 0) ^ kept.stack);
}

/* Behind a boot loader that clears MCUSR this is all that tells a start with the power from others:
 * random bits pass once in 700 million. */
static bool is_whole(void) {
  return kept.hung <= 1 && kept.stack <= STACK_BROKE_MODE && kept.check == check_now();
}

/* The Uno's Optiboot 4.4 clears MCUSR, and starts the sketch by a watchdog reset of its own. What
 * was noted before the reset tells the two apart; nobody notes a hang with interrupts off. */
static uint8_t noted_cause(void) {
  return is_whole() && (kept.hung || kept.stack) ? WIRE_RESET_CAUSE_WATCHDOG : 0;
}

uint8_t reset_cause(void) {
  const uint8_t told = cause ? cause : noted_cause();
  if ((told & WIRE_RESET_CAUSE_WATCHDOG) && is_whole() && kept.stack)
    return told | WIRE_RESET_CAUSE_STACK;
  return told;
}

static tracker_mode kept_mode(void) { return (tracker_mode){kept.mode.learning, kept.mode.rate}; }

bool reset_mode(tracker_mode *mode) {
  *mode = kept_mode();
  return (reset_cause() & WIRE_RESET_CAUSE_WATCHDOG) && is_whole() &&
         kept.stack != STACK_BROKE_MODE;
}

static void remember(tracker_mode mode, uint8_t stack, uint8_t hung) {
  kept.mode.learning = mode.learning;
  kept.mode.rate = mode.rate;
  kept.stack = stack;
  kept.hung = hung;
  kept.check = check_now();
}

void reset_remember(tracker_mode mode) {
  unfed_ms = 0;
  remember(mode, STACK_HELD, 0);
}

/* What was whole stays so, and what was not does not become so. */
static void note_hang(void) {
  if (!kept.hung) {
    kept.hung = 1;
    kept.check ^= HUNG_BIT;
  }
}

/* Calls nothing, as the interrupt that calls it would push twelve registers for that. */
void reset_tick(void) {
  if (unfed_ms < HUNG_MS && ++unfed_ms == HUNG_MS)
    note_hang();
}

/* The mode lies next to the stack. If the stack has spoilt it, the start goes on with the mode that
 * was kept with the weights. */
void reset_for_stack(void) {
  cli();
  const tracker_mode lost = {false, 0};
  if (is_whole())
    remember(kept_mode(), STACK_BROKE, 0);
  else
    remember(lost, STACK_BROKE_MODE, 0);
  wdt_enable(WDTO_15MS);
  for (;;)
    continue;
}

/* The simulated Uno, as Python sees it (fixprop/sim/uno.py reads this file for its declarations).
 */
#ifndef FIXPROP_SIM_UNO_H
#define FIXPROP_SIM_UNO_H

#include <stddef.h>
#include <stdint.h>

/* cdef begins */
typedef struct uno uno_t;
typedef struct {
  uint64_t cycle, value; /* a pulse: its start and end; a mark: when, and GPIOR0's value */
} uno_event_t;
/* Millivolts of what drives the pin; with UNO_OPEN, of what lies around a pin that nothing drives
 */
typedef int (*uno_adc_mv_t)(int channel, uint64_t cycle);
typedef int (*uno_supply_mv_t)(uint64_t cycle);
typedef void (*uno_pulse_t)(uint64_t start_cycle, uint64_t end_cycle);

enum { UNO_OPEN = 1 << 16 };
/* PORF, EXTRF and BORF of MCUSR. */
enum { UNO_POWER_ON = 1, UNO_EXTERNAL = 2, UNO_BROWN_OUT = 4, UNO_CRASHED = -1 };

/* A chip at power-on with SRAM painted from `painted_from` to its end; NULL when there is none. */
uno_t *uno_create(const uint8_t *flash, size_t flash_size, uint32_t painted_from, uint32_t avcc_mv);
void uno_destroy(uno_t *uno);
void uno_listen(uno_t *uno, uno_adc_mv_t adc_mv, uno_pulse_t on_pulse);
void uno_power(uno_t *uno, uno_supply_mv_t supply_mv, uint32_t bandgap_mv); /* NULL: constant */
void uno_reset(uno_t *uno, int cause);
/* Every reset starts at `address`, as the fuse BOOTRST makes it; the power comes on anew. */
void uno_boot_at(uno_t *uno, uint32_t address);

/* The next instruction becomes a jump to itself, until a reset. */
void uno_hang(uno_t *uno);
uint32_t uno_resets(const uno_t *uno); /* since it was created, its start among them */

/* Runs to the first instruction's end at or after now + cycles; 0, or UNO_CRASHED. */
int uno_run(uno_t *uno, uint64_t cycles);
void uno_stop(uno_t *uno); /* from within a callback: run() returns after this instruction */
uint64_t uno_cycle(const uno_t *uno);
uint32_t uno_pc(const uno_t *uno);
const char *uno_crash(const uno_t *uno);

void uno_send(uno_t *uno, const uint8_t *bytes, size_t count);
size_t uno_unsent(const uno_t *uno);
void uno_rush(uno_t *uno, int on); /* from now on bytes come whether the receiver is ready or not */
uint32_t uno_overruns(const uno_t *uno); /* bytes that came and found the receiver full */
size_t uno_receive(uno_t *uno, uint8_t *out, size_t room);
size_t uno_pulses(uno_t *uno, uno_event_t *out, size_t room);
size_t uno_marks(uno_t *uno, uno_event_t *out, size_t room);

uint8_t *uno_data(uno_t *uno); /* registers, I/O and SRAM: 0x000 to 0x8FF */
uint8_t *uno_eeprom(uno_t *uno);
const uint8_t *uno_flash(const uno_t *uno); /* 32,768 bytes */
int uno_eeprom_busy_at(const uno_t *uno);   /* address of the cell being written, or -1 */
int uno_pin(const uno_t *uno, char port, int bit);
void uno_drive(uno_t *uno, char port, int bit, int level); /* level -1: let go */
uint32_t uno_stack_peak(const uno_t *uno, uint32_t painted_from);
/* cdef ends */

#endif

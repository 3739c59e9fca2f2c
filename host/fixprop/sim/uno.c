/*
 * An ATmega328P at 16 MHz on libsimavr, behind a flat interface for Python: the chip's life, its
 * clock, and what can be asked of it. uno_parts.c has what differs from libsimavr around it.
 */
#include <simavr/avr_ioport.h>
#include <simavr/sim_core.h>
#include <stdio.h>

#include "uno_parts.h"

enum { PINB_REG = 0x23, MCUSR_REG = 0x54 }; /* PINx, DDRx, PORTx of B, C, D follow each other */
enum { WDRF = 1 << 3, WDTCSR_REG = 0x60, WDE = 1 << 3, WDCE = 1 << 4 };
enum { SRAM_START = 0x100, PAINT = 0xC5 };
enum { SMCR_REG = 0x53, SE = 1, SM_MASK = 7 << 1, SM_NOISE_REDUCTION = 1 << 1 };
enum { ADCSRA_REG = 0x7A, ADEN = 1 << 7, ADSC = 1 << 6, ADIF = 1 << 4 };

static uno_t *logging_for; /* simavr's logger is global and may be called without an avr */

static void on_log(avr_t *avr, const int level, const char *format, va_list args) {
  uno_t *uno = logging_for;
  if (level > LOG_ERROR || !uno || uno->crash[0])
    return;
  char text[120];
  vsnprintf(text, sizeof text, format, args);
  if (!strstr(text, "nvalid"))
    return; /* "Invalid Opcode", "Invalid write address": the rest are notices */
  snprintf(uno->crash, sizeof uno->crash, "%s", text);
  if (avr)
    avr->state = cpu_Crashed; /* simavr itself would run on after an illegal opcode */
}

/*
 * On the chip, entering Idle or ADC Noise Reduction mode with the ADC enabled starts a conversion
 * (datasheet Atmel-8271, sections 10.3, 10.4 and 24.6.1); in simavr it does not. A SLEEP with an
 * interrupt pending is skipped by simavr and starts none here.
 */
static void enter_sleep(avr_t *avr) {
  const uint8_t *data = avr->data;
  int keeps_adc_clock = (data[SMCR_REG] & SM_MASK) <= SM_NOISE_REDUCTION;
  if (keeps_adc_clock && (data[SMCR_REG] & SE) && (data[ADCSRA_REG] & (ADEN | ADSC)) == ADEN) {
    uint8_t starts = (uint8_t)((data[ADCSRA_REG] & ~ADIF) | ADSC);
    avr->io[AVR_DATA_TO_IO(ADCSRA_REG)].w.c(avr, ADCSRA_REG, starts,
                                            avr->io[AVR_DATA_TO_IO(ADCSRA_REG)].w.param);
  }
}

/* Stands in for avr_callback_run_raw, whose sleep overshoots whatever its caller waits for. */
static void step(avr_t *avr) {
  avr_flashaddr_t new_pc = avr->pc;
  if (avr->state == cpu_Running) {
    new_pc = avr_run_one(avr);
    if (avr->state == cpu_Sleeping)
      enter_sleep(avr);
  }
  avr_cycle_timer_process(avr);
  avr->pc = new_pc;
  if (avr->interrupt_state && (avr->state == cpu_Running || avr->state == cpu_Sleeping))
    avr_service_interrupts(avr);
}

/*
 * simavr notes a write above SRAM, as of a program that has lost its stack, as a crash, and carries
 * it out all the same (sim_core.c, avr_core_watch_write): so each address of 16 bits has memory.
 */
static int widen_data(avr_t *avr) {
  size_t used = avr->ramend + 1u;
  uint8_t *data = realloc(avr->data, 0x10000);
  if (!data)
    return -1;
  memset(data + used, 0, 0x10000 - used);
  avr->data = data;
  return 0;
}

uno_t *uno_create(const uint8_t *flash, size_t flash_size, uint32_t painted_from,
                  uint32_t avcc_mv) {
  avr_global_logger_set(on_log);
  uno_t *uno = calloc(1, sizeof *uno);
  avr_t *avr = uno ? avr_make_mcu_by_name("atmega328p") : NULL;
  if (!avr || avr_init(avr) || widen_data(avr)) {
    free(uno);
    return NULL;
  }
  uno->avr = avr;
  uno->bandgap_mv = 1100;
  avr->frequency = 16000000;
  avr->vcc = avr->avcc = avr->aref = avcc_mv;
  avr->log = LOG_ERROR;
  avr->run = step;
  avr->codeend = avr->flashend;
  uno_hook_parts(uno);
  memcpy(avr->flash, flash, flash_size <= avr->flashend ? flash_size : avr->flashend + 1u);
  if (painted_from >= SRAM_START && painted_from <= avr->ramend)
    memset(avr->data + painted_from, PAINT, avr->ramend + 1u - painted_from);
  uno_reset(uno, UNO_POWER_ON);
  return uno;
}

void uno_destroy(uno_t *uno) {
  if (logging_for == uno)
    logging_for = NULL;
  avr_terminate(uno->avr);
  free(uno->line_in.items);
  free(uno->line_out.items);
  free(uno->pulses.items);
  free(uno->marks.items);
  free(uno->avr);
  free(uno);
}

void uno_listen(uno_t *uno, uno_adc_mv_t adc_mv, uno_pulse_t on_pulse) {
  uno->adc_mv = adc_mv;
  uno->on_pulse = on_pulse;
}

void uno_power(uno_t *uno, uno_supply_mv_t supply_mv, uint32_t bandgap_mv) {
  uno->supply_mv = supply_mv;
  uno->bandgap_mv = bandgap_mv;
}

/* A sleeping chip stands at its last event; what comes from outside comes now. */
static void catch_up(uno_t *uno) {
  if (uno->avr->cycle < uno->now)
    uno->avr->cycle = uno->now;
}

static void write_watchdog(avr_t *avr, uint8_t value) {
  avr->io[AVR_DATA_TO_IO(WDTCSR_REG)].w.c(avr, WDTCSR_REG, value,
                                          avr->io[AVR_DATA_TO_IO(WDTCSR_REG)].w.param);
}

/*
 * While WDRF is set the watchdog is on, at 16 ms (datasheet Atmel-8271, section 11.9.2); simavr
 * turns it on after each reset once it has bitten, whatever became of WDRF.
 */
static void settle_watchdog(avr_t *avr) {
  if (avr->data[MCUSR_REG] & WDRF) {
    write_watchdog(avr, WDE);
  } else {
    write_watchdog(avr, WDCE | WDE);
    write_watchdog(avr, 0);
  }
}

/* MCUSR gathers causes: only power-on and the program clear it (datasheet, section 11.9.1). */
void uno_reset(uno_t *uno, int cause) {
  uint8_t before = cause == UNO_POWER_ON ? 0 : uno->avr->data[MCUSR_REG];
  catch_up(uno);
  uno->line_in.head = uno->line_in.tail = 0;
  uno->line_out.head = uno->line_out.tail = 0;
  uno->crash[0] = 0;
  avr_reset(uno->avr);
  uno->avr->state = cpu_Running;
  uno->avr->data[MCUSR_REG] = (uint8_t)(before | cause);
  settle_watchdog(uno->avr);
}

void uno_boot_at(uno_t *uno, uint32_t address) {
  uno->avr->reset_pc = address;
  uno_reset(uno, UNO_POWER_ON);
}

void uno_unhang(uno_t *uno) {
  if (uno->hangs)
    memcpy(uno->avr->flash + uno->hung_at, uno->hung_word, sizeof uno->hung_word);
  uno->hangs = 0;
}

void uno_hang(uno_t *uno) {
  static const uint8_t jump_to_itself[2] = {0xFF, 0xCF}; /* rjmp .-2 */
  uno_unhang(uno);
  uno->hung_at = uno->avr->pc;
  memcpy(uno->hung_word, uno->avr->flash + uno->hung_at, sizeof uno->hung_word);
  memcpy(uno->avr->flash + uno->hung_at, jump_to_itself, sizeof jump_to_itself);
  uno->hangs = 1;
}

uint32_t uno_resets(const uno_t *uno) { return uno->resets; }

/* Jumps a sleeping chip to its next event; false when that lies at or after `until`. */
static int sleep_to_event(avr_t *avr, uint64_t until) {
  const avr_cycle_timer_slot_t *next = avr->cycle_timers.timer;
  if (!avr->sreg[S_I])
    avr->state = cpu_Done; /* asleep with interrupts off: only a reset wakes it */
  if (avr->state == cpu_Done || !next || next->when >= until)
    return 0;
  if (avr->cycle < next->when)
    avr->cycle = next->when;
  return 1;
}

static avr_cycle_count_t at_target(avr_t *avr, avr_cycle_count_t when, void *param) {
  (void)avr, (void)when, (void)param;
  return 0;
}

/*
 * One avr->run() executes instructions back to back up to the next timer, within run_cycle_limit:
 * twice as fast as one by one. The timer at `until` is what ends it there; the limit alone does
 * not, because simavr counts it anew whenever the firmware starts a timer.
 */
int uno_run(uno_t *uno, uint64_t cycles) {
  avr_t *avr = uno->avr;
  uint64_t until = uno->now + cycles;
  int awake = 1;
  logging_for = uno;
  uno->stop = 0;
  if (avr->cycle < until)
    avr_cycle_timer_register(avr, until - avr->cycle, at_target, uno);
  while (avr->cycle < until && !uno->stop && avr->state != cpu_Crashed) {
    if (avr->state != cpu_Running && !(awake = sleep_to_event(avr, until)))
      break;
    avr->run_cycle_limit = until - avr->cycle;
    if (avr->run_cycle_count > avr->run_cycle_limit)
      avr->run_cycle_count = avr->run_cycle_limit;
    uint8_t causes = avr->data[MCUSR_REG];
    uint32_t resets = uno->resets;
    avr->run(avr); /* step(), or the watchdog's reset in its place */
    if (uno->resets != resets)
      avr->data[MCUSR_REG] |= causes;
  }
  avr_cycle_timer_cancel(avr, at_target, uno);
  uno->now = awake ? avr->cycle : until;
  return avr->state == cpu_Crashed ? UNO_CRASHED : 0;
}

void uno_stop(uno_t *uno) { uno->stop = 1; }

uint64_t uno_cycle(const uno_t *uno) { return uno->now; }

uint32_t uno_pc(const uno_t *uno) { return uno->avr->pc; }

const char *uno_crash(const uno_t *uno) { return uno->crash; }

void uno_send(uno_t *uno, const uint8_t *bytes, size_t count) {
  catch_up(uno);
  for (size_t i = 0; i < count; i++)
    put_byte(&uno->line_in, bytes[i]);
  uno_start_feeding(uno);
}

size_t uno_unsent(const uno_t *uno) { return queued(&uno->line_in); }

size_t uno_receive(uno_t *uno, uint8_t *out, size_t room) {
  size_t n = 0;
  while (n < room && queued(&uno->line_out))
    out[n++] = take_byte(&uno->line_out);
  return n;
}

size_t uno_pulses(uno_t *uno, uno_event_t *out, size_t room) {
  return take_events(&uno->pulses, out, room);
}

size_t uno_marks(uno_t *uno, uno_event_t *out, size_t room) {
  return take_events(&uno->marks, out, room);
}

uint8_t *uno_data(uno_t *uno) { return uno->avr->data; }

uint8_t *uno_eeprom(uno_t *uno) { return uno->eeprom->eeprom; }

const uint8_t *uno_flash(const uno_t *uno) { return uno->avr->flash; }

int uno_eeprom_busy_at(const uno_t *uno) { return uno->eeprom_busy_at; }

int uno_pin(const uno_t *uno, char port, int bit) {
  const uint8_t *regs = uno->avr->data + PINB_REG + 3 * (port - 'B'); /* PINx, DDRx, PORTx */
  return regs[0] >> bit & 1;
}

void uno_drive(uno_t *uno, char port, int bit, int level) {
  catch_up(uno);
  avr_ioport_t *io = NULL;
  for (avr_io_t *i = uno->avr->io_port; i; i = i->next)
    if (!strcmp(i->kind, "port") && ((avr_ioport_t *)i)->name == port)
      io = (avr_ioport_t *)i;
  if (!io)
    return;
  unsigned mask = 1u << bit, pull_up = uno->avr->data[io->r_port] >> bit & 1u;
  avr_ioport_external_t external = {.name = (unsigned)port & 127u,
                                    .mask = io->external.pull_mask & (uint8_t)~mask,
                                    .value = io->external.pull_value & (uint8_t)~mask};
  if (level >= 0) {
    external.mask |= (uint8_t)mask;
    external.value |= (uint8_t)(level ? mask : 0u);
  }
  avr_ioctl(uno->avr, AVR_IOCTL_IOPORT_SET_EXTERNAL((unsigned)port), &external);
  avr_raise_irq(io->io.irq + bit, level >= 0 ? (uint32_t)level : pull_up);
}

uint32_t uno_stack_peak(const uno_t *uno, uint32_t painted_from) {
  uint32_t at = painted_from;
  while (at <= uno->avr->ramend && uno->avr->data[at] == PAINT)
    at++;
  return uno->avr->ramend + 1u - at;
}

/* The inside of the simulated Uno, shared by uno.c (the chip) and uno_parts.c (what it has on it).
 */
#ifndef FIXPROP_SIM_UNO_PARTS_H
#define FIXPROP_SIM_UNO_PARTS_H

#include <simavr/avr_eeprom.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>

#include "uno_buffers.h"

struct uno {
  avr_t *avr;
  avr_uart_t *uart;
  avr_eeprom_t *eeprom;
  avr_io_t parts; /* its reset() tells us of resets that the firmware causes (watchdog) */
  uint64_t now;   /* >= avr->cycle while asleep; the chip's clock jumps only to events */
  queue_t line_in, line_out;
  int xon, feeding;
  int rushes;                  /* bytes come at line rate, whatever the receiver does */
  uint8_t held[3], held_count; /* then: what waits in the receiver */
  uint32_t overruns;           /* bytes that came when it was full */
  avr_io_read_t udr0_read;
  void *udr0_param;
  uno_adc_mv_t adc_mv;
  struct {
    uint64_t since;          /* cycle at which its pull-up was last switched on or off */
    double from_mv;          /* its level then */
    double around_mv;        /* that it goes to when it is left alone, as last told */
  } open_pins[6];            /* A0 to A5, so long as nothing drives them */
  uno_supply_mv_t supply_mv; /* or NULL */
  uint32_t bandgap_mv;       /* of this chip; typically 1100 */
  uno_pulse_t on_pulse;
  uint16_t sampling, converted; /* ADC codes: of the conversion last begun, and the one before */
  uint64_t pulse_start;
  uint16_t icr1; /* as the chip has it, where simavr would take any write */
  log_t pulses, marks;
  avr_io_write_t eecr_write;
  void *eecr_param;
  avr_io_write_t portb_write;
  void *portb_param;
  avr_io_write_t portc_write;
  void *portc_param;
  avr_io_write_t ocr1a_write;
  void *ocr1a_param;
  int eeprom_busy_at; /* address being written, or -1 */
  int stop;
  uint32_t resets;
  uint32_t hung_at; /* where uno_hang() put its jump */
  int hangs;
  uint8_t hung_word[2]; /* what was there */
  char crash[160];
};

/* Puts our line, ADC, EEPROM, pins and markers in place of simavr's; after avr_init(). */
void uno_hook_parts(uno_t *uno);
/* Bytes begin to flow to the UART, if there are any and they do not yet. */
void uno_start_feeding(uno_t *uno);
/* What uno_hang() did is undone. */
void uno_unhang(uno_t *uno);
/* uno_line.c: UDR0 without flow control, and a byte that has come down such a line. */
void uno_hook_line(uno_t *uno);
void uno_byte_comes(uno_t *uno, uint8_t byte);

#endif

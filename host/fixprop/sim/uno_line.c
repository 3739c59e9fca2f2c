/*
 * The UART's receiver without flow control, as a chip on a real line has it (datasheet Atmel-8271,
 * sections 20.7 and 20.11.2): two bytes wait in UDR0 and a third in the shift register. One that
 * comes while all three do is lost, and DOR0 is set until UDR0 is read.
 */
#include "uno_parts.h"

enum { UCSR0A_REG = 0xC0, UDR0_REG = 0xC6, DOR0 = 1 << 3 };

void uno_byte_comes(uno_t *uno, uint8_t byte) {
  if (uno->held_count == sizeof uno->held) {
    uno->overruns++;
    uno->avr->data[UCSR0A_REG] |= DOR0;
    return;
  }
  uno->held[uno->held_count++] = byte;
  avr_raise_interrupt(uno->avr, &uno->uart->rxc);
}

static uint8_t read_udr0(avr_t *avr, avr_io_addr_t addr, void *param) {
  uno_t *uno = param;
  if (!uno->rushes)
    return uno->udr0_read(avr, addr, uno->udr0_param);
  avr_clear_interrupt(avr, &uno->uart->rxc);
  avr_regbit_clear(avr, uno->uart->rxc.raised); /* RXC0, which simavr leaves to its own UART */
  avr->data[UCSR0A_REG] &= (uint8_t)~DOR0;
  const uint8_t byte = uno->held[0];
  if (uno->held_count)
    memmove(uno->held, uno->held + 1, --uno->held_count);
  if (uno->held_count)
    avr_raise_interrupt(avr, &uno->uart->rxc);
  avr->data[addr] = byte;
  return byte;
}

void uno_hook_line(uno_t *uno) {
  uno->udr0_read = uno->avr->io[AVR_DATA_TO_IO(UDR0_REG)].r.c;
  uno->udr0_param = uno->avr->io[AVR_DATA_TO_IO(UDR0_REG)].r.param;
  uno->avr->io[AVR_DATA_TO_IO(UDR0_REG)].r.c = read_udr0;
  uno->avr->io[AVR_DATA_TO_IO(UDR0_REG)].r.param = uno;
}

void uno_rush(uno_t *uno, int on) { uno->rushes = on; }

uint32_t uno_overruns(const uno_t *uno) { return uno->overruns; }

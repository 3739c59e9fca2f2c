/*
 * What libsimavr 1.6 does otherwise than the chip and matters here, put back to the chip's ways
 * (datasheet Atmel-8271):
 *   ADC      simavr computes the result when ADCL is read, from whatever channel is selected by
 *            then, and scales by 1023. Here the voltage is taken at the conversion's start and
 *            the code is floor(Vin * 1024 / Vref) (section 24.7).
 *            AVCC and the bandgap may be other than typical, and change. A pull-up is seen
 *            by what drives the pin, and its charge stays on a pin that nothing drives.
 *   EEPROM   simavr writes at once. Here EEPE stays set for 3.4 ms (table 8-1) and a second write
 *            within that time is ignored.
 *   UART in  simavr takes any number of bytes at any moment. Here they come at line rate.
 *   Timer1   simavr takes ICR1 and OCR1A in every mode. Here ICR1 keeps what it has in a mode that
 *            does not count up to it (section 16.3), and the modes that count up to a fixed number
 *            of bits mask OCR1A (section 16.7.3).
 *   Sleep    starts a conversion: uno.c.
 */
#include <math.h>
#include <simavr/avr_adc.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_timer.h>

#include "uno_parts.h"

enum {
  PORTB_REG = 0x25,
  DDRC_REG = 0x27,
  PORTC_REG = 0x28,
  GPIOR0_REG = 0x3E,
  EECR_REG = 0x3F,
  TCCR1A_REG = 0x80,
  TCCR1B_REG = 0x81,
  ICR1L_REG = 0x86,
  OCR1AL_REG = 0x88,
  EEARL_REG = 0x41,
  ADCL_REG = 0x78,
  ADCH_REG = 0x79,
  ADCSRA_REG = 0x7A,
  ADMUX_REG = 0x7C,
  UCSR0B_REG = 0xC1,
};
enum { EEPE = 1 << 1, EEMPE = 1 << 2, ADSC = 1 << 6, ADLAR = 1 << 5, RXEN0 = 1 << 4 };
enum { COM1A1 = 1 << 7, SERVO_BIT = 1 << 1 }; /* D9 is PB1 is OC1A */
enum { EEPROM_WRITE_CYCLES = 54400 };

/* ---- serial line ---- */

static void on_uart_output(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  put_byte(&((uno_t *)param)->line_out, (uint8_t)value);
}

static void on_xon(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  if (value)
    ((uno_t *)param)->xon = 1;
}

static void on_xoff(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  if (value)
    ((uno_t *)param)->xon = 0;
}

/* One byte per byte time; with flow control held while the receiver is off or its queue full. */
static avr_cycle_count_t feed(avr_t *avr, avr_cycle_count_t when, void *param) {
  uno_t *uno = param;
  if (uno->rushes)
    uno_byte_comes(uno, take_byte(&uno->line_in));
  else if (uno->xon && (avr->data[UCSR0B_REG] & RXEN0))
    avr_raise_irq(uno->uart->io.irq + UART_IRQ_INPUT, take_byte(&uno->line_in));
  uno->feeding = queued(&uno->line_in) > 0;
  return uno->feeding ? when + uno->uart->cycles_per_byte : 0;
}

void uno_start_feeding(uno_t *uno) {
  if (!uno->feeding && queued(&uno->line_in)) {
    uno->feeding = 1;
    avr_cycle_timer_register(uno->avr, uno->uart->cycles_per_byte, feed, uno);
  }
}

/* ---- ADC ---- */

enum { TYPICAL_BANDGAP_MV = 1100 }; /* what simavr calls the channel's level */

static uint32_t avcc_mv(const uno_t *uno) {
  int mv = uno->supply_mv ? uno->supply_mv(uno->avr->cycle) : (int)uno->avr->avcc;
  return mv < 1 ? 1 : (uint32_t)mv;
}

static uint32_t reference_mv(const uno_t *uno) {
  switch (uno->avr->data[ADMUX_REG] >> 6) {
  case 0:
    return uno->avr->aref;
  case 1:
    return avcc_mv(uno);
  default:
    return uno->bandgap_mv;
  }
}

enum { PULL_UP_OHM = 35000, SENSOR_OHM = 10000 }; /* table 29-1, middle; section 24.6.1, most */
/* Time constants of a pin with its sampling capacitor and a cable: 100 pF by a pull-up of 50 kOhm,
 * 50 pF by an input of 100 MOhm. */
enum { CHARGE_CYCLES = 80, LEAK_CYCLES = 80000 };
enum { SAMPLED_AFTER_CYCLES = 192 }; /* 1.5 ADC clocks of 128 (section 24.4) */

static int is_pulled_up(const avr_t *avr, unsigned channel) {
  return channel < 6 && avr->data[PORTC_REG] >> channel & ~(avr->data[DDRC_REG] >> channel) & 1;
}

static double open_pin_mv(const uno_t *uno, unsigned channel, uint64_t cycle) {
  const int up = is_pulled_up(uno->avr, channel);
  const double to_mv = up ? avcc_mv(uno) : uno->open_pins[channel].around_mv;
  const double passed = (double)(cycle - uno->open_pins[channel].since);
  const double left = exp(-passed / (up ? CHARGE_CYCLES : LEAK_CYCLES));
  return to_mv + (uno->open_pins[channel].from_mv - to_mv) * left;
}

static uint32_t sampled_open_mv(uno_t *uno, unsigned channel, uint32_t around_mv) {
  if (channel >= 6)
    return around_mv;
  uno->open_pins[channel].around_mv = around_mv;
  return (uint32_t)open_pin_mv(uno, channel, uno->avr->cycle + SAMPLED_AFTER_CYCLES);
}

static uint32_t driven_pin_mv(const uno_t *uno, unsigned channel, uint32_t mv) {
  if (!is_pulled_up(uno->avr, channel))
    return mv;
  return (mv * PULL_UP_OHM + avcc_mv(uno) * SENSOR_OHM) / (PULL_UP_OHM + SENSOR_OHM);
}

static uint32_t input_mv(uno_t *uno, avr_adc_mux_t mux) {
  if (mux.kind == ADC_MUX_REF)
    return mux.src == TYPICAL_BANDGAP_MV ? uno->bandgap_mv : mux.src;
  if (mux.kind != ADC_MUX_SINGLE || !uno->adc_mv)
    return 0;
  const int mv = uno->adc_mv(mux.src, uno->avr->cycle);
  if (mv < 0)
    return 0;
  return mv & UNO_OPEN ? sampled_open_mv(uno, mux.src, (uint32_t)mv & (UNO_OPEN - 1))
                       : driven_pin_mv(uno, mux.src, (uint32_t)mv);
}

static void on_conversion_start(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  uno_t *uno = param;
  union {
    avr_adc_mux_t mux;
    uint32_t value;
  } e = {.value = value};
  uint32_t code = input_mv(uno, e.mux) * 1024 / reference_mv(uno);
  uno->converted = uno->sampling;
  uno->sampling = code > 1023 ? 1023 : (uint16_t)code;
}

static uint16_t adc_result(const uno_t *uno) {
  const uint8_t *data = uno->avr->data;
  uint16_t code = data[ADCSRA_REG] & ADSC ? uno->converted : uno->sampling;
  return data[ADMUX_REG] & ADLAR ? (uint16_t)(code << 6) : code;
}

static uint8_t read_adcl(avr_t *avr, avr_io_addr_t addr, void *param) {
  return avr->data[addr] = (uint8_t)adc_result(param);
}

static uint8_t read_adch(avr_t *avr, avr_io_addr_t addr, void *param) {
  return avr->data[addr] = (uint8_t)(adc_result(param) >> 8);
}

/* ---- EEPROM ---- */

static avr_cycle_count_t eeprom_done(avr_t *avr, avr_cycle_count_t when, void *param) {
  (void)when;
  avr->data[EECR_REG] &= (uint8_t)~EEPE;
  ((uno_t *)param)->eeprom_busy_at = -1;
  return 0;
}

static void write_eecr(avr_t *avr, avr_io_addr_t addr, uint8_t v, void *param) {
  uno_t *uno = param;
  if (uno->eeprom_busy_at >= 0) {
    uint8_t refused = (uint8_t)(v & ~EEPE);
    uno->eecr_write(avr, addr, refused, uno->eecr_param);
    avr->data[EECR_REG] |= EEPE;
    return;
  }
  int starts = (avr->data[EECR_REG] & EEMPE) && (v & EEPE);
  uno->eecr_write(avr, addr, v, uno->eecr_param);
  if (!starts)
    return;
  avr->data[EECR_REG] |= EEPE;
  uno->eeprom_busy_at = (avr->data[EEARL_REG] | avr->data[EEARL_REG + 1] << 8) & 1023;
  avr_cycle_timer_register(avr, EEPROM_WRITE_CYCLES, eeprom_done, uno);
}

/* ---- pins and markers ---- */

static void on_servo_pin(avr_irq_t *irq, uint32_t value, void *param) {
  (void)irq;
  uno_t *uno = param;
  uint64_t cycle = uno->avr->cycle;
  if (value & 1) {
    uno->pulse_start = cycle;
    return;
  }
  if (!uno->pulse_start)
    return;
  log_event(&uno->pulses, uno->pulse_start, cycle);
  if (uno->on_pulse)
    uno->on_pulse(uno->pulse_start, cycle);
  uno->pulse_start = 0;
}

static uint32_t word_at(const avr_t *avr, int reg) {
  return avr->data[reg] | (uint32_t)avr->data[reg + 1] << 8;
}

static avr_timer_t *timer1(avr_t *avr) {
  for (avr_io_t *io = avr->io_port; io; io = io->next)
    if (!strcmp(io->kind, "timer") && ((avr_timer_t *)io)->name == '1')
      return (avr_timer_t *)io;
  return 0;
}

/* Bits WGM13 to WGM10: table 16-4. */
static unsigned timer1_mode(const avr_t *avr) {
  return (avr->data[TCCR1A_REG] & 3u) | (avr->data[TCCR1B_REG] >> 1 & 12u);
}

static uint8_t fixed_top_high_byte(const avr_t *avr) {
  static const uint8_t by_mode[4] = {0xFF, 0x00, 0x01, 0x03}; /* 8, 9 and 10 bits */
  const unsigned mode = timer1_mode(avr);
  return mode < 8 ? by_mode[mode & 3] : 0xFF;
}

/* The low byte's write is what writes all 16 bits. */
static void write_icr1(avr_t *avr, avr_io_addr_t addr, uint8_t v, void *param) {
  uno_t *uno = param;
  const unsigned mode = timer1_mode(avr);
  if (mode >= 8 && !(mode & 1)) /* 8, 10, 12 and 14 count up to ICR1 */
    uno->icr1 = (uint16_t)(avr->data[addr + 1] << 8 | v);
  avr->data[addr] = (uint8_t)uno->icr1;
  avr->data[addr + 1] = (uint8_t)(uno->icr1 >> 8);
}

static int in_fast_pwm_up_to_icr1(const avr_t *avr) { return timer1_mode(avr) == 14; }

/* simavr 1.6 works out the length of a fast PWM pulse only when the timer's mode changes. The chip
 * takes a new OCR1A at the next period's start (datasheet, 16.9.3), as simavr takes comp_cycles. */
static void write_ocr1a(avr_t *avr, avr_io_addr_t addr, uint8_t v, void *param) {
  uno_t *uno = param;
  avr->data[OCR1AL_REG + 1] &= fixed_top_high_byte(avr);
  uno->ocr1a_write(avr, addr, v, uno->ocr1a_param);
  avr_timer_t *timer = timer1(avr);
  uint32_t top = word_at(avr, ICR1L_REG), ticks = word_at(avr, OCR1AL_REG) + 1;
  if (in_fast_pwm_up_to_icr1(avr) && timer->tov_cycles && ticks <= top)
    timer->comp[AVR_TIMER_COMPA].comp_cycles = timer->tov_cycles * ticks / (top + 1);
}

/* A pin that a timer drives does not follow PORTB (datasheet, 16.8); simavr lets it, so that a
 * write for the LED beside it would end the servo's pulse. */
static void write_portb(avr_t *avr, avr_io_addr_t addr, uint8_t v, void *param) {
  uno_t *uno = param;
  uint8_t seen = v;
  if (avr->data[TCCR1A_REG] & COM1A1)
    seen = (uint8_t)((v & ~SERVO_BIT) | (uno->pulse_start ? SERVO_BIT : 0));
  uno->portb_write(avr, addr, seen, uno->portb_param);
  avr->data[addr] = v;
}

static void write_portc(avr_t *avr, avr_io_addr_t addr, uint8_t v, void *param) {
  uno_t *uno = param;
  for (unsigned pin = 0; pin < 6; pin++)
    if ((avr->data[addr] ^ v) >> pin & 1) {
      uno->open_pins[pin].from_mv = open_pin_mv(uno, pin, avr->cycle);
      uno->open_pins[pin].since = avr->cycle;
    }
  uno->portc_write(avr, addr, v, uno->portc_param);
}

static void write_mark(avr_t *avr, avr_io_addr_t addr, uint8_t v, void *param) {
  avr->data[addr] = v;
  log_event(&((uno_t *)param)->marks, avr->cycle, v);
}

static avr_io_t *find_io(avr_t *avr, const char *kind) {
  avr_io_t *io = avr->io_port;
  while (io && strcmp(io->kind, kind))
    io = io->next;
  return io;
}

/* simavr clears PINx but not what it last told of each pin, and tells only of changes. */
static void settle_pins(avr_t *avr) {
  for (avr_io_t *io = avr->io_port; io; io = io->next) {
    if (strcmp(io->kind, "port"))
      continue;
    avr_ioport_t *port = (avr_ioport_t *)io;
    unsigned driven = port->external.pull_mask & port->external.pull_value;
    avr->data[port->r_pin] = (uint8_t)driven;
    for (unsigned i = 0; i < 8; i++)
      io->irq[i].value = driven >> i & 1u;
  }
}

static void on_reset(avr_io_t *io) {
  uno_t *uno = (uno_t *)((char *)io - offsetof(uno_t, parts));
  uno_unhang(uno);
  uno->resets++;
  uno->xon = 1;
  uno->feeding = 0;
  uno->held_count = 0;
  uno->eeprom_busy_at = -1;
  uno->pulse_start = 0;
  uno->icr1 = 0;
  uno->sampling = uno->converted = 0;
  settle_pins(uno->avr);
  uno_start_feeding(uno);
}

static void replace_read(avr_t *avr, int reg, avr_io_read_t read, void *param) {
  avr->io[AVR_DATA_TO_IO(reg)].r.c = read;
  avr->io[AVR_DATA_TO_IO(reg)].r.param = param;
}

static void hook_registers(uno_t *uno) {
  avr_t *avr = uno->avr;
  replace_read(avr, ADCL_REG, read_adcl, uno);
  replace_read(avr, ADCH_REG, read_adch, uno);
  uno->eecr_write = avr->io[AVR_DATA_TO_IO(EECR_REG)].w.c;
  uno->eecr_param = avr->io[AVR_DATA_TO_IO(EECR_REG)].w.param;
  avr->io[AVR_DATA_TO_IO(EECR_REG)].w.c = write_eecr;
  avr->io[AVR_DATA_TO_IO(EECR_REG)].w.param = uno;
  uno->portb_write = avr->io[AVR_DATA_TO_IO(PORTB_REG)].w.c;
  uno->portb_param = avr->io[AVR_DATA_TO_IO(PORTB_REG)].w.param;
  avr->io[AVR_DATA_TO_IO(PORTB_REG)].w.c = write_portb;
  avr->io[AVR_DATA_TO_IO(PORTB_REG)].w.param = uno;
  uno->portc_write = avr->io[AVR_DATA_TO_IO(PORTC_REG)].w.c;
  uno->portc_param = avr->io[AVR_DATA_TO_IO(PORTC_REG)].w.param;
  avr->io[AVR_DATA_TO_IO(PORTC_REG)].w.c = write_portc;
  avr->io[AVR_DATA_TO_IO(PORTC_REG)].w.param = uno;
  uno->ocr1a_write = avr->io[AVR_DATA_TO_IO(OCR1AL_REG)].w.c;
  uno->ocr1a_param = avr->io[AVR_DATA_TO_IO(OCR1AL_REG)].w.param;
  avr->io[AVR_DATA_TO_IO(OCR1AL_REG)].w.c = write_ocr1a;
  avr->io[AVR_DATA_TO_IO(OCR1AL_REG)].w.param = uno;
  avr_register_io_write(avr, ICR1L_REG, write_icr1, uno);
  avr_register_io_write(avr, GPIOR0_REG, write_mark, uno);
}

static void hook_pins(uno_t *uno) {
  avr_irq_t *uart = uno->uart->io.irq;
  avr_irq_register_notify(uart + UART_IRQ_OUTPUT, on_uart_output, uno);
  avr_irq_register_notify(uart + UART_IRQ_OUT_XON, on_xon, uno);
  avr_irq_register_notify(uart + UART_IRQ_OUT_XOFF, on_xoff, uno);
  uno->uart->flags &= ~(uint32_t)(AVR_UART_FLAG_POLL_SLEEP | AVR_UART_FLAG_STDIO);
  avr_irq_register_notify(find_io(uno->avr, "adc")->irq + ADC_IRQ_OUT_TRIGGER, on_conversion_start,
                          uno);
  avr_irq_register_notify(avr_io_getirq(uno->avr, AVR_IOCTL_IOPORT_GETIRQ('B'), 1), on_servo_pin,
                          uno);
}

void uno_hook_parts(uno_t *uno) {
  uno->uart = (avr_uart_t *)find_io(uno->avr, "uart");
  uno->eeprom = (avr_eeprom_t *)find_io(uno->avr, "eeprom");
  uno->parts.kind = "fixprop";
  uno->parts.reset = on_reset;
  avr_register_io(uno->avr, &uno->parts);
  hook_registers(uno);
  uno_hook_line(uno);
  hook_pins(uno);
}

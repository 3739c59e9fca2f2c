#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "chip.h"
#include "wire.h"

/* Powers of two. A reading, a checksum and a health message together take 82 bytes. */
#define TX_SIZE 128
#define RX_SIZE UART_RX_SIZE

static uint8_t tx[TX_SIZE], rx[RX_SIZE];
static volatile uint8_t tx_head, tx_tail, rx_head, rx_tail;
static volatile uint16_t overruns;

void uart_begin(void) {
  UCSR0A = _BV(U2X0);
  UBRR0 = F_CPU / 8 / WIRE_BAUD - 1;
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

static uint8_t tx_room(void) { return (uint8_t)(tx_tail - tx_head - 1) % TX_SIZE; }

bool uart_send(const uint8_t *bytes, uint8_t count) {
  if (tx_room() < count)
    return false;
  uint8_t head = tx_head;
  for (; count; count--, head = (uint8_t)((head + 1) % TX_SIZE))
    tx[head] = *bytes++;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    tx_head = head;
    UCSR0B |= _BV(UDRIE0);
  }
  return true;
}

bool uart_take(uint8_t *byte) {
  const uint8_t tail = rx_tail;
  if (tail == rx_head)
    return false;
  *byte = rx[tail];
  rx_tail = (uint8_t)((tail + 1) % RX_SIZE);
  return true;
}

uint16_t uart_overruns(void) {
  uint16_t count;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { count = overruns; }
  return count;
}

ISR(UART_UDRE_vect) {
  const uint8_t tail = tx_tail, next = (uint8_t)((tail + 1) % TX_SIZE);
  UDR0 = tx[tail];
  tx_tail = next;
  if (next == tx_head)
    UCSR0B &= (uint8_t)~_BV(UDRIE0);
}

ISR(UART_RX_vect) {
  const bool overrun = UCSR0A & _BV(DOR0); /* read before UDR0 clears it */
  const uint8_t byte = UDR0, next = (uint8_t)((rx_head + 1) % RX_SIZE);
  const bool full = next == rx_tail;
  if (!full) {
    rx[rx_head] = byte;
    rx_head = next;
  }
  if ((full || overrun) && overruns != UINT16_MAX)
    overruns++;
}

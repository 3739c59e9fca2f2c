/* The serial line: interrupts fill and empty two rings, nothing ever waits. */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UART_RX_SIZE 64 /* bytes: room for one fewer */

void uart_begin(void);
bool uart_send(const uint8_t *bytes, uint8_t count); /* all or nothing */
bool uart_take(uint8_t *byte);                       /* false: nothing has come */
uint16_t uart_overruns(void);                        /* bytes that came and found no room */

#ifdef __cplusplus
}
#endif
#endif

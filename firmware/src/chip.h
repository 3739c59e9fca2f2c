/* Where the Uno's pins are on each chip, and what differs else. Nano: as the
 * Uno, the same chip. */
#ifndef CHIP_H
#define CHIP_H

#include <avr/io.h>

#if defined(__AVR_ATmega2560__) /* Arduino Mega; datasheet Atmel-2549, tables                      \
                                   10-1 and 26-4 */
#define SERVO_DDR DDRB
#define SERVO_BIT 5 /* OC1A is D11 here, not D9 */
#define LED_DDR DDRB
#define LED_PORT PORTB
#define LED_BIT 7 /* D13 */
#define BUTTON_PORT PORTE
#define BUTTON_PIN PINE
#define BUTTON_BIT 4      /* D2 */
#define SENSOR_PORT PORTF /* A0 is PF0 */
#define BANDGAP_CHANNEL 30
#define UART_RX_vect USART0_RX_vect
#define UART_UDRE_vect USART0_UDRE_vect
#else
#define SERVO_DDR DDRB
#define SERVO_BIT 1 /* OC1A, D9 */
#define LED_DDR DDRB
#define LED_PORT PORTB
#define LED_BIT 5 /* D13 */
#define BUTTON_PORT PORTD
#define BUTTON_PIN PIND
#define BUTTON_BIT 2      /* D2 */
#define SENSOR_PORT PORTC /* A0 is PC0 */
#define BANDGAP_CHANNEL 14
#define UART_RX_vect USART_RX_vect
#define UART_UDRE_vect USART_UDRE_vect
#endif

#endif

/* The network library alone on a chip. The test writes a network, its arrays (between these
 * variables and the stack) and a command into SRAM; the chip does each command once. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/pgmspace.h>

#include "fixprop.h"

enum { IDLE, FORWARD, TRAIN, ACCUMULATE, APPLY, TRAIN_MOMENTUM, XAVIER, HE };

volatile uint8_t command;
volatile uint8_t interrupts; /* 1: the timer interrupts every few dozen cycles */
fixprop_network network;
const int16_t *targets;
fixprop_changes changes;
fixprop_generator generator;
const int16_t *outputs; /* what fixprop_forward returned */
volatile uint16_t ticks;

/* The test takes the addresses from here; it tells the linker to keep them. */
const fixprop_activation *const activations[] = {
    &fixprop_sigmoid, &fixprop_tanh,       &fixprop_linear,
    &fixprop_relu,    &fixprop_leaky_relu, &fixprop_sigmoid_cross_entropy,
    &fixprop_softmax};

/* chip_call.S: calls function(network, second, third) and checks what it must leave alone. */
const int16_t *call_noted(const void *function, fixprop_network *n, const void *second,
                          const void *third);

static const void *const functions[] PROGMEM = {0,
                                                (void *)fixprop_forward,
                                                (void *)fixprop_train,
                                                (void *)fixprop_accumulate,
                                                (void *)fixprop_apply,
                                                (void *)fixprop_train_momentum,
                                                (void *)fixprop_initialise_xavier,
                                                (void *)fixprop_initialise_he};

static const void *second_of(uint8_t function) {
  if (function >= XAVIER)
    return &generator;
  return function == APPLY ? (const void *)&changes : targets;
}

/* Would hit anything that stands below the stack pointer by mistake. */
ISR(TIMER0_OVF_vect) {
  volatile uint8_t scratch[8];
  for (uint8_t i = 0; i < sizeof scratch; i++)
    scratch[i] = 0xEE;
  ticks++;
  TCNT0 = (uint8_t)(190 + ticks % 32u); /* 34 to 66 cycles to the next one */
}

int main(void) {
  TIMSK0 = 1 << TOIE0;
  for (;;) {
    while (command == IDLE)
      ;
    if (interrupts) {
      TCCR0B = 1 << CS00;
      sei();
    }
    outputs = call_noted(pgm_read_ptr(&functions[command]), &network, second_of(command), &changes);
    cli();
    TCCR0B = 0;
    command = IDLE;
  }
}

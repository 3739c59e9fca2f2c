/* The servo's pulse, made by Timer1 on OC1A (D9): no interrupt, no jitter. */
#ifndef SERVO_H
#define SERVO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void servo_begin(void);
void servo_point(uint16_t pulse_us);

#ifdef __cplusplus
}
#endif
#endif

/* How much memory the stack has never touched, seen from what it left of a painted SRAM. */
#ifndef STACK_H
#define STACK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint16_t stack_free(void);

/* Whether the last bytes before the static data were never touched. */
bool stack_is_whole(void);

#ifdef __cplusplus
}
#endif
#endif

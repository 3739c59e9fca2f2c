/* Growable logs and byte queues of the simulated Uno. */
#ifndef FIXPROP_SIM_UNO_BUFFERS_H
#define FIXPROP_SIM_UNO_BUFFERS_H

#include <stdlib.h>
#include <string.h>

#include "uno.h"

typedef struct {
  uno_event_t *items;
  size_t count, room;
} log_t;

typedef struct {
  uint8_t *items;
  size_t head, tail, room;
} queue_t;

static inline void log_event(log_t *log, uint64_t cycle, uint64_t value) {
  if (log->count == log->room) {
    log->room = log->room ? 2 * log->room : 64;
    log->items = realloc(log->items, log->room * sizeof *log->items);
    if (!log->items)
      abort();
  }
  log->items[log->count++] = (uno_event_t){cycle, value};
}

static inline size_t take_events(log_t *log, uno_event_t *out, size_t room) {
  size_t n = log->count < room ? log->count : room;
  if (n) {
    memcpy(out, log->items, n * sizeof *out);
    memmove(log->items, log->items + n, (log->count - n) * sizeof *out);
  }
  log->count -= n;
  return n;
}

static inline void put_byte(queue_t *queue, uint8_t byte) {
  if (queue->tail == queue->room) {
    queue->room = queue->room ? 2 * queue->room : 256;
    queue->items = realloc(queue->items, queue->room);
    if (!queue->items)
      abort();
  }
  queue->items[queue->tail++] = byte;
}

static inline size_t queued(const queue_t *queue) { return queue->tail - queue->head; }

static inline uint8_t take_byte(queue_t *queue) {
  uint8_t byte = queue->items[queue->head++];
  if (queue->head == queue->tail)
    queue->head = queue->tail = 0;
  return byte;
}

#endif

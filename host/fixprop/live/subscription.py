"""One listener's queue: bounded, so that a slow listener loses its own oldest events, counted."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from fixprop.live.events import Event


class Subscription:
    """Events for one listener, oldest first. Any thread may take; `put` never waits.

    `kinds`: the events it wants. `limit`: how many may wait; one more drops the oldest.
    `wake`: called, from the reader's thread, when an event comes to an empty queue; what it raises
    is its own affair.
    """

    def __init__(
        self,
        kinds: tuple[type[Event], ...],
        limit: int,
        wake: Callable[[], None] | None = None,
    ) -> None:
        self.kinds, self.limit = kinds, limit
        self.dropped = 0
        self._wake = wake
        self._events: deque[Event] = deque()
        self._changed = threading.Condition()

    def put(self, event: Event) -> None:
        """Queue an event if this listener wants its kind."""
        if not isinstance(event, self.kinds):
            return
        with self._changed:
            was_empty = not self._events
            if len(self._events) == self.limit:
                self._events.popleft()
                self.dropped += 1
            self._events.append(event)
            self._changed.notify_all()
        if was_empty and self._wake is not None:
            with suppress(Exception):
                self._wake()

    def take(self, timeout_s: float = 0.0) -> list[Event]:
        """All events that wait, after waiting at most `timeout_s` for the first."""
        with self._changed:
            if timeout_s and not self._events:
                self._changed.wait(timeout_s)
            events = list(self._events)
            self._events.clear()
            return events

    def __len__(self) -> int:
        return len(self._events)

"""A simulated board at the pace of the wall clock, so that people can play with it."""

from __future__ import annotations

import time
from collections.abc import Callable

from fixprop.board.port import Port

MOST_BEHIND_S = 0.25
"""When the computer was busy for longer, the board's time stands still instead of racing."""

SLICE_S = 0.005


class PacedBoard:
    """A Port whose board's seconds take a second each, or 1 / `speed`."""

    def __init__(
        self,
        port: Port,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url, self.port, self.speed = port.url, port, speed
        self._clock, self._sleep = clock, sleep
        self._offset_s = clock() - port.time_s() / speed

    def read(self, seconds: float) -> bytes:
        """See Port."""
        data = self.port.read(min(seconds, SLICE_S))
        due_s = self._offset_s + self.port.time_s() / self.speed
        early_s = due_s - self._clock()
        if early_s > 0:
            self._sleep(early_s)
        elif early_s < -MOST_BEHIND_S:
            self._offset_s -= early_s
        return data

    def write(self, data: bytes) -> None:
        """See Port."""
        self.port.write(data)

    def time_s(self) -> float:
        """See Port."""
        return self.port.time_s()

    def close(self) -> None:
        """See Port."""
        self.port.close()

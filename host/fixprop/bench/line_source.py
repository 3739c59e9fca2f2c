"""A board that speaks as fast as its line carries, or at its own pace, without waiting for a clock."""

from __future__ import annotations

import time

import numpy as np

from fixprop.board.native import STEPS_PER_READING, NativeTracker
from fixprop.tracking.definition import READING_PERIOD_S
from fixprop.wire.messages import BAUD

LINE_BYTES_PER_S = BAUD / 10  # a start bit, 8, a stop bit
STEPS_PER_S = STEPS_PER_READING / READING_PERIOD_S
PIECE_S = 0.016  # a USB serial chip's latency timer
HAND_PERIOD = 997  # readings; a prime, so that no other count repeats with it


class LineSource:
    """A Port to the firmware's tracker whose readings come at line rate, or every 38 ms.

    Time on it is what the bytes would have taken. `own_s`: the processor's time that it needed.
    """

    def __init__(self, *, line_rate: bool, url: str = "source://") -> None:
        self.url, self.own_s, self.frames, self.bytes = url, 0.0, 0, 0
        self._line_rate, self._tracker = line_rate, NativeTracker()
        angle = np.arange(HAND_PERIOD) * 2 * np.pi / HAND_PERIOD
        self._left = (2000 + 900 * np.sin(angle)).astype(int).tolist()
        self._right = (2000 + 900 * np.cos(3 * angle)).astype(int).tolist()
        self._readings, self._steps = 0, 0.0

    def read(self, seconds: float) -> bytes:
        """See Port."""
        begin_s = time.thread_time()
        data = self._tracker.read()
        wanted = LINE_BYTES_PER_S * min(seconds, PIECE_S) if self._line_rate else 1
        while len(data) < wanted:
            self._next_reading()
            data += self._tracker.read()
        self.bytes += len(data)
        self.frames += data.count(0)
        self.own_s += time.thread_time() - begin_s
        return data

    def _next_reading(self) -> None:
        self._steps += STEPS_PER_S * (self.time_s() - self._worked_s)
        self._worked_s = self.time_s()
        self._tracker.work(int(self._steps))
        self._steps -= int(self._steps)
        place = self._readings % HAND_PERIOD
        time_us = round(self.time_s() * 1e6) % (1 << 32)
        self._tracker.reading(self._left[place], self._right[place], time_us)
        self._readings += 1

    _worked_s = 0.0

    def write(self, data: bytes) -> None:
        """See Port."""
        self._tracker.write(data)

    def time_s(self) -> float:
        """See Port."""
        if self._line_rate:
            return self.bytes / LINE_BYTES_PER_S
        return self._readings * READING_PERIOD_S

    def close(self) -> None:
        """See Port."""

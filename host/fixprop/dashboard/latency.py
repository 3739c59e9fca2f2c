"""How long a reading takes from its last byte to the point on a page."""

from __future__ import annotations

from collections import OrderedDict, deque

import numpy as np

KEPT, WAITING = 256, 256  # readings: ten seconds; batches


class Latency:
    """Times from `sent` to `drawn`, of the batches that pages say they have drawn."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=KEPT)
        self._waiting: OrderedDict[int, list[float]] = OrderedDict()

    def sent(self, batch: int, arrived_s: list[float]) -> None:
        """A batch went out; its readings' last bytes had come at these times."""
        self._waiting[batch] = arrived_s
        while len(self._waiting) > WAITING:
            self._waiting.popitem(last=False)

    def drawn(self, batch: int, now_s: float) -> None:
        """A page has drawn all batches up to this; the first page counts, and only once."""
        for waiting in [number for number in self._waiting if number <= batch]:
            self._seconds.extend(now_s - arrived for arrived in self._waiting.pop(waiting))

    def forget(self) -> None:
        """Begin a new window."""
        self._seconds.clear()

    def percentile_ms(self, percent: float) -> float | None:
        """Of the latest readings; None before there are any."""
        if not self._seconds:
            return None
        return round(float(np.percentile(list(self._seconds), percent)) * 1000, 2)

    def __len__(self) -> int:
        return len(self._seconds)

"""From a bridge's events to samples: all channels at one reading."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fixprop.live.events import Event, Link, LinkState, Lost, Received, Stepped
from fixprop.sinks.channels import CHANNELS, Moment, Number
from fixprop.wire.records import Health, Reading

KINDS = (Link, Lost, Received, Stepped)
"""The events that a sampler wants."""

WINDOW_S = 1.0  # of the board's clock, for steps a second
CLOCK_PERIOD_US = 1 << 32


@dataclass(frozen=True)
class Sample:
    """All channels at one reading."""

    time_s: float  # since the bridge was made
    unix_s: float
    values: Mapping[str, Number | None]  # None: not known yet
    state: int = 0


class Sampler:
    """Gives a sample every `every_s` seconds, at the first reading from then on; 0: at each one.

    They are counted from the first reading, and anew after a gap. `start_s`: the Unix time at which
    the bridge was made.
    """

    def __init__(self, start_s: float, every_s: float = 0.0) -> None:
        self._start_s, self._every_s = start_s, every_s
        self._next_s = -math.inf
        self._health: Health | None = None
        self._lost = 0
        self._losses: list[float] = []  # of steps since the last sample
        self._loss: float | None = None
        self._steps: deque[tuple[int, int]] = deque()  # the board's clock and step

    def take(self, event: Event) -> Sample | None:
        """The next sample, if this event makes one."""
        match event:
            case Received(frame=frame) if isinstance(frame.message, Reading):
                return self._reading(event.time_s, frame.message)
            case Received(frame=frame) if isinstance(frame.message, Health):
                self._health = frame.message
            case Lost(frames=frames):
                self._lost += frames
            case Stepped(losses=losses):
                self._losses.extend(losses[np.isfinite(losses)].tolist())
            case Link(state=LinkState.CONNECTED):  # another board, perhaps
                self._health, self._loss = None, None
                self._losses.clear()
                self._steps.clear()
        return None

    def _reading(self, time_s: float, reading: Reading) -> Sample | None:
        self._remember_step(reading)
        if time_s < self._next_s:
            return None
        if time_s - self._next_s >= self._every_s:
            self._next_s = time_s
        self._next_s += self._every_s
        if self._losses:
            self._loss = float(np.mean(self._losses))
            self._losses.clear()
        moment = Moment(reading, self._health, self._loss, self._steps_per_s(), self._lost)
        values = {channel.name: channel.value(moment) for channel in CHANNELS}
        return Sample(time_s, self._start_s + time_s, values, reading.state)

    def _remember_step(self, reading: Reading) -> None:
        if self._steps and reading.step < self._steps[-1][1]:
            self._steps.clear()
        self._steps.append((reading.time_us, reading.step))
        while _seconds(self._steps[0][0], reading.time_us) > WINDOW_S:
            self._steps.popleft()

    def _steps_per_s(self) -> float | None:
        (first_us, first), (last_us, last) = self._steps[0], self._steps[-1]
        elapsed_s = _seconds(first_us, last_us)
        return (last - first) / elapsed_s if elapsed_s else None


def _seconds(first_us: int, last_us: int) -> float:
    return ((last_us - first_us) % CLOCK_PERIOD_US) / 1e6

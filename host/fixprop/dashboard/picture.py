"""What the page shows of the board: events in, columns and a status out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.formats import ACTIVATION, RATE
from fixprop.live.events import Event, Link, LinkState, Lost, Raw, Received, Stepped
from fixprop.sim.gp2y0a21 import Floats
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import View, change_of
from fixprop.tracking.scales import CONVERSIONS, cm_of_counts, deg_of_pulse
from fixprop.wire.records import Health, Hello, Reading, State, Stored, StoreOperation

FULL_SCALE_DEG = VALUES["BEARING_FULL_SCALE_DEG"]
GAP_S = 0.5  # on the page's axis, where a board started anew
PACE_S = 1.0  # over which steps per second are taken
NOWHERE = (np.nan, np.nan)

READING_COLUMNS = (
    *("t", "left", "right", "left_cm", "right_cm", "bearing_deg", "ahead_deg", "presence"),
    *("pointer_deg", "label_deg", "hand_deg", "hand_cm", "step", "rate", "teaching", "index"),
)


class Clock:
    """Seconds for the page's axis from the board's microseconds: they only go forward."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._last_us: int | None = None

    @property
    def starts(self) -> bool:
        """Whether the next reading is the first of its line."""
        return self._last_us is None

    def restart(self) -> None:
        """The next reading comes from a line opened anew."""
        self._last_us = None

    def at(self, time_us: int) -> float:
        """The time of a reading."""
        if self._last_us is None:
            self.now_s += GAP_S
        else:
            self.now_s += (time_us - self._last_us) % 2**32 / 1e6  # it wraps after 71 minutes
        self._last_us = time_us
        return self.now_s


class Picture:
    """Feed it a bridge's events in order. `truths`: where the simulated hand was at each Raw."""

    def __init__(self, truths: deque[tuple[float, float]] | None = None) -> None:
        self.health: Health | None = None
        self.hello: Hello | None = None
        self.stored: Stored | None = None
        self.reading: Reading | None = None
        self.view: View | None = None
        self.gaps = 0
        self.notes: deque[str] = deque(maxlen=32)
        self._truths, self._truth = truths, NOWHERE
        self._clock = Clock()
        self._raw_s = 0.0
        self._rows: list[tuple[float, ...]] = []
        self._arrived_s: list[float] = []
        self._losses: list[NDArray[np.float64]] = []
        self._loss_columns: list[tuple[Floats, Floats]] = []
        self._pace: deque[tuple[float, int]] = deque()

    def take(self, events: Iterable[Event]) -> None:
        """Everything that happened since the last call."""
        for event in events:
            match event:
                case Raw(outgoing=False):
                    self._raw(event)
                case Received():
                    self._frame(event.frame.message)
                case Stepped():
                    self._losses.append(event.losses)
                case Lost():
                    self.gaps += 1
                    self.notes.append(f"{event.frames} frames lost on the line")
                case Link():
                    self._link(event)

    def _raw(self, event: Raw) -> None:
        self._raw_s = event.time_s
        if self._truths:
            self._truth = self._truths.popleft()

    def _link(self, link: Link) -> None:
        self.notes.append(f"{link.state}: {link.text}")
        self._clock.restart()
        self._pace.clear()
        self.view = None
        if link.state == LinkState.CONNECTED:
            self.hello, self.health = link.hello, None

    def _frame(self, message: object) -> None:
        match message:
            case Reading():
                self._reading(message)
            case Health():
                self.health = message
            case Hello():
                self._hello(message)
            case Stored():
                self._stored(message)

    def _hello(self, hello: Hello) -> None:
        if hello.reading_index == 0 and self.reading is not None:
            self._clock.restart()
            self._pace.clear()
        self.hello = hello

    def _stored(self, stored: Stored) -> None:
        if stored.operation == StoreOperation.LOAD:  # with the steps that were behind the weights
            self._pace.clear()
        self.stored = stored

    def _reading(self, reading: Reading) -> None:
        starts, before_s = self._clock.starts, self._clock.now_s
        time_s = self._clock.at(reading.time_us)
        if starts and self.reading is not None:
            self._rows.append((time_s - GAP_S / 2, *[np.nan] * (len(READING_COLUMNS) - 1)))
        self._rows.append((time_s, *self._row(reading)))
        self._arrived_s.append(self._raw_s)
        self._spread_losses(before_s, time_s)
        self._keep_pace(time_s, reading.step)
        self._see(reading)
        self.reading = reading

    def _row(self, reading: Reading) -> tuple[float, ...]:
        left, right = reading.left / CONVERSIONS, reading.right / CONVERSIONS
        left_cm, right_cm = cm_of_counts((left, right))
        bearing, ahead, presence = ACTIVATION.to_float(
            [reading.bearing, reading.bearing_ahead, reading.presence]
        )
        pointer_deg = deg_of_pulse(reading.pointer_us)
        labelled = reading.state & State.LABELLED and not reading.state & State.HAND_ABSENT_LABEL
        return (
            *(left, right, left_cm, right_cm),
            *(bearing * FULL_SCALE_DEG, ahead * FULL_SCALE_DEG, presence, pointer_deg),
            *(pointer_deg if labelled else np.nan, *self._truth, reading.step),
            *(reading.rate * RATE.unit, bool(reading.state & State.TEACHING)),
            reading.reading_index,
        )

    def _spread_losses(self, before_s: float, time_s: float) -> None:
        """Steps come between readings; nobody times each, so they are spread evenly."""
        if self._losses:
            losses = np.concatenate(self._losses)
            times = np.linspace(before_s, time_s, len(losses) + 1)[1:]
            self._loss_columns.append((times, losses))
            self._losses.clear()

    def _keep_pace(self, time_s: float, step: int) -> None:
        if self._pace and step < self._pace[-1][1]:
            self._pace.clear()
        self._pace.append((time_s, step))
        while time_s - self._pace[0][0] > PACE_S:
            self._pace.popleft()

    def _see(self, reading: Reading) -> None:
        before = self.view or View(reading.left, reading.right)
        changes = change_of(reading.left, before.left), change_of(reading.right, before.right)
        self.view = View(reading.left, reading.right, *changes)

    @property
    def steps_per_s(self) -> float:
        """Training steps per second of the board's time."""
        if len(self._pace) < 2 or self._pace[-1][0] == self._pace[0][0]:
            return 0.0
        (start_s, first), (end_s, last) = self._pace[0], self._pace[-1]
        return (last - first) / (end_s - start_s)

    def columns(self) -> tuple[dict[str, Floats], list[float]]:
        """All rows since the last call, none left out, and when the last byte of each came."""
        rows = np.array(self._rows, np.float64).reshape(-1, len(READING_COLUMNS))
        columns = {name: rows[:, n] for n, name in enumerate(READING_COLUMNS)}
        none: list[Floats] = [np.empty(0)]
        columns["loss_t"] = np.concatenate(none + [times for times, _ in self._loss_columns])
        columns["loss"] = np.concatenate(none + [losses for _, losses in self._loss_columns])
        arrived_s, self._arrived_s = self._arrived_s, []
        self._rows.clear()
        self._loss_columns.clear()
        return columns, arrived_s

    @property
    def teaching(self) -> bool:
        """Whether a lesson goes on."""
        return bool(self.reading and self.reading.state & State.TEACHING)

    def status(self) -> dict[str, Any]:
        """The slow facts: what the board said of itself."""
        reading = self.reading
        return {
            "steps_per_s": round(self.steps_per_s, 1),
            "gaps": self.gaps,
            "health": asdict(self.health) if self.health else None,
            "hello": _of_hello(self.hello),
            "stored": asdict(self.stored) if self.stored else None,
            "teaching": self.teaching,
            "learning": bool(reading and reading.state & State.LEARNING),
            "storing": bool(reading and reading.state & State.STORING),
            "step": reading.step if reading else None,
            "rate": reading.rate if reading else None,
        }


def _of_hello(hello: Hello | None) -> dict[str, Any] | None:
    if hello is None:
        return None
    return {
        "protocol": hello.protocol,
        "fingerprint": f"{hello.fingerprint:08x}",
        "seed": hello.seed,
        "free_sram": hello.free_sram,
        "weights_source": hello.weights_source,
        "weights_crc": hello.weights_crc,
    }

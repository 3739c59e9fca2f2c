"""What a board tells while it is watched, in phases: nobody there, a hand on the left, ..."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fixprop.session import Session
from fixprop.sim.gp2y0a21 import Floats
from fixprop.wire.codec import Frame
from fixprop.wire.records import Calibration, Health, Hello, Reading, ResetCause, Stored

SETTLE_S = 0.3  # after a change: five cycles of a sensor, and a servo's turn


@dataclass
class Phase:
    """Readings of one phase with the host's time of their arrival."""

    readings: list[Reading] = field(default_factory=list)
    arrivals_s: list[float] = field(default_factory=list)

    def of(self, side: int) -> Floats:
        """Readings of a sensor, counts x 8."""
        return np.array([(r.left, r.right)[side] for r in self.readings], dtype=np.float64)

    @property
    def supply_mv(self) -> Floats:
        """The supply at each reading."""
        return np.array([r.supply_mv for r in self.readings], dtype=np.float64)


@dataclass
class Line:
    """Damage on the way to this computer."""

    damaged: int = 0
    lost: int = 0


class Watch:
    """Listens to a session; what comes outside of `phase` is only looked at for restarts."""

    def __init__(self, session: Session) -> None:
        self.session, self.line = session, Line()
        self.rest, self.hands, self.servo = Phase(), (Phase(), Phase()), Phase()
        self.health: Health | None = None
        self.calibration: Calibration | None = None
        self.stored: list[Stored] = []
        self.restarts: list[ResetCause] = []  # hellos nobody asked for, with what they say
        self.usb_vendor: int | None = None  # of the chip that makes the serial line
        self._phase: Phase | None = None
        self._next_index = 0
        session.listeners.append(self._hear)

    @property
    def listened_s(self) -> float:
        """From the first reading to the last, over the phases."""
        heard = [p.arrivals_s for p in (self.rest, *self.hands, self.servo) if p.arrivals_s]
        return sum(arrivals[-1] - arrivals[0] for arrivals in heard)

    def phase(self, phase: Phase, seconds: float, settle_s: float = SETTLE_S) -> None:
        """Listen for so long, after things have settled."""
        self.session.run(settle_s)
        self._phase = phase
        try:
            self.count(lambda: self.session.run(seconds))
        finally:
            self._phase = None

    def count(self, act: Callable[[], object]) -> None:
        """Do something; what is damaged meanwhile counts."""
        before = self.session.reader.counters
        damaged, lost = before.crc_errors + before.malformed, before.lost
        act()
        now = self.session.reader.counters
        self.line.damaged += now.crc_errors + now.malformed - damaged
        self.line.lost += now.lost - lost

    def _hear(self, frame: Frame) -> None:
        message = frame.message
        if isinstance(message, Reading):
            self._take(message)
        elif isinstance(message, Health):
            self.health = message
        elif isinstance(message, Hello):
            if message.reading_index < self._next_index:
                self.restarts.append(ResetCause(message.reset_cause))
            self._next_index = message.reading_index
        elif isinstance(message, Calibration):
            self.calibration = message
        elif isinstance(message, Stored):
            self.stored.append(message)

    def _take(self, reading: Reading) -> None:
        self._next_index = reading.reading_index + 1
        if self._phase is not None:
            self._phase.readings.append(reading)
            self._phase.arrivals_s.append(self.session.port.time_s())

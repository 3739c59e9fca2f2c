"""The board's supply: what a servo on the same 5 V does to it."""

from __future__ import annotations

from dataclasses import dataclass

from fixprop.sim.servo import Servo
from fixprop.sim.uno import AVCC_MV, BANDGAP_MV

PULSE_PERIOD_S = 0.02  # a servo that is not where its pulse says drives its motor for a period


@dataclass(frozen=True)
class Supply:
    """`idle_mv`, less `sag_mv` while the servo moves; and the chip's bandgap (1.0 to 1.2 V)."""

    idle_mv: int = AVCC_MV
    sag_mv: int = 0
    bandgap_mv: int = BANDGAP_MV

    @property
    def is_nominal(self) -> bool:
        """Whether it is AVCC_MV all the time."""
        return self.idle_mv == AVCC_MV and not self.sag_mv

    def mv(self, time_s: float, servo: Servo) -> int:
        """Millivolts at a time up to now."""
        if not self.sag_mv or not servo.moved_since(time_s - PULSE_PERIOD_S, time_s):
            return self.idle_mv
        return self.idle_mv - self.sag_mv

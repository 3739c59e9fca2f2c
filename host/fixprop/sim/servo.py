"""The pointer's servo: pulse width to angle, no faster than it turns."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import ArrayLike

from fixprop.sim.gp2y0a21 import Floats

CENTRE_US = 1450.0
DEGREES_PER_US = 180.0 / (2400.0 - 500.0)  # SG90: 500 to 2400 us for half a turn
LIMIT_DEG = 90.0
SLEW_DEG_S = 400.0


def pulse_to_deg(pulse_us: float) -> float:
    """Angle that a pulse asks for; a longer pulse points further to the right."""
    return min(max((pulse_us - CENTRE_US) * DEGREES_PER_US, -LIMIT_DEG), LIMIT_DEG)


class Servo:
    """Turns at SLEW_DEG_S towards the last pulse's angle; its whole history can be asked for."""

    def __init__(self) -> None:
        self._times: list[float] = [0.0]
        self._angles: list[float] = [0.0]

    def pulse(self, pulse_us: float, time_s: float) -> None:
        """A pulse of `pulse_us` ended at `time_s`; times must not decrease."""
        target = pulse_to_deg(pulse_us)
        if target == self._angles[-1]:
            return
        angle = float(self.angle_deg(time_s))
        while len(self._times) > 1 and self._times[-1] >= time_s:
            self._times.pop()
            self._angles.pop()
        self._times += [time_s, time_s + abs(target - angle) / SLEW_DEG_S]
        self._angles += [angle, target]

    def moved_since(self, start_s: float, end_s: float) -> bool:
        """Whether it turned at any time from `start_s` to `end_s`, of which no pulse is later."""
        first = max(bisect_right(self._times, start_s) - 1, 0)
        angles = self._angles[first:]
        began = [
            t for t, a, b in zip(self._times[first:], angles, angles[1:], strict=False) if a != b
        ]
        return bool(began) and began[0] < end_s

    def angle_deg(self, time_s: ArrayLike) -> Floats:
        """Angle at any times up to the last pulse; beyond it, where the servo goes from there."""
        time = np.asarray(time_s, dtype=np.float64)
        if not time.size:
            return np.zeros(time.shape)
        first = max(bisect_right(self._times, float(time.min())) - 1, 0)
        last = bisect_right(self._times, float(time.max())) + 1
        known = np.array(self._times[first:last]), np.array(self._angles[first:last])
        return np.asarray(np.interp(time, *known))

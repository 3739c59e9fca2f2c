"""The simulated hand under the mouse: it goes where the page says, as fast as a hand does."""

from __future__ import annotations

import numpy as np

from fixprop.sim.gp2y0a21 import Floats
from fixprop.sim.paths import Pointer

SPEED_CM_S = 200.0
LEAST_S = 0.03  # of a move; the page sends one 60 times a second
KEPT = 64  # moves; the sensors ask for the last 100 ms

Place = tuple[float, float]  # bearing in degrees, range in cm; NaN, NaN: away


class LiveHand:
    """A HandPath. `move` may be called from any thread; all else from the simulation's."""

    def __init__(self, place: Place) -> None:
        self.wanted = place
        self._going = place
        self._knots: list[tuple[float, float, float]] = [(0.0, *place)]

    def move(self, place: Place) -> None:
        """Go there, starting at the next time that the simulation asks for."""
        self.wanted = place

    def positions(self, time_s: Floats, pointer: Pointer) -> tuple[Floats, Floats]:
        """See HandPath."""
        wanted = self.wanted
        if not np.array_equal(wanted, self._going, equal_nan=True):
            self._turn(float(np.max(time_s, initial=0.0)), wanted)
        return self._at(time_s)

    def _at(self, time_s: Floats) -> tuple[Floats, Floats]:
        times, bearings, ranges = np.array(self._knots).T
        return np.interp(time_s, times, bearings), np.interp(time_s, times, ranges)

    def _turn(self, now_s: float, wanted: Place) -> None:
        bearing, distance = (float(v) for v in self._at(np.asarray(now_s)))
        self._knots = [knot for knot in self._knots[-KEPT:] if knot[0] < now_s]
        far_cm = np.hypot(np.radians(wanted[0] - bearing) * wanted[1], wanted[1] - distance)
        seconds = LEAST_S if np.isnan(far_cm) else max(LEAST_S, float(far_cm) / SPEED_CM_S)
        self._knots += [(now_s, bearing, distance), (now_s + seconds, *wanted)]
        self._going = wanted

"""Whoever is before the sensors: shows a hand or a card, covers a sensor, or goes away."""

from __future__ import annotations

import math

from fixprop.sim.optics import Hand
from fixprop.sim.paths import Follow, HandPath, Still
from fixprop.sim.scene import World
from fixprop.sim.sensors import LEFT

BARE_HAND = Hand()
CARD = Hand(width_cm=15.0, depth_cm=0.2)  # A4 folded once: 15 x 21 cm, wider than both beams


def card_beside(side: int, distance_cm: float) -> tuple[float, float]:
    """Bearing and range of a card that is all on one side of the centre line.

    It faces the midpoint between the sensors; its edge is on the line, `distance_cm` from there.
    """
    bearing = math.asin(CARD.width_cm / 2 / distance_cm)
    range_cm = distance_cm * math.cos(bearing) - CARD.depth_cm / 2
    return math.degrees(bearing) * (-1 if side == LEFT else 1), range_cm


class Person:
    """One person and the world around a board, which begins anew with the board's power.

    The sensors of `seed` stay the same ones; `crosstalk_mv` as in World. What the person does
    outlives the power; a path that moves begins again. A hand that follows the pointer is away
    while a lesson rests. Times are seconds since power-on and must not decrease.
    """

    def __init__(self, seed: int, crosstalk_mv: tuple[float, float] = (0.0, 0.0)) -> None:
        self._seed, self._crosstalk_mv, self._held = seed, crosstalk_mv, BARE_HAND
        self._path: HandPath = Follow(seed)
        self._covered: int | None = None
        self._rests = False
        self.world = self.see_power_come()

    def see_power_come(self) -> World:
        """A world whose time is 0 again."""
        self._rests = False
        self.world = World(self._seed, self._path, hand=self._held, crosstalk_mv=self._crosstalk_mv)
        self.world.cover(self._covered, 0.0)
        return self.world

    def show(self, held: Hand, path: HandPath, time_s: float) -> None:
        """Hold this and move it along `path` from now on."""
        self._held, self._path = held, path
        self.world.hand = held
        for sensor in self.world.sensors:
            sensor.hand = held
        stays_away = self._rests and isinstance(path, Follow)
        self.world.use(Still() if stays_away else path, time_s)

    def show_nothing(self, time_s: float) -> None:
        """Take away hand or card."""
        self.show(self._held, Still(), time_s)

    def see_lesson(self, rests: bool, time_s: float) -> None:
        """Whether the board's lesson wants nobody there now."""
        if rests == self._rests:
            return
        self._rests = rests
        if isinstance(self._path, Follow):
            self.show(self._held, Follow(self._seed, rest_s=0.0), time_s)

    def cover(self, side: int | None, time_s: float) -> None:
        """Lay a finger on a sensor, or on none; a bare hand goes away for it, a card stays."""
        self._covered = side
        if side is not None and self._held == BARE_HAND:
            self.show_nothing(time_s)
        self.world.cover(side, time_s)
